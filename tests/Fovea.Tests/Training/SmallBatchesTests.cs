using Fovea.Networks;
using Fovea.Training;

namespace Fovea.Tests.Training;

public class SmallBatchesTests
{
    private static Network Normalized => new NetworkBuilder(new(1, 8, 8)).Conv2d(2, 3, name: "conv").BatchNorm2d(name: "norm").ReLU().Flatten().Linear(2).Build();

    [Theory]
    [InlineData(100, 1, false, "use a larger batch")]
    [InlineData(100, 1, true, "use a larger batch")]
    [InlineData(97, 32, false, "--drop-last")]
    [InlineData(97, 32, true, null)]
    [InlineData(98, 32, false, null)]
    [InlineData(1, 32, false, "use a larger batch")]
    public void Batches_of_one_are_warned_of_where_they_are_normalized(int samples, int batch, bool dropLast, string? words)
    {
        string? warning = SmallBatches.Warning(Normalized, samples, batch, dropLast);
        if (words is null)
            Assert.Null(warning);
        else
            Assert.Contains(words, warning);
        Assert.Null(SmallBatches.Warning(new NetworkBuilder(new(1, 8, 8)).Flatten().Linear(2).Build(), samples, batch, dropLast));
    }

    [Fact]
    public void Frozen_normalization_takes_no_statistics()
    {
        Network network = Normalized;
        network.Freeze("norm");
        Assert.Null(SmallBatches.Warning(network, 100, 1, dropLast: false));
    }
}
