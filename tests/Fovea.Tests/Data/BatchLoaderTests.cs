using Fovea.Data;
using Fovea.Tensors;

namespace Fovea.Tests.Data;

public class BatchLoaderTests
{
    [Fact]
    public void Every_sample_comes_once_an_epoch_the_last_batch_being_partial()
    {
        var loader = new BatchLoader(Numbered(103), 10, seed: 1);
        Assert.Equal(11, loader.BatchCount);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            loader.StartEpoch(epoch);
            var seen = new List<int>();
            for (int batch = 0; batch < 11; batch++)
            {
                var labels = new int[10];
                int count = loader.Load(batch, new float[10 * 20], labels);
                Assert.Equal(batch < 10 ? 10 : 3, count);
                seen.AddRange(labels[..count]);
            }
            Assert.NotEqual(Enumerable.Range(0, 103), seen);
            Assert.Equal(Enumerable.Range(0, 103), seen.Order());
        }
    }

    [Fact]
    public void Without_a_seed_the_order_is_the_data_sets_own()
    {
        var loader = new BatchLoader(Numbered(25), 10);
        loader.StartEpoch(3);
        Assert.Equal(Enumerable.Range(0, 25), Order(loader));
    }

    [Fact]
    public void The_order_follows_from_seed_and_epoch_not_from_what_came_before()
    {
        var straight = new BatchLoader(Numbered(50), 8, seed: 7);
        straight.StartEpoch(1);
        straight.StartEpoch(2);
        straight.StartEpoch(3);
        var resumed = new BatchLoader(Numbered(50), 8, seed: 7);
        resumed.StartEpoch(3);
        Assert.Equal(Order(straight), Order(resumed));
        int[] third = Order(resumed);
        resumed.StartEpoch(4);
        Assert.NotEqual(third, Order(resumed));
        var other = new BatchLoader(Numbered(50), 8, seed: 8);
        other.StartEpoch(3);
        Assert.NotEqual(third, Order(other));
    }

    [Fact]
    public void Orders_are_spread_evenly()
    {
        // Where sample 0 lands over 2,000 epochs: each of 10 places 200 times, give or take five deviations.
        var loader = new BatchLoader(Numbered(10), 10, seed: 3);
        var places = new int[10];
        for (int epoch = 0; epoch < 2000; epoch++)
        {
            loader.StartEpoch(epoch);
            places[Array.IndexOf(Order(loader), 0)]++;
        }
        Assert.All(places, count => Assert.InRange(count, 133, 267));
    }

    [Fact]
    public void Images_are_the_data_sets_normalised_whatever_the_path()
    {
        MemoryDataset memory = Numbered(60);
        Normalization normalization = Normalization.Of(memory);
        var part = new Subset(new Subset(memory, Enumerable.Range(10, 40).Reverse()), Enumerable.Range(0, 40).Where(i => i % 3 != 0));
        foreach (IDataset dataset in new IDataset[] { memory, part, new Opaque(memory), new Subset(new Opaque(memory), [5, 3, 3]) })
        {
            Assert.Equal(Enumerable.Range(0, dataset.Count).Select(dataset.Label), Order(new BatchLoader(dataset, 7)));
            var loader = new BatchLoader(dataset, 7, normalization, seed: 2);
            loader.StartEpoch(1);
            float[] images = new float[7 * 20], pixels = new float[20];
            var labels = new int[7];
            for (int batch = 0; batch < loader.BatchCount; batch++)
                for (int n = loader.Load(batch, images, labels) - 1; n >= 0; n--)
                {
                    memory.Read(labels[n], pixels);
                    for (int i = 0; i < 20; i++)
                        Assert.Equal((pixels[i] - normalization.Mean[0]) / normalization.Deviation[0], images[n * 20 + i], 1e-5);
                }
        }
    }

    [Fact]
    public void Each_channel_has_its_own_normalisation()
    {
        MemoryDataset data = NormalizationTests.Colours(9);
        Normalization normalization = Normalization.Of(data);
        float[] loaded = new float[9 * 60], expected = new float[60];
        new BatchLoader(data, 9, normalization).Load(0, loaded, new int[9]);
        for (int n = 0; n < 9; n++)
        {
            data.Read(n, expected);
            normalization.Apply(expected, data.ImageShape);
            for (int i = 0; i < 60; i++)
                Assert.Equal(expected[i], loaded[n * 60 + i], 1e-5);
        }
    }

    [Fact]
    public void Loading_allocates_nothing()
    {
        var data = Numbered(64);
        foreach (IDataset dataset in new IDataset[] { data, new Opaque(data) })
        {
            var loader = new BatchLoader(dataset, 16, Normalization.Of(data), seed: 1);
            var images = new float[16 * 20];
            var labels = new int[16];
            void Epoch(int epoch)
            {
                loader.StartEpoch(epoch);
                for (int batch = 0; batch < loader.BatchCount; batch++)
                    loader.Load(batch, images, labels);
            }
            Epoch(0);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Epoch(1);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public void Wrong_calls_are_refused_and_what_lies_behind_a_batch_is_left_alone()
    {
        MemoryDataset data = Numbered(25);
        var loader = new BatchLoader(data, 10);
        Assert.Throws<ArgumentOutOfRangeException>(() => loader.Load(3, new float[200], new int[10]));
        Assert.Throws<ArgumentOutOfRangeException>(() => loader.Load(-1, new float[200], new int[10]));
        Assert.Throws<ArgumentException>(() => loader.Load(0, new float[199], new int[10]));
        Assert.Throws<ArgumentException>(() => loader.Load(0, new float[200], new int[9]));
        Assert.Throws<ArgumentOutOfRangeException>(() => loader.LoadRange(20, new float[200], new int[6]));
        Assert.Throws<ArgumentOutOfRangeException>(() => loader.StartEpoch(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchLoader(data, 0));
        Assert.Throws<ArgumentException>(() => new BatchLoader(data, 1, Normalization.Identity(3)));
        Assert.Throws<ArgumentException>(() => new BatchLoader(new Subset(data, []), 1));
        float[] images = [.. Enumerable.Repeat(-7f, 200)];
        Assert.Equal(5, loader.Load(2, images, new int[10]));
        Assert.All(images[100..], x => Assert.Equal(-7, x));
        Assert.All(images[..100], x => Assert.NotEqual(-7, x));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(64)]
    [InlineData(255)]
    [InlineData(1027)]
    public void Bytes_become_floats_as_the_formula_says_at_every_length(int length)
    {
        byte[] bytes = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 37 + 255))];
        float[] floats = [.. Enumerable.Repeat(-9f, length + 2)];
        PixelConversion.ToFloat(bytes, floats.AsSpan(1, length), 0.013f, -0.42f);
        for (int i = 0; i < length; i++)
            Assert.Equal(bytes[i] * 0.013f + -0.42f, floats[i + 1]);
        Assert.Equal((-9f, -9f), (floats[0], floats[^1]));
    }

    /// <summary>Images of (1, 4, 5); the label of each is its index.</summary>
    private static MemoryDataset Numbered(int count)
    {
        var rng = new Rng(6);
        byte[] pixels = [.. Enumerable.Range(0, 20 * count).Select(_ => (byte)rng.NextInt(256))];
        return new MemoryDataset("numbered", new Shape(1, 4, 5), [.. Enumerable.Range(0, count).Select(i => $"{i}")], pixels, [.. Enumerable.Range(0, count)]);
    }

    private static int[] Order(BatchLoader loader)
    {
        var labels = new int[loader.Dataset.Count];
        loader.LoadRange(0, new float[labels.Length * loader.Dataset.ImageShape.Length], labels);
        return labels;
    }

    /// <summary>The same samples through the interface alone.</summary>
    private sealed class Opaque(IDataset inner) : IDataset
    {
        public string Name => inner.Name;
        public int Count => inner.Count;
        public Shape ImageShape => inner.ImageShape;
        public IReadOnlyList<string> ClassNames => inner.ClassNames;
        public int Label(int index) => inner.Label(index);
        public void Read(int index, Span<float> pixels) => inner.Read(index, pixels);
    }
}
