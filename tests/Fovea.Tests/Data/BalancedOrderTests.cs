using Fovea.Data;
using Fovea.Tensors;

namespace Fovea.Tests.Data;

public class BalancedOrderTests
{
    [Fact]
    public void An_epoch_holds_all_classes_equally_often_and_rare_samples_alike()
    {
        MemoryDataset data = Unequal();
        for (int epoch = 0; epoch < 3; epoch++)
        {
            (int[] labels, int[] values) = Epoch(data, epoch);
            Assert.Equal(100, labels.Length);
            Assert.All(Enumerable.Range(0, 3), label => Assert.InRange(labels.Count(l => l == label), 33, 34));
            // Five samples share 33 or 34 places, ten too; of the 85 as many different ones come as there are places.
            Assert.All(Enumerable.Range(0, 5), sample => Assert.InRange(values.Count(v => v == sample), 6, 7));
            Assert.All(Enumerable.Range(5, 10), sample => Assert.InRange(values.Count(v => v == sample), 3, 4));
            Assert.All(values.Where(v => v >= 15).GroupBy(v => v), group => Assert.Single(group));
        }
    }

    [Fact]
    public void The_order_follows_from_seed_and_epoch_and_common_samples_take_turns()
    {
        MemoryDataset data = Unequal();
        var loader = new BatchLoader(data, 100, seed: 4, balanced: true);
        for (int epoch = 0; epoch < 5; epoch++)
            loader.StartEpoch(epoch);
        Assert.Equal(Epoch(data, 4).Values, Values(loader));
        Assert.NotEqual(Epoch(data, 3).Values, Values(loader));
        Assert.Equal(100, Enumerable.Range(0, 30).SelectMany(epoch => Epoch(data, epoch).Values).Distinct().Count());
        Assert.Throws<ArgumentException>(() => new BatchLoader(data, 10, balanced: true));
    }

    /// <summary>5, 10 and 85 samples of three classes out of four; the only pixel of each is its number.</summary>
    private static MemoryDataset Unequal() => new(
        "unequal", new Shape(1, 1, 1), ["a", "b", "c", "none"], [.. Enumerable.Range(0, 100).Select(i => (byte)i)],
        [.. Enumerable.Range(0, 100).Select(i => i < 5 ? 0 : i < 15 ? 1 : 2)]);

    private static (int[] Labels, int[] Values) Epoch(MemoryDataset data, int epoch)
    {
        var loader = new BatchLoader(data, 100, seed: 4, balanced: true);
        loader.StartEpoch(epoch);
        var labels = new int[100];
        loader.Load(0, new float[100], labels);
        return (labels, Values(loader));
    }

    private static int[] Values(BatchLoader loader)
    {
        var images = new float[100];
        loader.Load(0, images, new int[100]);
        return [.. images.Select(x => (int)Math.Round(255 * x))];
    }
}
