using Fovea.Execution;
using Fovea.Execution.Blocked.Int8;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Quantization;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.Quantization;

/// <summary>Networks that run in int8.</summary>
public class QuantizedPlanTests
{
    /// <summary>
    /// Where every number is whole and small there is nothing to round: bytes must give what floats give, exactly. So
    /// padding, strides, zero points, what is added, pooling and vectors made of maps are all in the right place.
    /// </summary>
    [Theory]
    [InlineData(3, 9, 8, 1, 20)]
    [InlineData(1, 12, 16, 3, 20)]
    [InlineData(6, 15, 7, 2, 20)]
    [InlineData(2, 30, 27, 2, 36)] // Winograd, tiles that overhang the maps
    [InlineData(3, 32, 64, 1, 130)] // the same, all threads sharing its steps
    public void Small_whole_numbers_are_exact(int channels, int height, int width, int count, int maps)
    {
        var builder = new NetworkBuilder(new Shape(channels, height, width));
        builder.Conv2d(maps, 3, padding: 1, name: "a").ReLU("ar").MaxPool2d(3, stride: 2, padding: 1, name: "pool")
            .Conv2d(maps, 3, padding: 1, bias: false, name: "b").ReLU("br").Conv2d(maps, 3, padding: 1, name: "c")
            .Sum("sum", "c", "pool").ReLU("cr")
            .Conv2d(37, 3, stride: 2, padding: 1, name: "d").ReLU("dr").Conv2d(37, (1, 2), padding: new Padding { Right = 1 }, name: "e")
            .Add(new Conv2d(maps, 37, 1, stride: 2), "short", "cr").Sum("sum2", "e", "short").ReLU6("er").Dropout(name: "drop")
            .Flatten("flat").Linear(18, name: "f").ReLU("fr").Linear(5, name: "g");
        Network network = builder.Build();
        var rng = new Rng(3, (ulong)channels);
        foreach (Parameter parameter in network.Parameters)
            foreach (ref float value in parameter.Value.Span)
                // Few weights that are not 0 keep all sums small.
                value = parameter.Spec.Role == ParameterRole.Bias || rng.NextInt(Math.Max(1, parameter.Value.Length / parameter.Spec.Shape[0] / 3)) == 0 ? rng.NextInt(3) - 1 : 0;
        var input = new float[count * network.InputShape.Length];
        foreach (ref float value in input.AsSpan())
            value = rng.NextInt(7) - 3;

        Plan floats = network.Compile(new PlanOptions { Batch = count, KeepActivations = NodeSelection.All });
        float[] expected = floats.Forward(input).ToArray();
        var activations = new Dictionary<string, ActivationRange> { [NetworkBuilder.Input] = new(1, 64) };
        foreach (Node node in network.Nodes)
        {
            ReadOnlySpan<float> values = floats.ReadActivation(node.Name).Values;
            int zero = System.Numerics.Tensors.TensorPrimitives.Min(values) < 0 ? 64 : 0;
            activations[node.Name] = new ActivationRange(1, zero);
            foreach (float value in values)
                Assert.InRange(value, -zero, 127 - zero);
        }
        var scheme = new QuantizationScheme(activations, Layers(network).ToDictionary(node => node.Name, Ones));
        Plan bytes = network.Compile(new PlanOptions { Batch = count, Quantization = scheme });
        Assert.Equal(expected, bytes.Forward(input).ToArray());
        Plan direct = network.Compile(new PlanOptions { Batch = count, Quantization = scheme, Winograd = false });
        Assert.Equal(expected, direct.Forward(input).ToArray());
        Assert.Equal(maps > 32, QuantizedWinogradOperator.Suits(network["b"].Layer, network["pool"].OutputShape));
        Assert.Contains(expected, value => value != 0);
    }

