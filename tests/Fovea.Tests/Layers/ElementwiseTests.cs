using System.Numerics.Tensors;
using Fovea.Execution;
using Fovea.Kernels.Elementwise;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Quantization;
using Fovea.Tensors;
using Fovea.Tests.Execution;

namespace Fovea.Tests.Layers;

/// <summary>What every element-wise layer promises beyond <see cref="LayerTests"/>: far from 0, with channels in blocks, and to the bit.</summary>
public class ElementwiseTests
{
    private static readonly IReadOnlyDictionary<string, LayerCase> Cases = ActivationCases.All.ToDictionary(layer => layer.Name);

    public static TheoryData<string> Names => [.. Cases.Keys];

    /// <summary>From −12 to 12 in steps that meet no kink.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Values_and_slopes_are_right_far_from_0(string name)
    {
        float[] x = [.. Enumerable.Range(0, 1001).Select(i => -12.0037f + i * 0.024f)], y = new float[x.Length], slope = new float[x.Length];
        ElementwiseFunction function = FunctionOf(name);
        function.Forward(x, y);
        function.Backward(x, y, [.. Enumerable.Repeat(1f, x.Length)], slope);
        double[] values = Expected(0), up = Expected(1e-5), down = Expected(-1e-5);
        for (int i = 0; i < x.Length; i++)
        {
            Assert.Equal(values[i], y[i], 4e-7 * Math.Max(1, Math.Abs(values[i])));
            Assert.Equal((up[i] - down[i]) / 2e-5, slope[i], 3e-6);
        }

        double[] Expected(double step) => Cases[name].Reference!([[[.. x.Select(value => value + step)]]], [], false)[0];
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Finite_inputs_give_finite_outputs_and_NaN_stays(string name)
    {
        float[] x = [0, -0f, 1e-42f, 1e-20f, -1e-20f, 88, -88, 104, -104, 1e6f, -1e6f, 1e37f, -1e37f], y = new float[x.Length], d = new float[x.Length];
        ElementwiseFunction function = FunctionOf(name);
        function.Forward(x, y);
        function.Backward(x, y, [.. Enumerable.Repeat(1f, x.Length)], d);
        Assert.All(y.Concat(d), value => Assert.True(float.IsFinite(value)));
        float[] nan = new float[1];
        function.Forward([float.NaN], nan);
        Assert.True(float.IsNaN(nan[0]));
    }

    /// <summary>Small values keep their digits: differences of exponentials alone would not.</summary>
    [Fact]
    public void Exponential_layers_are_exact_near_their_limits()
    {
        float[] x = [-1e-6f, -1e-3f, -0.2f, -0.34f, -0.36f, -3, -15], y = new float[x.Length];
        new ELU().Function.Forward(x, y);
        Assert.All(x.Zip(y), pair => Assert.Equal(Math.Exp(pair.First) - 1, pair.Second, 3e-7 * Math.Abs(Math.Exp(pair.First) - 1)));
        x = [-30, -15, -8, -3, 0, 5, 19];
        new Softplus().Function.Forward(x, y);
        Assert.All(x.Zip(y), pair => Assert.Equal(Reference(pair.First), pair.Second, 3e-7 * Reference(pair.First)));

        static double Reference(double x) => x < -10 ? Math.Exp(x) : Math.Log(1 + Math.Exp(x));
    }

    /// <summary>
    /// Channels that fill up a block hold f(0), which is not 0 for all. Whatever reads them must not mind: convolutions
    /// direct, by Winograd's transform, strided, in groups and depthwise, sums, poolings, normalisation, linear layers.
    /// </summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Plans_in_blocks_agree(string name)
    {
        var layer = (Activation)Cases[name].Layer;
        foreach (Network network in (Network[])[Consumers(layer), Vectors(layer)])
            foreach (bool training in (bool[])[false, true])
            {
                float[][] expected = Run(network, training, blocked: false, threads: 1), got = Run(network, training, blocked: true, threads: 1);
                for (int i = 0; i < expected.Length; i++)
                    Close.Assert(LayerData.Doubles(expected[i]), got[i], 2e-5 * Math.Max(1, expected[i].Max(Math.Abs)), 0);
                float[][] again = Run(network, training, blocked: true, threads: 3);
                Assert.All(got.Zip(again), pair => Assert.Equal(pair.First, pair.Second));
            }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Element_wise_layers_and_softmax_are_not_run_on_copies(string name)
    {
        Network network = new NetworkBuilder(new Shape(20, 6, 6)).Conv2d(20, 3, padding: 1).Add((Activation)Cases[name].Layer, "act").GlobalAvgPool2d().Flatten().Linear(5).Softmax().Build(1);
        PlanDescription description = network.Compile(new PlanOptions { Batch = 1, Blocked = true, KeepActivations = NodeSelection.All }).Describe();
        Assert.DoesNotContain(description.Steps, step => step.Algorithm.StartsWith("plain", StringComparison.Ordinal));
        Assert.Contains(description.Steps, step => step.Nodes.Contains("act") && step.Algorithm == "element by element");
    }

    /// <summary>The values are those of System.Numerics.Tensors, which trained models stand on.</summary>
    [Fact]
    public void Sigmoid_SiLU_and_Tanh_keep_their_bits()
    {
        float[] x = LayerData.Normal(4096, 3), y = new float[x.Length], d = new float[x.Length], g = LayerData.Normal(4096, 4), expected = new float[x.Length], expectedGradient = new float[x.Length];
        for (int i = 0; i < x.Length; i++)
            x[i] *= 4;
        TensorPrimitives.Sigmoid(x, expected);
        TensorPrimitives.Subtract(1f, expected, expectedGradient);
        TensorPrimitives.Multiply(expectedGradient, expected, expectedGradient);
        AssertBits(new SigmoidFunction());

        TensorPrimitives.Multiply(expected, x, expected);
        TensorPrimitives.Sigmoid(x, expectedGradient);
        for (int i = 0; i < x.Length; i++)
            expectedGradient[i] = MathF.FusedMultiplyAdd(expected[i], 1 - expectedGradient[i], expectedGradient[i]);
        AssertBits(new SiLUFunction());

        TensorPrimitives.Multiply(x, (float)(2.0 / 3), expected);
        TensorPrimitives.Tanh(expected, expected);
        TensorPrimitives.Multiply(expected, 1.7159f, expected);
        TensorPrimitives.Multiply(expected, (float)(-2.0 / 3 / 1.7159), expectedGradient);
        TensorPrimitives.MultiplyAdd(expectedGradient, expected, (float)(2.0 / 3 * 1.7159), expectedGradient);
        AssertBits(new TanhFunction(1.7159, 2.0 / 3));

        void AssertBits<TFunction>(TFunction function)
            where TFunction : struct, IElementwise
        {
            ElementwiseLoop.Forward(function, x, y);
            Assert.Equal(expected, y);
            ElementwiseLoop.Backward(function, x, y, g, d);
            TensorPrimitives.Multiply(expectedGradient, g, expectedGradient);
            Assert.Equal(expectedGradient, d);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(17)]
    [InlineData(1000)]
    public void Softmax_in_blocks_gives_the_bits_of_one_sample_by_itself(int classes)
    {
        Network network = new NetworkBuilder(new Shape(classes)).Add(new LeakyReLU(0.5), "x").Add(new Softmax(), "a").Add(new Softmax(), "b", "x").Sum("sum", "a", "b").Softmax().Build();
        Assert.All(Run(network, true, blocked: true, threads: 2).Zip(Run(network, true, blocked: false, threads: 1)), pair => Assert.Equal(pair.Second, pair.First));
        Assert.Equal(Run(network, false, blocked: false, threads: 1)[0], Run(network, false, blocked: true, threads: 1)[0]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Int8_plans_run_it_in_floats(string name)
    {
        Network network = Consumers((Activation)Cases[name].Layer, softmax: true);
        float[] input = LayerData.Normal(4 * network.InputShape.Length, 5);
        var quantizer = new Quantizer(network, batch: 4);
        quantizer.Observe(input);
        QuantizedNetwork quantized = quantizer.Finish();
        float[] got = quantized.Network.Compile(new PlanOptions { Batch = 4, Quantization = quantized.Scheme }).Forward(input).ToArray();
        float[] expected = network.Compile(new PlanOptions { Batch = 4 }).Forward(input).ToArray();
        Close.Assert(LayerData.Doubles(expected), got, 0.1, 0);
    }

    private static ElementwiseFunction FunctionOf(string name) => ((Activation)Cases[name].Layer).Function!;

    /// <summary>20 channels, which leave 12 of two blocks, behind the layer in turns with all that may read them.</summary>
    private static Network Consumers(Activation layer, bool softmax = false)
    {
        NetworkBuilder builder = new NetworkBuilder(new Shape(3, 12, 13))
            .Conv2d(20, 3, padding: 1, name: "first").Add(layer, "a").Conv2d(36, 3, padding: 1, name: "second").Add(layer, "b")
            .Conv2d(36, 3, padding: 1, name: "wide").Add(layer, "c").Conv2d(20, (3, 2), stride: 2, padding: 1, name: "strided").Add(layer, "d")
            .Conv2d(20, 3, padding: 1, groups: 20, name: "depthwise").Add(layer, "e").Conv2d(20, 1, groups: 4, name: "groups").Add(layer, "f")
            .BatchNorm2d(name: "bn").Add(layer, "g").Sum("sum", "g", "d").Add(layer, "h").MaxPool2d(2, name: "pool").Add(layer, "i")
            .Flatten("flat").Linear(18, name: "fc").Add(layer, "j").Linear(4, name: "last");
        Network network = (softmax ? builder.Softmax() : builder).Build(seed: 9);
        return network;
    }

    /// <summary>Vectors alone, the layer reading the network's input, which has another reader.</summary>
    private static Network Vectors(Activation layer) => new NetworkBuilder(new Shape(37))
        .Add(layer, "a").Add(layer, "b", NetworkBuilder.Input).Sum("sum", "a", "b").Linear(20).Add(layer, "c").Linear(3).Build(seed: 4);

    /// <summary>Outputs and, in training, all gradients.</summary>
    private static float[][] Run(Network network, bool training, bool blocked, int threads)
    {
        const int batch = 3;
        Plan plan = network.Compile(TestPlans.For(training) with { Batch = batch, Blocked = blocked, Lanes = blocked ? null : 1, InputGradient = training, Threads = threads });
        float[] outputs = plan.Forward(LayerData.Normal(batch * network.InputShape.Length, 1)).ToArray();
        if (!training)
            return [outputs];
        plan.Backward(LayerData.Normal(outputs.Length, 2));
        return [outputs, plan.InputGradient.ToArray(), .. network.TrainableParameters.Select((_, p) => plan.Gradient(p).ToArray())];
    }
}
