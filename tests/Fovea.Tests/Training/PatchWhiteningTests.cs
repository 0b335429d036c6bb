using Fovea.Data;
using Fovea.Execution;
using Fovea.Initializers;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Optimizers;
using Fovea.Serialization;
using Fovea.Tensors;
using Fovea.Tests.Serialization;
using Fovea.Training;

namespace Fovea.Tests.Training;

public class PatchWhiteningTests
{
    [Theory]
    [InlineData(1, 2)]
    [InlineData(3, 2)]
    [InlineData(3, 3)]
    public void Whitened_patches_have_the_unit_covariance(int channels, int kernel)
    {
        MemoryDataset images = Images(channels);
        var normalization = Normalization.Of(images);
        int half = kernel * kernel * channels;
        Network network = new NetworkBuilder(images.ImageShape)
            .Add(new Conv2d(channels, 2 * half, kernel, bias: false, trainable: false), "whiten").Flatten().Linear(2).Build();
        Assert.True(PatchWhitening.Apply(network, images, normalization));

        Plan plan = network.Compile(new PlanOptions { Batch = images.Count, KeepActivations = NodeSelection.All });
        float[] input = new float[images.Count * images.ImageShape.Length];
        new BatchLoader(images, images.Count, normalization).Load(0, input, new int[images.Count]);
        plan.Forward(input);
        Tensor whitened = plan.ReadActivation("whiten");
        int plane = whitened.Shape.Length / (images.Count * 2 * half);
        for (int a = 0; a < half; a++)
            for (int b = 0; b < 2 * half; b++)
            {
                double sum = 0;
                for (int n = 0; n < images.Count; n++)
                    for (int i = 0; i < plane; i++)
                        sum += (double)whitened.Span[(n * 2 * half + a) * plane + i] * whitened.Span[(n * 2 * half + b) * plane + i];
                // The floor leaves directions that hardly occur a little below one.
                double mean = sum / (images.Count * plane);
                if (a == b || a == b - half)
                    Assert.InRange(a == b ? mean : -mean, 0.9, 1.0001);
                else
                    Assert.Equal(0, mean, 1e-4);
            }
    }

    [Fact]
    public void A_preset_for_a_data_set_has_them()
    {
        MemoryDataset images = Images(3);
        var normalization = Normalization.Of(images);
        Network expected = PresetCatalog.Create("whitenet-narrow", images.ImageShape, 2, seed: 3);
        PatchWhitening.Apply(expected, images, normalization);
        Network network = PresetCatalog.Find("whitenet-narrow").CreateFor(images, normalization, seed: 3);
        Assert.Equal(expected.Parameters.SelectMany(parameter => parameter.Value.Span.ToArray()), network.Parameters.SelectMany(parameter => parameter.Value.Span.ToArray()));
    }

    [Fact]
    public void The_kernels_do_not_learn_and_are_saved()
    {
        MemoryDataset images = Images(3);
        Network network = PresetCatalog.Create("whitenet-narrow", images.ImageShape, 2, seed: 3);
        Assert.True(PatchWhitening.Apply(network, images));
        Parameter kernels = network["whiten"].Parameters[0];
        Assert.False(kernels.IsTrainable);
        float[] before = kernels.Value.Span.ToArray(), learning = network.TrainableParameters[0].Value.Span.ToArray();
        new Trainer(network, new AdamW(0.01), new TrainingOptions { Epochs = 1, BatchSize = 16 }).Run(images);
        Assert.Equal(before, kernels.Value.Span.ToArray());
        Assert.NotEqual(learning, network.TrainableParameters[0].Value.Span.ToArray());

        using var folder = new TemporaryFolder();
        ModelFile.Save(folder.File("m"), new Model(network));
        Node read = ModelFile.Load(folder.File("m")).Network["whiten"];
        Assert.Equal(network["whiten"].Layer, read.Layer);
        Assert.Equal(before, read.Parameters[0].Value.Span.ToArray());
    }

    [Fact]
    public void Other_networks_are_left_alone()
    {
        MemoryDataset images = Images(3);
        foreach (Network network in (Network[])[
            PresetCatalog.Create("convnet-basic", images.ImageShape, 2),
            new NetworkBuilder(images.ImageShape).Add(new Conv2d(3, 16, 2, trainable: false)).Build()])
        {
            float[] before = network.Parameters[0].Value.Span.ToArray();
            Assert.False(PatchWhitening.Apply(network, images));
            Assert.Equal(before, network.Parameters[0].Value.Span.ToArray());
        }
        Assert.Throws<ArgumentException>(() => PatchWhitening.Apply(PresetCatalog.Create("whitenet", new Shape(3, 32, 32), 2), images));
    }

    /// <summary>What the preset's 3×3 kernels begin with.</summary>
    [Fact]
    public void Kernels_that_hand_on_their_input_do()
    {
        Network network = new NetworkBuilder(new Shape(3, 5, 5)).Add(new Conv2d(3, 5, 3, padding: 1, bias: false), "conv").Build();
        network.Initialize(1, new PartialIdentity(9, new He()));
        float[] input = [.. Enumerable.Range(0, 75).Select(i => i / 10f)];
        Assert.Equal(input, network.Compile().Forward(input)[..75].ToArray());
        Assert.Contains(network.Parameters[0].Value.Span[81..].ToArray(), weight => weight != 0);
        Assert.Throws<ArgumentException>(() => new PartialIdentity(4, new He()));
    }

    /// <summary>Smooth random images: neighbours are alike, as in photographs.</summary>
    private static MemoryDataset Images(int channels)
    {
        const int count = 40, side = 12;
        var rng = new Rng(8);
        byte[] pixels = new byte[count * channels * side * side];
        for (int plane = 0; plane < count * channels; plane++)
        {
            double level = 255 * rng.NextDouble(), slopeX = 20 * rng.NextDouble() - 10, slopeY = 20 * rng.NextDouble() - 10;
            for (int y = 0; y < side; y++)
                for (int x = 0; x < side; x++)
                    pixels[(plane * side + y) * side + x] = (byte)Math.Clamp(level + slopeX * x + slopeY * y + 60 * rng.NextDouble(), 0, 255);
        }
        return new MemoryDataset("smooth", new Shape(channels, side, side), ["a", "b"], pixels, [.. Enumerable.Range(0, count).Select(i => i % 2)]);
    }
}