    public static TheoryData<string> Networks => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Bytes_come_near_floats(string name)
    {
        Network network = Cases[name]();
        var rng = new Rng(5);
        float[] input = Numbers.Gaussian(ref rng, 6 * network.InputShape.Length);
        var quantizer = new Quantizer(network, batch: 6);
        quantizer.Observe(input);
        QuantizedNetwork quantized = quantizer.Finish();
        float[] expected = network.Compile(new PlanOptions { Batch = 6 }).Forward(input).ToArray();
        float[] got = Run(threads: 2, 6);
        double error = 0, size = 0, mean = expected.Average();
        for (int i = 0; i < got.Length; i++)
        {
            error += Math.Pow(got[i] - expected[i], 2);
            size += Math.Pow(expected[i] - mean, 2);
        }
        Assert.True(Math.Sqrt(error / size) < 0.05, $"the error is {Math.Sqrt(error / size):P1} of the outputs' deviation");
        Assert.True(error > 0);

        Assert.Equal(got, Run(threads: 1, 6));
        Assert.Equal(got, Run(threads: 3, 4));

        float[] Run(int threads, int batch)
        {
            Plan plan = quantized.Network.Compile(new PlanOptions { Batch = batch, Threads = threads, Quantization = quantized.Scheme });
            return [.. Enumerable.Range(0, (6 + batch - 1) / batch).SelectMany(part =>
                plan.Forward(input.AsSpan((part * batch * network.InputShape.Length)..Math.Min(input.Length, (part + 1) * batch * network.InputShape.Length))).ToArray())];
        }
    }

