using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Quantization;
using Fovea.Serialization;
using Fovea.Tensors;
using Fovea.Tests.Serialization;
using Fovea.Training;

namespace Fovea.Tests.Execution;

/// <summary>What a network may take and compute is checked before it does.</summary>
public class PlanBytesTests
{
    private const double Gibibyte = 1L << 30;

    private static readonly PlanOptions Inference = new() { Batch = 256, Threads = 2 };
    private static readonly PlanOptions Training = PlanOptions.Training with { Batch = 256, Threads = 2 };

    /// <summary>From 8 samples on, 16 lie side by side, and they would take 3.8 GiB.</summary>
    [Fact]
    public void Large_maps_are_evaluated_few_at_a_time()
    {
        Assert.Equal(7, PlanBytes.Fit(Blown(8000), Inference, 24 * Gibibyte));
        Assert.Equal(1, PlanBytes.Fit(Blown(30_000), Inference, 24 * Gibibyte));
        Assert.Equal(3, PlanBytes.Fit(Blown(28), Inference with { Batch = 3 }, 24 * Gibibyte));
    }

    [Fact]
    public void A_preset_runs_in_the_batch_that_is_wanted()
    {
        Network network = PresetCatalog.Find("resnet18").Create(new Shape(3, 64, 64), 10, seed: 1);
        Assert.Equal(256, PlanBytes.Fit(network, Inference, 24 * Gibibyte));
        PlanBytes.Require(network, Training, network.InputShape, 8 * Gibibyte);
    }

    /// <summary>A container of half a GiB: a batch of 256 would take most of it.</summary>
    [Fact]
    public void Little_memory_makes_small_batches()
    {
        Network network = PresetCatalog.Find("resnet18").Create(new Shape(3, 64, 64), 10, seed: 1);
        Assert.InRange(PlanBytes.Fit(network, Inference, Gibibyte / 2), 16, 200);
    }

    [Fact]
    public void A_batch_that_memory_cannot_hold_is_refused_with_the_figure()
    {
        string message = Assert.Throws<ShapeException>(() => PlanBytes.Require(Blown(8000), Training, new Shape(1, 28, 28), 8 * Gibibyte)).Message;
        Assert.Equal(
            "network 'network' at a batch of 256 needs at least 15.3 GiB for its activations, and they may take 7.0 GiB of the 8.0 GiB of memory: try a batch of 7 or less", message);
        PlanBytes.Require(Blown(8000), Training with { Batch = 7 }, new Shape(1, 28, 28), 8 * Gibibyte);
    }

    /// <summary>Sixteen samples run at a time: a batch of 100 on one thread needs no more than one of 16, so only fewer help.</summary>
    [Fact]
    public void What_would_fit_is_true_where_samples_run_in_slices()
    {
        PlanOptions options = Training with { Batch = 100, Threads = 1 };
        Shape input = new(1, 28, 28);
        Assert.EndsWith("try a batch of 7 or less", Assert.Throws<ShapeException>(() => PlanBytes.Require(Blown(8000), options, input, 4 * Gibibyte)).Message, StringComparison.Ordinal);
        PlanBytes.Require(Blown(8000), options with { Batch = 7 }, input, 4 * Gibibyte);
        Assert.Throws<ShapeException>(() => PlanBytes.Require(Blown(8000), options with { Batch = 8 }, input, 4 * Gibibyte));
    }

    /// <summary>Blocks of 16 channels for maps of one: 0.25 GiB a map and sample, though the map itself has a sixteenth.</summary>
    [Fact]
    public void Channels_that_fill_up_a_block_count()
    {
        Network network = OneChannel(2048);
        Assert.Equal(2, PlanBytes.Fit(network, Inference, 24 * Gibibyte));
        Assert.Equal(1, PlanBytes.Fit(network, Inference with { KeepActivations = NodeSelection.All, Batch = 8 }, 24 * Gibibyte));
        Assert.Contains("needs at least 96.1 GiB", Assert.Throws<ShapeException>(() => PlanBytes.Require(network, Training with { Batch = 64 }, network.InputShape, 24 * Gibibyte)).Message, StringComparison.Ordinal);
        // The frame that a padding of 512 asks for.
        Assert.Equal(1, PlanBytes.Fit(OneChannel(2048, padding: 512), Inference, 24 * Gibibyte));
    }

