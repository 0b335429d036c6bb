using Fovea.Runs.Series;

namespace Fovea.Runs.Tests.Series;

public class SpreadTests
{
    [Fact]
    public void The_deviation_is_that_of_a_sample()
    {
        Assert.Equal(new Spread(2, 1, 1, 3), Spread.Of([1, 2, 3]));
        Assert.Null(Spread.Of([0.5]).Deviation);
    }
}
