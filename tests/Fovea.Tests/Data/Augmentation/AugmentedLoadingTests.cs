using Fovea.Data;
using Fovea.Data.Augmentation;
using Fovea.Data.Synthetic;
using Fovea.Tensors;

namespace Fovea.Tests.Data.Augmentation;

public class AugmentedLoadingTests
{
    private const string Everything = "flip,rotate:10,scale:0.9:1.1,elastic:20:4,crop:2,brightness:0.2,contrast:0.2,saturation:0.2,hue:0.1,noise:0.05,blur:1,cutout:6,erase,randaugment,mixup:0.4,cutmix:1";
    private static readonly MemoryDataset Images = Shapes.Generate(70);
    private static readonly int Length = Images.ImageShape.Length;

    [Fact]
    public void Order_of_loading_and_threads_change_no_bit()
    {
        BatchLoader first = Loader(Everything), second = Loader(Everything);
        var expected = new (float[] Images, float[] Targets)[first.BatchCount];
        for (int batch = 0; batch < expected.Length; batch++)
            expected[batch] = Load(first, batch);
        Parallel.For(0, expected.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            int batch = expected.Length - 1 - i;
            (float[] images, float[] targets) = Load(second, batch);
            Assert.Equal(expected[batch].Images, images);
            Assert.Equal(expected[batch].Targets, targets);
        });
    }

    [Fact]
    public void Epochs_seeds_and_samples_differ()
    {
        // One image, again and again.
        var same = new Subset(Images, Enumerable.Repeat(3, 64));
        BatchLoader loader = new(same, 64, seed: 1, augmenter: Augmenter.Parse("rotate:20,translate:0.1")), other = new(same, 64, seed: 2, augmenter: loader.Augmenter);
        float[] first = Load(loader, 0).Images, otherSeed = Load(other, 0).Images;
        loader.StartEpoch(1);
        float[] second = Load(loader, 0).Images;
        var all = new HashSet<float>();
        foreach (float[] images in (float[][])[first, second, otherSeed])
            for (int n = 0; n < 64; n++)
                all.Add(images.AsSpan(n * Length, Length).ToArray().Sum());
        Assert.Equal(3 * 64, all.Count);
        loader.StartEpoch(0);
        Assert.Equal(first, Load(loader, 0).Images);
    }

    [Fact]
    public void What_changes_nothing_loads_what_an_unaugmented_loader_loads()
    {
        var plain = new BatchLoader(Images, 16, Normalization.Of(Images), seed: 1);
        var augmented = new BatchLoader(Images, 16, plain.Normalization, seed: 1, Augmenter.Parse("rotate:0,brightness:0"));
        Assert.Null(new BatchLoader(Images, 16, seed: 1, augmenter: Augmenter.Parse("none")).Augmenter);
        (float[] expected, float[] targets) = Load(plain, 1);
        (float[] images, float[] same) = Load(augmented, 1);
        Assert.Equal(targets, same);
        for (int i = 0; i < images.Length; i++)
            Assert.Equal(expected[i], images[i], 1e-5);
    }

    [Fact]
    public void Targets_are_one_hot_unless_samples_are_mixed()
    {
        var loader = new BatchLoader(Images, 16, seed: 1);
        var labels = new int[16];
        var targets = new float[16 * 5];
        Array.Fill(targets, 9);
        Assert.Equal(16, loader.Load(0, new float[16 * Length], labels, targets, classes: 5));
        for (int n = 0; n < 16; n++)
            Assert.Equal(Enumerable.Range(0, 5).Select(c => c == labels[n] ? 1f : 0), targets[(n * 5)..(n * 5 + 5)]);
        Assert.Throws<ArgumentException>(() => loader.Load(0, new float[16 * Length], labels, targets, classes: 2));
        Assert.Throws<ArgumentException>(() => loader.Load(0, new float[16 * Length], labels, targets.AsSpan(0, 40), classes: 3));
        Assert.Throws<InvalidOperationException>(() => Loader("mixup:1").Load(0, new float[16 * Length], labels));
        Assert.Throws<ArgumentException>(() => new BatchLoader(Images, 16, augmenter: Augmenter.Parse("flip")));
    }

    [Fact]
    public void Loading_allocates_nothing_after_the_first_batch()
    {
        BatchLoader loader = Loader(Everything);
        float[] images = new float[16 * Length], targets = new float[16 * 3];
        var labels = new int[16];
        for (int epoch = 0; epoch < 3; epoch++)
        {
            loader.StartEpoch(epoch);
            loader.Load(0, images, labels, targets, 3);
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int batch = 0; batch < loader.BatchCount; batch++)
            loader.Load(batch, images, labels, targets, 3);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_queue_gives_the_loaders_batches_in_order(int threads)
    {
        BatchLoader loader = Loader(Everything);
        using var queue = new BatchQueue(Loader(Everything), classes: 3, threads);
        foreach ((int epoch, int first) in (ReadOnlySpan<(int, int)>)[(0, 0), (1, 3), (2, 0), (2, 4)])
        {
            loader.StartEpoch(epoch);
            queue.StartEpoch(epoch, first);
            // The last round is broken off.
            for (int batch = first; batch < (epoch == 2 && first == 0 ? 2 : loader.BatchCount); batch++)
            {
                BatchQueue.Slot slot = queue.Take();
                (float[] images, float[] targets) = Load(loader, batch);
                Assert.Equal(images, slot.Images.ToArray());
                Assert.Equal(targets, slot.Targets.ToArray());
            }
        }
        Assert.Throws<InvalidOperationException>(() => queue.Take());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void What_goes_wrong_while_loading_reaches_the_taker(int threads)
    {
        using var queue = new BatchQueue(new BatchLoader(new Broken(), 4, seed: 1), classes: 2, threads);
        queue.StartEpoch(0, 0);
        Assert.Contains("no disk", Assert.Throws<IOException>(() => { for (int i = 0; i < 3; i++) queue.Take(); }).Message, StringComparison.Ordinal);
    }

    private static BatchLoader Loader(string text) => new(Images, 16, Normalization.Of(Images), seed: 1, Augmenter.Parse(text));

    private static (float[] Images, float[] Targets) Load(BatchLoader loader, int batch)
    {
        float[] images = new float[loader.BatchSize * Length], targets = new float[loader.BatchSize * 3];
        int count = loader.Load(batch, images, new int[loader.BatchSize], targets, 3);
        return (images[..(count * Length)], targets[..(count * 3)]);
    }

    private sealed class Broken : IDataset
    {
        public string Name => "broken";
        public int Count => 12;
        public Shape ImageShape { get; } = new(1, 4, 4);
        public IReadOnlyList<string> ClassNames { get; } = ["a", "b"];
        public int Label(int index) => index % 2;
        public void Read(int index, Span<float> pixels) => throw new IOException("no disk");
    }
}