    /// <summary>The same maps in bytes: five a number where a layer computes in floats, and one behind convolutions; nothing takes turns.</summary>
    [Fact]
    public void Quantised_maps_count_with_their_blocks()
    {
        Network network = OneChannel(512);
        var quantizer = new Quantizer(network, batch: 64);
        quantizer.Observe(new float[2 * network.InputShape.Length]);
        (Network folded, QuantizationScheme scheme) = quantizer.Finish();
        Assert.Equal(36, PlanBytes.Fit(folded, Inference with { Quantization = scheme }, 4 * Gibibyte));
        string message = Assert.Throws<ShapeException>(() => PlanBytes.Require(folded, Inference with { Quantization = scheme }, folded.InputShape, 4 * Gibibyte)).Message;
        Assert.Contains("needs at least 7.1 GiB for its activations", message, StringComparison.Ordinal);
        Assert.EndsWith("try a batch of 126 or less", message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Poolings => ["AvgPool2d", "MaxPool2d"];

    [Theory]
    [MemberData(nameof(Poolings))]
    public void A_small_file_that_computes_for_minutes_is_refused(string pooling)
    {
        Layer layer = pooling == "AvgPool2d" ? new AvgPool2d(1500, stride: 1) : new MaxPool2d(1500, stride: 1);
        byte[] file = Bytes(Network.Sequential(new Shape(1, 28, 28), new AdaptiveAvgPool2d(3000), layer, new GlobalAvgPool2d(), new Flatten(), new Linear(1, 10)));
        Assert.Contains("numbers in windows a sample are read; node", Assert.Throws<ModelFormatException>(() => ModelFile.Parse(file)).Message, StringComparison.Ordinal);
        Assert.Equal(10, ModelFile.Parse(file, ModelLimits.None).Network.OutputShape.Length);
    }

    [Fact]
    public void Sides_are_limited()
    {
        byte[] file = Bytes(Network.Sequential(new Shape(2, 6, 70_000), new GlobalAvgPool2d(), new Flatten(), new Linear(2, 10)));
        Assert.Contains("up to 65535 pixels a side are read", Assert.Throws<ModelFormatException>(() => ModelFile.Parse(file)).Message, StringComparison.Ordinal);
    }

    /// <summary>An output of 8000 × 8000 for a image of 28 × 28: 64 million activations in a file of 818 bytes.</summary>
    [Fact]
    public void A_small_file_may_not_blow_its_input_up()
    {
        byte[] file = Bytes(Blown(8000));
        Assert.InRange(file.Length, 600, 1200);
        ModelFormatException error = Assert.Throws<ModelFormatException>(() => ModelFile.Parse(file));
        Assert.True(error.PassesLimits);
        Assert.Contains("activations a sample; node 'adaptiveavgpool2d1' passes that (6.4E+07)", error.Message, StringComparison.Ordinal);
        Assert.Equal(10, ModelFile.Parse(file, ModelLimits.None).Network.OutputShape.Length);
        Assert.Equal(10, ModelFile.Parse(file, new ModelLimits { Activations = 1e8 }).Network.OutputShape.Length);
    }

    /// <summary>A stride and padding of thousands: outputs of a few numbers, padded copies of a hundred million.</summary>
    [Fact]
    public void Padded_copies_are_limited()
    {
        byte[] file = Bytes(Network.Sequential(new Shape(1, 28, 28), new Conv2d(1, 1, 1, padding: 5000, stride: 5000), new GlobalAvgPool2d(), new Flatten(), new Linear(1, 10)));
        Assert.Contains("the padding of node 'conv1' passes that", Assert.Throws<ModelFormatException>(() => ModelFile.Parse(file)).Message, StringComparison.Ordinal);
        ModelFile.Parse(file, ModelLimits.None);
    }

    [Fact]
    public void Limits_hold_while_the_description_is_read()
    {
        // The second node lacks its tensors: reading does not come to it.
        Network network = Network.Sequential(new Shape(1, 28, 28), new AdaptiveAvgPool2d(4200), new Conv2d(1, 4, 3), new GlobalAvgPool2d(), new Flatten(), new Linear(4, 10));
        byte[] file = SampleModels.WithoutHash(SampleModels.Write([], ModelFile.Metadata(ModelOf(network))));
        Assert.True(Assert.Throws<ModelFormatException>(() => ModelFile.Parse(file)).PassesLimits);
    }

    /// <summary>The first computes a little over 100 thousand million multiply-adds.</summary>
    [Fact]
    public void Large_networks_pass()
    {
        Network network = Network.Sequential(new Shape(64, 224, 224), new Conv2d(64, 1800, 3, padding: 1, stride: 1), new GlobalAvgPool2d(), new Flatten(), new Linear(1800, 10));
        Assert.Throws<NetworkLimitException>(() => Count(network, new ModelLimits { MultiplyAdds = 5e10 }));
        Count(network, new ModelLimits());
        foreach ((string preset, int side) in ((string, int)[])[("resnet50", 224), ("resnet50", 448), ("mobilenet_v2", 448), ("vgg11", 224), ("vgg11", 448)])
            Count(PresetCatalog.Find(preset).Create(new Shape(3, side, side), 10, seed: 1), new ModelLimits());
    }

    [Fact]
    public void A_predictor_is_refused_what_memory_cannot_hold()
    {
        Network network = Blown(30_000);
        Assert.Equal(1, Predictor.FittingBatch(new Model(network), 32));
        Assert.Contains("try a batch of", Assert.Throws<ShapeException>(() => new Predictor(new Model(network), 1 << 20)).Message, StringComparison.Ordinal);
    }

    /// <summary>Each convolution's output is kept for the backward, though no pooling follows.</summary>
    [Fact]
    public void Training_counts_convolutions()
    {
        Network network = Network.Sequential(
            new Shape(1, 512, 512), new Conv2d(1, 64, 3, padding: 1), new ReLU(), new Conv2d(64, 64, 3, padding: 1), new ReLU(), new Conv2d(64, 8, 3, padding: 1), new GlobalAvgPool2d(), new Flatten(), new Linear(8, 10));
        Assert.Contains("needs at least 72.8 GiB", Assert.Throws<ShapeException>(() => PlanBytes.Require(network, Training, network.InputShape, 8 * Gibibyte)).Message, StringComparison.Ordinal);
    }

    private static void Count(Network network, ModelLimits limits)
    {
        var cost = new NetworkCost(limits, network.InputShape, network.Parameters.Sum(parameter => (double)parameter.Value.Length));
        foreach (Node node in network.Nodes)
            cost.Add(node.Name, node.Layer, [.. node.Inputs.Select(input => input < 0 ? network.InputShape : network.Nodes[input].OutputShape)], node.OutputShape);
    }

    private static Network Blown(int side) =>
        Network.Sequential(new Shape(1, 28, 28), new AdaptiveAvgPool2d(side), new GlobalAvgPool2d(), new Flatten(), new Linear(1, 10));

    /// <summary>Maps of one channel, blown up behind the input, and two convolutions over them.</summary>
    private static Network OneChannel(int side, int padding = 1) => Network.Sequential(
        new Shape(1, 28, 28), new AdaptiveAvgPool2d(side), new Conv2d(1, 1, 3, padding: padding), new ReLU(), new Conv2d(1, 1, 3, padding: 1), new GlobalAvgPool2d(), new Flatten(), new Linear(1, 10));

    private static byte[] Bytes(Network network) => SampleModels.WithoutHash(SampleModels.Write(ModelFile.Tensors(network), ModelFile.Metadata(ModelOf(network))));

    private static Model ModelOf(Network network) =>
        new(network, [.. Enumerable.Range(0, 10).Select(i => $"{i}")], Fovea.Data.Normalization.Identity(network.InputShape.Channels));
}