    private static readonly Dictionary<string, Func<Network>> Cases = new()
    {
        ["residual, normalised"] = () => new NetworkBuilder(new Shape(3, 20, 20))
            .Conv2d(16, 5, stride: 2, padding: 2, bias: false).BatchNorm2d().ReLU().MaxPool2d(2, name: "p")
            .Conv2d(16, 3, padding: 1, bias: false).BatchNorm2d().ReLU().Conv2d(16, 3, padding: 1, bias: false).BatchNorm2d(name: "n")
            .Sum("s", "n", "p").ReLU().GlobalAvgPool2d().Flatten().Linear(10).Build(1),
        ["depthwise in floats"] = () => new NetworkBuilder(new Shape(3, 12, 12))
            .Conv2d(32, 3, padding: 1).ReLU6().Conv2d(32, 3, padding: 1, groups: 32).ReLU6().Conv2d(24, 1, name: "p")
            .Conv2d(48, 1).ReLU6().Conv2d(48, 3, padding: 1, groups: 48).ReLU6().Conv2d(24, 1, name: "q").Sum("s", "p", "q").GlobalAvgPool2d().Flatten().Linear(7).Build(2),
        ["others between"] = () => new NetworkBuilder(new Shape(2, 14, 11))
            .Conv2d(12, 3).Sigmoid().AvgPool2d(2, name: "p").Conv2d(9, 3, padding: 1, groups: 3, name: "q").Tanh("t").Concat("c", "p", "t")
            .Conv2d(8, 3).MaxPool2d(2).LeakyReLU().Flatten().Dropout().Linear(20).Tanh().Linear(6).Softmax().Build(3),
        ["other dimensions between"] = () => new NetworkBuilder(new Shape(2, 14, 11))
            .Conv2d(12, 3).ReLU(name: "p").Pad2d(1, PadMode.Reflect).Conv2d(12, 3, name: "q").Concat(1, "c", "p", "q").Transpose([2, 0, 1]).Narrow(0, 1, 6)
            .Conv2d(8, 3).Softmax(-1).ReduceMax([1]).Transpose([0, 1]).ReduceMean([-1]).Linear(6).Build(12),
        ["many maps"] = () => new NetworkBuilder(new Shape(3, 23, 26))
            .Conv2d(32, 5).LeakyReLU().Conv2d(48, 3, padding: 1).ReLU(name: "p").Conv2d(48, 3, padding: 1, name: "q").Sum("s", "p", "q").ReLU()
            .Conv2d(160, 3, padding: 1).ReLU6().Conv2d(160, 3, padding: 1).Conv2d(5, 1).Build(7),
        ["a vector"] = () => new NetworkBuilder(new Shape(50)).Linear(40).ReLU().Linear(30).GELU().Linear(10).Build(4),
        ["a image flattened"] = () => new NetworkBuilder(new Shape(1, 9, 9)).Flatten().Linear(40).ReLU().Linear(10).Build(5),
        ["a image pooled first"] = () => new NetworkBuilder(new Shape(3, 17, 15)).MaxPool2d(2).Conv2d(20, 3).ReLU().Flatten().Linear(10).Build(8),
        ["a image averaged"] = () => new NetworkBuilder(new Shape(4, 6, 5)).GlobalAvgPool2d().Conv2d(20, 1).ReLU().Flatten().Linear(10).Build(9),
        ["a image added"] = () => new NetworkBuilder(new Shape(3, 11, 12))
            .Conv2d(3, 3, padding: 1, name: "a").Sum("s", "a", "input").ReLU().Conv2d(24, 3).ReLU().Flatten().Linear(10).Build(10),
        ["squeezed and excited"] = () => new NetworkBuilder(new Shape(3, 14, 12)).Conv2d(20, 3, padding: 1).ReLU("x").GlobalAvgPool2d("mean").Conv2d(8, 1).ReLU().Conv2d(20, 1).Sigmoid("s")
            .Multiply("x", "s", "scaled").Conv2d(20, 3, padding: 1, name: "y").Add(new Add(), "sum", "y", "scaled").ReLU().GlobalAvgPool2d().Flatten().Linear(10).Build(12),
        ["maps and a number each added"] = () => new NetworkBuilder(new Shape(3, 14, 12)).Conv2d(20, 3, padding: 1).ReLU("x").GlobalAvgPool2d("mean").Conv2d(20, 1, name: "bias")
            .Add(new Add(), "left", "bias", "x").ReLU("z").Conv2d(20, 3, padding: 1, name: "y").Add(new Add(), "right", "y", "mean").ReLU6().Conv2d(9, 3).Flatten().Linear(10).Build(13),
        ["a map and a row added to all"] = () => new NetworkBuilder(new Shape(3, 9, 8)).Conv2d(20, 3, padding: 1).ReLU("x").Conv2d(1, 1, name: "map").Add(new Conv2d(20, 20, 3, padding: 1), "y", "x")
            .Add(new Add(), "sum", "y", "map").ReLU().Constant(new Shape(8), trainable: true, "row").Subtract("relu1", "row").Conv2d(9, 3).Flatten().Linear(10).Build(14),
        ["flat maps and maps"] = () => new NetworkBuilder(new Shape(3, 9, 8)).Conv2d(20, 3).ReLU().GlobalAvgPool2d("mean").Flatten("flat").Multiply("flat", "mean").Conv2d(5, 1).Flatten().Linear(10).Build(15),
        ["rows connected"] = () => new NetworkBuilder(new Shape(3, 9, 8)).Conv2d(20, 3, padding: 1).ReLU().Reshape([20, 72], "rows").Linear(16, inFeatures: 72).ReLU().Linear(20, inFeatures: 16, name: "keys")
            .MatMul("keys", "rows", "mix").Flatten().Linear(10).Build(16),
        ["a image added to itself"] = () => new NetworkBuilder(new Shape(3, 11, 12)).Sum("s", "input", "input").ReLU6().Conv2d(24, 3).ReLU().Flatten().Linear(10).Build(11),
        ["larger maps, normalised by themselves"] = () => new NetworkBuilder(new Shape(3, 9, 8))
            .Conv2d(12, 3, padding: 1).ReLU().ConvTranspose2d(20, 4, stride: 2, padding: 1).BatchNorm2d().ReLU("r").Conv2d(20, 3, padding: 1).GroupNorm(5, name: "g").Sum("s", "g", "r").ReLU()
            .Conv2d(6, 3).InstanceNorm2d(affine: true).Upsample2d(2, UpsampleMode.Bilinear).Conv2d(8, 3, stride: 2).ReLU().Flatten().Linear(9).LayerNorm().Build(12),
        ["a sum behind a normalisation"] = () => new NetworkBuilder(new Shape(3, 9, 8))
            .Conv2d(20, 3, padding: 1).ReLU("r").Conv2d(20, 3, padding: 1, groups: 4).ReLU().Tanh().BatchNorm2d(name: "n").Sum("s", "n", "r").ReLU().Conv2d(6, 3).Flatten().Linear(9).Build(13),
        ["maps to the end"] = () => new NetworkBuilder(new Shape(1, 8, 8)).Conv2d(4, 3).ReLU().Conv2d(2, 1).ReLU6().Build(6),
    };

