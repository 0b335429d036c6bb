using System.Numerics.Tensors;
using CustomLayer;
using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Networks.Text;
using Fovea.Quantization;
using Fovea.Serialization;
using Fovea.Tensors;
using Fovea.Tests.Data;
using Fovea.Tests.Networks.Text;

namespace Fovea.Tests.Layers;

/// <summary>The layer of <c>samples/CustomLayer</c>, which sees only what is public, and one with two inputs and a memory, in every engine.</summary>
[Collection("layers")]
public class CustomLayerTests
{
    private static readonly int[] Engines = [1, 16, 0];

    private static readonly Shape Maps = new(18, 3, 4);

    static CustomLayerTests()
    {
        ChannelScale.Register();
        LayerRegistry.Add<Gate>((_, context) => new GateOperator(context), (_, _) => new());
    }

    [Fact]
    public void Gives_the_values_and_gradients_of_its_meaning_in_every_engine()
    {
        Network scale = Network.Sequential(Maps, new ChannelScale(18));
        foreach (int lanes in Engines)
            foreach (int batch in (int[])[1, 5, 19])
            {
                LayerData.Randomize(scale, 1);
                AssertLayer(scale, (input, p) => [.. input.Select(row => row.Select((x, i) => p[0][i / 12] * x).ToArray())], batch, lanes);
                AssertLayer(
                    NetworkBuilder.WithInputs(("x", Maps), ("g", Maps)).Add(new Gate(), "gate", "x", "g").Build(),
                    (input, _) => [.. input.Select(row => row.Take(216).Select((x, i) => x / (1 + Math.Exp(-row[216 + i]))).ToArray())], batch, lanes);
            }
    }

    [Fact]
    public void Gives_the_same_bits_for_any_number_of_threads_and_allocates_nothing()
    {
        foreach (int lanes in Engines)
        {
            float[][] runs = [.. ((int[])[1, 2]).Select(threads =>
            {
                Network network = Network.Sequential(Maps, new Conv2d(18, 18, 3, padding: 1), new ChannelScale(18), new Flatten(), new Linear(216, 3));
                LayerData.Randomize(network, 2);
                Plan plan = Compile(network, lanes, PlanOptions.Training with { Batch = 37, Threads = threads });
                float[] input = LayerData.Normal(37 * 216, 3), targets = LayerData.Normal(37 * 3, 4);
                var loss = new Fovea.Losses.MeanSquaredError();
                plan.TrainingStep(input, targets, loss);
                if (threads == 1)
                    Assert.Equal(0, Allocations.Least(() => plan.TrainingStep(input, targets, loss)));
                return Enumerable.Range(0, network.TrainableParameters.Count).SelectMany(p => plan.Gradient(p).ToArray()).ToArray();
            })];
            Assert.Equal(runs[0], runs[1]);
        }
    }

    [Fact]
    public void Runs_in_floats_in_an_int8_plan()
    {
        Network network = new NetworkBuilder(new Shape(3, 8, 8)).Conv2d(18, 3).ReLU().Add(new ChannelScale(18), "scale").Conv2d(8, 3).GlobalAvgPool2d().Flatten().Linear(4).Build(seed: 5);
        float[] images = LayerData.Normal(32 * 192, 6);
        var quantizer = new Quantizer(network, batch: 32);
        quantizer.Observe(images);
        (Network folded, var scheme) = quantizer.Finish();
        float[] expected = network.Compile(new PlanOptions { Batch = 32 }).Forward(images).ToArray();
        float[] actual = folded.Compile(new PlanOptions { Batch = 32, Quantization = scheme }).Forward(images).ToArray();
        double error = Math.Sqrt(expected.Zip(actual, (a, b) => Math.Pow(a - b, 2)).Average() / expected.Average(a => Math.Pow(a, 2)));
        Assert.InRange(error, 1e-6, 0.05);
    }

