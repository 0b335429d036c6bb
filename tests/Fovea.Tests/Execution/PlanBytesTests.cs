using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Serialization;
using Fovea.Tensors;
using Fovea.Tests.Serialization;

namespace Fovea.Tests.Execution;

/// <summary>What a network may take and compute is checked before it does.</summary>
public class PlanBytesTests
{
    [Fact]
    public void Large_maps_are_evaluated_few_at_a_time()
    {
        Assert.Equal(4, PlanBytes.Fit(Blown(8000), 256));
        Assert.Equal(256, PlanBytes.Fit(Presets.Find("resnet50").Create(new Shape(3, 224, 224), 10, seed: 1), 256));
        Assert.Equal(3, PlanBytes.Fit(Blown(28), 3));
    }

    [Fact]
    public void A_batch_that_memory_cannot_hold_is_refused_with_the_figure()
    {
        var options = new PlanOptions { Batch = 256, Mode = PlanMode.Training, KeepActivations = false };
        string message = Assert.Throws<ShapeException>(() => PlanBytes.Require(Blown(8000), options, new Shape(1, 28, 28), blocked: true, available: 1L << 33)).Message;
        Assert.Equal("network 'network' at a batch of 256 needs at least 61.0 GiB for its activations, and there are 8.0 GiB: try a smaller batch, of 33 or less", message);
        PlanBytes.Require(Blown(8000), options with { Batch = 33 }, new Shape(1, 28, 28), blocked: true, available: 1L << 33);
    }

    public static TheoryData<string> Poolings => ["AvgPool2d", "MaxPool2d"];

    [Theory]
    [MemberData(nameof(Poolings))]
    public void A_small_file_that_computes_for_minutes_is_refused(string pooling)
    {
        Layer layer = pooling == "AvgPool2d" ? new AvgPool2d(3000, stride: 1) : new MaxPool2d(3000, stride: 1);
        byte[] file = Bytes(Network.Sequential(new Shape(1, 28, 28), new AdaptiveAvgPool2d(6000), layer, new GlobalAvgPool2d(), new Flatten(), new Linear(1, 10)));
        Assert.Contains("numbers in windows a sample are read; node", Assert.Throws<ModelFormatException>(() => ModelFile.Parse(file)).Message, StringComparison.Ordinal);
        Assert.Equal(10, ModelFile.Parse(file, ModelLimits.None).Network.OutputShape.Length);
    }

    [Fact]
    public void Sides_are_limited()
    {
        byte[] file = Bytes(Network.Sequential(new Shape(2, 6, 70_000), new GlobalAvgPool2d(), new Flatten(), new Linear(2, 10)));
        Assert.Contains("up to 65535 pixels a side are read", Assert.Throws<ModelFormatException>(() => ModelFile.Parse(file)).Message, StringComparison.Ordinal);
    }

    /// <summary>A little over 100 thousand million multiply-adds.</summary>
    [Fact]
    public void Large_networks_pass()
    {
        Network network = Network.Sequential(new Shape(64, 224, 224), new Conv2d(64, 1800, 3, padding: 1, stride: 1), new GlobalAvgPool2d(), new Flatten(), new Linear(1800, 10));
        Assert.Throws<ModelFormatException>(() => new ModelLimits { MultiplyAdds = 5e10 }.Require(network));
        new ModelLimits().Require(network);
        new ModelLimits().Require(Presets.Find("resnet50").Create(new Shape(3, 224, 224), 10, seed: 1));
        new ModelLimits().Require(Presets.Find("vgg11").Create(new Shape(3, 224, 224), 10, seed: 1));
    }

    private static Network Blown(int side) =>
        Network.Sequential(new Shape(1, 28, 28), new AdaptiveAvgPool2d(side), new GlobalAvgPool2d(), new Flatten(), new Linear(1, 10));

    private static byte[] Bytes(Network network) => SampleModels.WithoutHash(SampleModels.Write(
        ModelFile.Tensors(network), ModelFile.Metadata(new Model(network, [.. Enumerable.Range(0, 10).Select(i => $"{i}")], Fovea.Data.Normalization.Identity(network.InputShape.Channels)))));
}
