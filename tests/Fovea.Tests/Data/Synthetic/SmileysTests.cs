using Fovea.Data;
using Fovea.Data.Synthetic;

namespace Fovea.Tests.Data.Synthetic;

public class SmileysTests
{
    private static readonly MemoryDataset Sample = Smileys.Generate(140);

    [Fact]
    public void Is_what_it_says()
    {
        Assert.Equal("smileys/train", Sample.Name);
        Assert.Equal("(1, 48, 48)", Sample.ImageShape.ToString());
        Assert.Equal(["happy", "sad", "neutral", "surprised", "angry", "fearful", "disgusted"], Sample.ClassNames);
        Assert.All(Fingerprint.Histogram(Sample), count => Assert.Equal(20, count));
    }

    [Fact]
    public void Images_do_not_depend_on_threads_nor_on_how_many_follow()
    {
        Assert.Equal(Fingerprint.Of(Sample), Fingerprint.Of(Smileys.Generate(140, threads: 3)));
        Fingerprint.AssertBegins(Smileys.Generate(31, threads: 1), Sample);
    }

    [Fact]
    public void Images_splits_and_seeds_differ()
    {
        HashSet<string> train = Fingerprint.Images(Sample);
        Assert.Equal(Sample.Count, train.Count);
        Assert.False(train.Overlaps(Fingerprint.Images(Smileys.Generate(140, split: DatasetSplit.Test))));
        Assert.False(train.Overlaps(Fingerprint.Images(Smileys.Generate(140, seed: 1))));
    }

    /// <summary>Lines differ by half of all brightness from what is behind them; noise and light take a little of that.</summary>
    [Fact]
    public void Every_face_stands_out() => Assert.All(Enumerable.Range(0, Sample.Count), i =>
    {
        byte[] sorted = [.. Sample.Pixels(i).ToArray().Order()];
        Assert.True(sorted[^40] - sorted[40] > 70, $"image {i}");
    });
}
