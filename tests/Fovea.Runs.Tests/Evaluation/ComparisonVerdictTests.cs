using Fovea.Metrics;
using Fovea.Runs.Evaluation;

namespace Fovea.Runs.Tests.Evaluation;

public class ComparisonVerdictTests
{
    [Theory]
    [InlineData(30, 10, "NN1 is better")]
    [InlineData(10, 30, "NN2 is better")]
    [InlineData(12, 10, "no difference")]
    public void The_verdict_is_a_sentence(int onlyFirst, int onlySecond, string words) =>
        Assert.Contains(words, ComparisonVerdict.Of(new McNemarTest(onlyFirst, onlySecond)));
}