    /// <summary>A linear layer over the last dimension stays in floats, and a scheme that says otherwise is refused.</summary>
    [Fact]
    public void Linear_layers_of_more_than_a_vector_are_not_quantised()
    {
        QuantizedNetwork quantized = Quantize(Cases["rows connected"]());
        Assert.Equal(["conv1", "fc2"], quantized.Scheme.WeightScales.Keys.Order());
        QuantizationScheme wrong = quantized.Scheme with
        {
            WeightScales = quantized.Scheme.WeightScales.Append(KeyValuePair.Create("fc1", Ones(quantized.Network["fc1"]))).ToDictionary(),
        };
        // A vector's network given rows of vectors: its layers connect the last dimension.
        QuantizedNetwork vector = Quantize(Cases["a vector"]());
        var rng = new Rng(9);
        float[] rows = Numbers.Gaussian(ref rng, 3 * 50);
        float[] expected = vector.Network.Compile(new PlanOptions { Batch = 3 }).Forward(rows).ToArray();
        float[] got = vector.Network.Compile(new PlanOptions { InputShape = new Shape(3, 50), Quantization = vector.Scheme }).Forward(rows).ToArray();
        for (int i = 0; i < got.Length; i++)
            Assert.Equal(expected[i], got[i], 1e-4);
        Assert.Contains("'fc1' cannot run in int8", Assert.Throws<ArgumentException>(() => quantized.Network.Compile(new PlanOptions { Quantization = wrong })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folding_batch_normalisation_changes_no_output()
    {
        Network network = Cases["residual, normalised"]();
        var rng = new Rng(6);
        foreach (Parameter parameter in network.Parameters)
            foreach (ref float value in parameter.Value.Span)
                value = parameter.Name.EndsWith("running_var", StringComparison.Ordinal) ? 0.5f + (float)rng.NextDouble() : value + 0.1f * (float)rng.NextGaussian();
        Network folded = BatchNormFolding.Fold(network);
        Assert.DoesNotContain(folded.Nodes, node => node.Layer is BatchNorm2d);
        float[] input = Numbers.Gaussian(ref rng, network.InputShape.Length);
        float[] expected = network.Compile(new PlanOptions { Winograd = false }).Forward(input).ToArray(), got = folded.Compile(new PlanOptions { Winograd = false }).Forward(input).ToArray();
        for (int i = 0; i < got.Length; i++)
            Assert.Equal(expected[i], got[i], 1e-4);
    }

    [Fact]
    public void Training_is_refused_in_one_line()
    {
        QuantizedNetwork quantized = Quantize(Cases["a vector"]());
        string message = Assert.Throws<ArgumentException>(() => quantized.Network.Compile(PlanOptions.Training with { Quantization = quantized.Scheme })).Message;
        Assert.Contains("is quantised and cannot be trained", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        Network network = Cases["residual, normalised"]();
        QuantizedNetwork quantized = Quantize(network);
        Plan plan = quantized.Network.Compile(new PlanOptions { Threads = 1, Quantization = quantized.Scheme });
        var input = new float[network.InputShape.Length];
        plan.Forward(input);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
            plan.Forward(input);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Schemes_that_do_not_fit_are_refused()
    {
        QuantizedNetwork quantized = Quantize(Cases["a vector"]());
        QuantizationScheme scheme = quantized.Scheme;
        Refuses(scheme with { MaxWeight = 128 }, "127");
        Refuses(scheme with { WeightScales = new Dictionary<string, float[]> { ["nobody"] = [1] } }, "'nobody'");
        Refuses(scheme with { WeightScales = new Dictionary<string, float[]> { ["fc1"] = [1] } }, "40 outputs");
        Refuses(scheme with { Activations = new Dictionary<string, ActivationRange>() }, "no range");
        Refuses(scheme with { Activations = scheme.Activations.ToDictionary(pair => pair.Key, _ => new ActivationRange(float.NaN, 0)) }, "positive step");

        // The scheme is for the network with the normalisation folded in, and would leave it out of this one.
        Network whole = Cases["residual, normalised"]();
        Assert.Contains("'batchnorm2d1'", Assert.Throws<ArgumentException>(() => whole.Compile(new PlanOptions { Quantization = Quantize(whole).Scheme })).Message, StringComparison.Ordinal);

        void Refuses(QuantizationScheme wrong, string fragment) => Assert.Contains(
            fragment, Assert.Throws<ArgumentException>(() => quantized.Network.Compile(new PlanOptions { Quantization = wrong })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_quantised_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new Quantizer(new NetworkBuilder(new Shape(1, 4, 4)).ReLU().Build()));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Quantizer(Cases["a vector"](), new QuantizerOptions { WeightBits = 4 }));
        Network network = Cases["a vector"]();
        network.Parameters[0].Value.Span[0] = float.NaN;
        Assert.Contains("not finite", Assert.Throws<ArgumentException>(() => Quantize(network)).Message, StringComparison.Ordinal);
    }

    private static QuantizedNetwork Quantize(Network network)
    {
        var rng = new Rng(8);
        var quantizer = new Quantizer(network, batch: 2);
        quantizer.Observe(Numbers.Gaussian(ref rng, 2 * network.InputShape.Length));
        return quantizer.Finish();
    }

    private static IEnumerable<Node> Layers(Network network) => network.Nodes.Where(node => node.Layer is Conv2d or Linear);

    private static float[] Ones(Node node)
    {
        var ones = new float[node.Parameters[0].Spec.Shape[0]];
        ones.AsSpan().Fill(1);
        return ones;
    }

    [Fact]
    public void Sequences_run_in_floats()
    {
        Network network = new NetworkBuilder(new Shape(4, 8)).Conv1d(4, 3).ReLU().MaxPool1d(2).Flatten().Linear(3).Build(seed: 1);
        float[] input = Fovea.Tests.Layers.LayerData.Normal(4 * 32, 2);
        var quantizer = new Quantizer(network, batch: 4);
        quantizer.Observe(input);
        QuantizedNetwork quantized = quantizer.Finish();
        float[] expected = network.Compile(new PlanOptions { Batch = 4 }).Forward(input).ToArray();
        Close.Assert([.. expected.Select(value => (double)value)], quantized.Network.Compile(new PlanOptions { Batch = 4, Quantization = quantized.Scheme }).Forward(input), 0.03, 0.03);
    }

    [Fact]
    public void A_constant_beside_an_input_that_nobody_reads_runs()
    {
        Network network = new NetworkBuilder(new Shape(1, 4, 4)).Dropout().Constant(new Shape(1, 4, 4)).Conv2d(1, 1).Build(seed: 1);
        var quantizer = new Quantizer(network, batch: 1);
        quantizer.Observe(new float[16]);
        QuantizedNetwork quantized = quantizer.Finish();
        Assert.Equal(16, quantized.Network.Compile(new PlanOptions { Quantization = quantized.Scheme }).Forward(new float[16]).Length);
    }

    /// <summary>What a long chain asks of its end is asked once: the time grew with the cube of its length.</summary>
    [Fact]
    public void A_chain_of_thousands_of_layers_compiles()
    {
        NetworkBuilder builder = new NetworkBuilder(new Shape(1, 4, 4)).Conv2d(2, 3);
        for (int i = 0; i < 6_000; i++)
            builder.Add(new Dropout(0.1));
        Network network = builder.Flatten().Linear(3).Build(seed: 1);
        var quantizer = new Quantizer(network, batch: 1);
        quantizer.Observe(Fovea.Tests.Layers.LayerData.Normal(16, 2));
        QuantizedNetwork quantized = quantizer.Finish();
        Assert.Equal(3, quantized.Network.Compile(new PlanOptions { Quantization = quantized.Scheme }).Forward(new float[16]).Length);
    }

    /// <summary>A mean that a convolution in floats wants a frame around is no vector for a linear layer in floats.</summary>
    [Fact]
    public void A_frame_is_not_read_as_features()
    {
        Network network = new NetworkBuilder(new Shape(3, 6, 6)).Conv2d(32, 3).GlobalAvgPool2d("g")
            .Add(new Conv2d(32, 32, 3, padding: 1, groups: 2), "grouped", "g").Add(new Flatten(), "f2")
            .Add(new Flatten(), "f1", "g").Add(new Linear(32, 32), "l").Add(new Add(), "sum", "l", "f2").Build(seed: 3);
        float[] input = Fovea.Tests.Layers.LayerData.Normal(8 * 108, 4);
        var quantizer = new Quantizer(network, batch: 8);
        quantizer.Observe(input);
        QuantizedNetwork quantized = quantizer.Finish();
        var scheme = quantized.Scheme with { WeightScales = quantized.Scheme.WeightScales.Where(pair => pair.Key != "l").ToDictionary() };
        float[] expected = network.Compile(new PlanOptions { Batch = 8 }).Forward(input).ToArray();
        Close.Assert([.. expected.Select(value => (double)value)], quantized.Network.Compile(new PlanOptions { Batch = 8, Quantization = scheme }).Forward(input), 0.02, 0);
    }
}