    [Fact]
    public void Files_and_texts_know_it()
    {
        Network network = new NetworkBuilder(Maps).Add(new ChannelScale(18, 0.3)).Add(new ReLU(), "relu").Add(new Gate(), "gate", "relu", "channelscale1").Build(seed: 1);
        using var folder = new TemporaryFolder();
        ModelFile.Save(folder.File("a"), new Model(network));
        NetworkTextTests.RequireSame(network, ModelFile.Load(folder.File("a")).Network);
        string text = NetworkText.Write(network);
        Assert.Contains("channelscale channels=18 init=0.3\n", text, StringComparison.Ordinal);
        Assert.Contains("gate: gate from relu channelscale1", text, StringComparison.Ordinal);
        NetworkTextTests.RequireSame(network, NetworkText.Parse(text).Create());
        Assert.Contains("ChannelScale(channels: 18, init: 0.3)", network.Summary().ToString(), StringComparison.Ordinal);
        Assert.Contains("a layer of your own", string.Join('\n', network.Compile().Describe(new CoreFigures(100, 50, 10)).Steps.Select(step => step.Algorithm)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_added_is_refused_in_one_line()
    {
        Network network = Network.Sequential(Maps, new Unknown());
        Assert.Equal(
            "no operator runs Unknown of node 'unknown1'; a layer of your own needs LayerRegistry.Add",
            Assert.Throws<NotSupportedException>(() => network.Compile()).Message);
        using var folder = new TemporaryFolder();
        Assert.Contains("LayerRegistry.Add", Assert.Throws<NotSupportedException>(() => ModelFile.Save(folder.File("a"), new Model(network))).Message, StringComparison.Ordinal);
        Assert.Contains("unknown1", network.Summary().ToString(), StringComparison.Ordinal);
        Assert.Equal("ChannelScale is added already", Assert.Throws<ArgumentException>(ChannelScale.Register).Message);
        Assert.Equal("ReLU is a layer of Fovea's own", Assert.Throws<ArgumentException>(() => LayerRegistry.Add<ReLU>((_, context) => new GateOperator(context))).Message);
        Assert.StartsWith("a layer of the name relu is there already", Assert.Throws<ArgumentException>(() => LayerRegistry.Add<relu>((_, context) => new GateOperator(context), (_, _) => new())).Message, StringComparison.Ordinal);
    }

    private static Plan Compile(Network network, int lanes, PlanOptions options) =>
        network.Compile(lanes == 0 ? options with { Blocked = true } : options with { Lanes = lanes });

    private static void AssertLayer(Network network, Func<double[][], double[][], double[][]> meaning, int batch, int lanes)
    {
        Plan plan = Compile(network, lanes, PlanOptions.Training with { Batch = batch, InputGradient = true });
        float[] input = LayerData.Inputs(network.InputShape, batch, 5), upstream = LayerData.Normal(batch * network.OutputShape.Length, 6);
        double[][] rows = LayerData.Rows(input, batch), parameters = LayerData.Parameters(network), upstreamRows = LayerData.Rows(upstream, batch);
        Close.Assert([.. meaning(rows, parameters).SelectMany(row => row)], plan.Forward(input), 1e-5, 1e-5);
        plan.Backward(upstream);
        int length = network.InputShape.Length;
        Func<double[][]> outputs = () => meaning(rows, parameters);
        LayerData.AssertGradient($"input gradient, batch {batch}, lanes {lanes}", plan.InputGradient, i => (rows[i / length], i % length), outputs, upstreamRows, 7);
        for (int p = 0; p < network.TrainableParameters.Count; p++)
        {
            double[] values = parameters[p];
            LayerData.AssertGradient($"parameter {p}, batch {batch}, lanes {lanes}", plan.Gradient(p), i => (values, i), outputs, upstreamRows, 8);
        }
    }

    /// <summary>x · σ(g).</summary>
    private sealed record Gate : Layer
    {
        public override int? InputCount => 2;

        public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => inputs[0];
    }

    private sealed record Unknown : Layer
    {
        public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => inputs[0];
    }

#pragma warning disable CS8981, IDE1006 // A name that differs from a layer of Fovea's in its case alone.
    private sealed record relu : Layer
    {
        public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => inputs[0];
    }
#pragma warning restore CS8981, IDE1006

    /// <summary>Keeps σ(g) for backward.</summary>
    private sealed class GateOperator(OperatorContext context) : LayerOperator(context)
    {
        public override int StateLength => Context.Output.Length * Lanes;

        public override int ScratchLength => StateLength;

        public override void Forward(in Slice slice)
        {
            TensorPrimitives.Sigmoid(slice.Input(1), slice.State);
            TensorPrimitives.Multiply(slice.Input(0), slice.State, slice.Output);
        }

        public override void Backward(in Slice slice)
        {
            if (slice.WantsInputGradient(0))
                TensorPrimitives.Multiply(slice.OutputGradient, slice.State, slice.InputGradient(0));
            if (!slice.WantsInputGradient(1))
                return;
            // g · x · σ (1 − σ) = g · y (1 − σ).
            TensorPrimitives.Subtract(1, slice.State, slice.Scratch);
            TensorPrimitives.Multiply(slice.Scratch, slice.Output, slice.Scratch);
            TensorPrimitives.Multiply(slice.Scratch, slice.OutputGradient, slice.InputGradient(1));
        }
    }
}
