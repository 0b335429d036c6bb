using System.Numerics;
using Fovea.Metrics;

namespace Fovea.Tests.Metrics;

public class McNemarTests
{
    // By hand: the binomials of 10 are 1, 10, 45, … of 1024; of 6: 1, 6, 15, 20, … of 64.
    [Theory]
    [InlineData(0, 0, 1, 1)]
    [InlineData(1, 0, 1, 0.5)]
    [InlineData(0, 6, 2 / 64.0, 1 / 64.0)]
    [InlineData(3, 3, 1, 1)]
    [InlineData(4, 2, 2 * 22 / 64.0, (2 * 7 + 15) / 64.0)]
    [InlineData(2, 8, 2 * 56 / 1024.0, (2 * 11 + 45) / 1024.0)]
    public void Known_answers_computed_by_hand(long onlyFirst, long onlySecond, double exact, double mid)
    {
        var test = new McNemarTest(onlyFirst, onlySecond);
        Assert.Equal(exact, test.ExactP, 13);
        Assert.Equal(mid, test.MidP, 13);
        Assert.Equal(onlyFirst + onlySecond, test.Disagreements);
    }

    [Theory]
    [InlineData(1200, 1000)]
    [InlineData(40, 61)]
    [InlineData(3000, 2000)]
    public void Many_disagreements_agree_with_whole_numbers(int onlyFirst, int onlySecond)
    {
        int n = onlyFirst + onlySecond, least = Math.Min(onlyFirst, onlySecond);
        BigInteger below = 0, term = 1;
        for (int k = 0; k < least; k++)
        {
            below += term;
            term = term * (n - k) / (k + 1);
        }
        double exact = Math.Exp(BigInteger.Log(2 * (below + term)) - n * Math.Log(2));
        double mid = Math.Exp(BigInteger.Log(2 * below + term) - n * Math.Log(2));

        var test = new McNemarTest(onlyFirst, onlySecond);

        Assert.InRange(test.ExactP / exact, 1 - 1e-9, 1 + 1e-9);
        Assert.InRange(test.MidP / mid, 1 - 1e-9, 1 + 1e-9);
        Assert.Equal(test.MidP, new McNemarTest(onlySecond, onlyFirst).MidP);
    }

    [Fact]
    public void Counts_below_zero_are_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new McNemarTest(-1, 2));
}
