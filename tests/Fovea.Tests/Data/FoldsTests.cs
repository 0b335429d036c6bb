using Fovea.Data;
using Fovea.Tensors;

namespace Fovea.Tests.Data;

public class FoldsTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    public void Every_sample_is_held_back_once_and_all_parts_are_alike(int folds)
    {
        MemoryDataset data = Uneven();
        IReadOnlyList<(Subset Training, Subset Held)> parts = data.Folds(folds, seed: 4);

        Assert.Equal(folds, parts.Count);
        Assert.Equal(Enumerable.Range(0, data.Count), parts.SelectMany(part => part.Held.Indices.ToArray()).Order());
        foreach ((Subset training, Subset held) in parts)
        {
            Assert.Equal(Enumerable.Range(0, data.Count), training.Indices.ToArray().Concat(held.Indices.ToArray()).Order());
            Assert.Equal(held.Indices.ToArray().Order(), held.Indices.ToArray());
            Assert.InRange(held.Count, data.Count / folds, (data.Count + folds - 1) / folds);
            for (int label = 0; label < data.ClassNames.Count; label++)
            {
                int all = Count(data, label);
                Assert.InRange(Count(held, label), all / folds, (all + folds - 1) / folds);
            }
        }
    }

    [Fact]
    public void The_seed_alone_decides()
    {
        MemoryDataset data = Uneven();
        Assert.Equal(Held(data, 5, 1), Held(data, 5, 1));
        Assert.NotEqual(Held(data, 5, 1), Held(data, 5, 2));
        // A random cut, not every fifth sample.
        int[] held = Held(data, 5, 1);
        Assert.True(held.Zip(held.Skip(1), (first, next) => next - first).Distinct().Count() > 3);
    }

    [Fact]
    public void What_cannot_be_cut_is_refused()
    {
        MemoryDataset data = Uneven();
        Assert.Throws<ArgumentOutOfRangeException>(() => data.Folds(1, seed: 1));
        Assert.Contains("8 folds need 8 samples of every class; uneven has 7 of 'b'", Assert.Throws<ArgumentException>(() => data.Folds(8, seed: 1)).Message, StringComparison.Ordinal);
    }

    private static int[] Held(IDataset data, int folds, ulong seed) => data.Folds(folds, seed)[0].Held.Indices.ToArray();

    private static int Count(IDataset data, int label) => Enumerable.Range(0, data.Count).Count(i => data.Label(i) == label);

    /// <summary>23 samples of one class, 7 of another, 31 of a third, none of a fourth.</summary>
    private static MemoryDataset Uneven()
    {
        int[] labels = [.. Enumerable.Repeat(0, 23), .. Enumerable.Repeat(1, 7), .. Enumerable.Repeat(2, 31)];
        new Rng(8).Shuffle<int>(labels);
        return new MemoryDataset("uneven", new Shape(1, 1, 1), ["a", "b", "c", "none"], new byte[labels.Length], labels);
    }
}
