using Fovea.Data;
using Fovea.Tensors;

namespace Fovea.Tests.Data;

public class ClassBalanceTests
{
    [Fact]
    public void Weights_make_classes_weigh_alike_and_samples_one_on_average()
    {
        ClassBalance balance = ClassBalance.Of(Of([0, 0, 0, 0, 0, 0, 2, 2]));
        Assert.Equal([6, 0, 2], balance.Counts);
        Assert.Equal([8f / 12, 0, 2], balance.Weights);
        Assert.Equal(3, balance.Ratio);
        Assert.Equal([1f, 1, 1], ClassBalance.Of(Of([0, 1, 2])).Weights);
        Assert.Throws<ArgumentException>(() => ClassBalance.Of(Of([])));
    }

    private static MemoryDataset Of(int[] labels) => new("labels", new Shape(1, 1, 1), ["a", "b", "c"], new byte[labels.Length], labels);
}
