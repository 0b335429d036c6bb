using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;
using Fovea.Tests.Layers;

namespace Fovea.Tests.Execution;

/// <summary>
/// Operands of different shapes where engines fuse or choose an operator by the layer: every engine gives what samples one by
/// one give, which <see cref="LayerTests"/> holds against references.
/// </summary>
public class BroadcastPlanTests
{
    public static TheoryData<string> Names => [.. Networks.Keys];

    private static Dictionary<string, Func<NetworkBuilder>> Networks { get; } = new()
    {
        ["a residual of a number a map"] = () => Stem().Add(new GlobalAvgPool2d(), "mean", "relu").Conv2d(20, 3, padding: 1, name: "conv2").Add(new Conv2d(20, 20, 3, padding: 1), "conv3", "relu")
            .Add(new Add(), "sum", "conv3", "mean").ReLU().Conv2d(17, 3, padding: 1),
        ["a convolution of a number a map, added to maps"] = () => Stem().GlobalAvgPool2d("mean").Conv2d(20, 1, name: "excite")
            .Add(new Add(), "sum", "excite", "relu").ReLU6().Conv2d(17, 3, padding: 1),
        ["normalised, added to a number a map"] = () => Stem().GlobalAvgPool2d("mean").Add(new Conv2d(20, 20, 3, padding: 1), "conv2", "relu").BatchNorm2d(name: "bn")
            .Add(new Add(), "sum", "bn", "mean").ReLU().Conv2d(17, 3, padding: 1),
        ["a number a map normalised, added to maps"] = () => Stem().GlobalAvgPool2d("mean").Conv2d(20, 1).BatchNorm2d(name: "bn")
            .Add(new Add(), "sum", "bn", "relu").ReLU().Conv2d(17, 3, padding: 1),
        ["a residual of one map"] = () => Stem().Conv2d(1, 1, name: "map").Add(new Conv2d(20, 20, 3, padding: 1), "conv2", "relu").Add(new Add(), "sum", "conv2", "map").ReLU(),
        ["a residual of a row"] = () => Stem().Constant(new Shape(5), trainable: true, "row").Add(new Conv2d(20, 20, 3, padding: 1), "conv2", "relu").Add(new Add(), "sum", "conv2", "row").ReLU6().Conv2d(9, 3),
        ["three of different shapes"] = () => Stem().GlobalAvgPool2d("mean").Add(new Add(), "sum", "mean", "conv", "relu").ReLU().Conv2d(9, 3),
        ["squeeze and excitation"] = () => Stem().GlobalAvgPool2d("squeeze").Conv2d(6, 1).ReLU().Conv2d(20, 1).Sigmoid("excite").Multiply("relu", "excite", "scaled").Conv2d(17, 3, padding: 1),
        ["squeeze and excitation of a vector"] = () => Stem().GlobalAvgPool2d().Flatten().Linear(6).ReLU().Linear(20).HardSigmoid().Reshape([20, 1, 1], "excite").Multiply("excite", "relu", "scaled")
            .Add(new Add(), "skip", "scaled", "conv").ReLU(),
        ["a vector that was maps, and a vector"] = () => Stem().GlobalAvgPool2d("mean").Flatten("flat").Linear(20, name: "fc").Add(new Add(), "sum", "flat", "fc").ReLU().Multiply("sum", "flat"),
        ["a vector that was maps, and maps"] = () => Stem().GlobalAvgPool2d("mean").Flatten("flat").Subtract("flat", "mean", "outer"),
        ["a vector that was maps, and rows"] = () => Stem().GlobalAvgPool2d("mean").Flatten("flat").Add(new Reshape(30, 20), "rows", "relu").Multiply("rows", "flat", "scaled").MatMul("scaled", "flat"),
        ["narrow maps with a frame"] = () => new NetworkBuilder(new Shape(3, 7, 1)).Conv2d(20, (3, 1), padding: new Padding { Top = 1, Bottom = 1 }).ReLU("relu").GlobalAvgPool2d("mean")
            .Multiply("relu", "mean", "scaled").Conv2d(18, 3, padding: 1, name: "a").Maximum("scaled", "mean", "most").Conv2d(18, 3, padding: 1, name: "b").Minimum("a", "b"),
        ["differences with frames"] = () => Stem().Add(new Conv2d(3, 20, 3, padding: 1), "other", NetworkBuilder.Input).Subtract("relu", "other", "d").Multiply("d", "d", "square").Conv2d(17, 3, padding: 1),
        ["quotients"] = () => Stem().Softplus(name: "positive").GlobalAvgPool2d("mean").Divide("relu", "mean", "q").Divide("q", "positive").Conv2d(17, 3, padding: 1),
        ["attention over pixels"] = () => Stem().Reshape([20, 30], "values").Add(new Conv2d(20, 8, 1), "conv2", "relu").Reshape([30, 8], "keys").MatMul("values", "keys", "mix").Linear(5, inFeatures: 8).ReLU()
            .Flatten().Linear(40).ReLU6(),
        ["rectified rows"] = () => Stem().Reshape([20, 30]).Linear(11, inFeatures: 30).ReLU().Linear(3, bias: false, inFeatures: 11),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Engines_agree(string name)
    {
        const int batch = 11;
        float[] plain = Run(name, batch, new PlanOptions { Lanes = 1 });
        Assert.Contains(plain, value => value != 0);
        double size = plain.Max(value => Math.Abs(value));
        foreach (bool keeps in (bool[])[false, true])
            foreach (int threads in (int[])[1, 2])
            {
                var options = new PlanOptions { Threads = threads, KeepActivations = keeps ? NodeSelection.All : NodeSelection.None };
                Close.Assert(LayerData.Doubles(plain), Run(name, batch, options with { Lanes = 16 }), 3e-5 * size, 3e-5);
                Close.Assert(LayerData.Doubles(plain), Run(name, batch, options with { Blocked = true }), 3e-5 * size, 3e-5);
                Close.Assert(LayerData.Doubles(plain.AsSpan(0, plain.Length / batch)), Run(name, 1, options with { Blocked = true }), 3e-5 * size, 3e-5);
            }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_of_engines_agree(string name)
    {
        const int batch = 11;
        PlanOptions training = PlanOptions.Training with { InputGradient = true };
        float[] plain = Run(name, batch, training with { Lanes = 1 });
        double size = plain.Max(value => Math.Abs(value));
        foreach (bool keeps in (bool[])[false, true])
        {
            PlanOptions options = training.Readable(keeps);
            Close.Assert(LayerData.Doubles(plain), Run(name, batch, options with { Lanes = 16 }), 3e-5 * size, 3e-5);
            float[] blocked = Run(name, batch, options with { Blocked = true, Threads = 1 });
            Close.Assert(LayerData.Doubles(plain), blocked, 3e-5 * size, 3e-5);
            Assert.Equal(blocked, Run(name, batch, options with { Blocked = true, Threads = 2 }));
        }
    }

    /// <summary>Maps and a number each, or maps of one shape, run in blocks; everything else on copies.</summary>
    [Theory]
    [InlineData("squeeze and excitation", "scaled", "channel by channel")]
    [InlineData("a residual of a number a map", "sum", "channel by channel")]
    [InlineData("differences with frames", "square", "element by element")]
    [InlineData("narrow maps with a frame", "most", "channel by channel")]
    [InlineData("quotients", "q", "plain, sample by sample")]
    [InlineData("a residual of one map", "sum", "plain, sample by sample")]
    [InlineData("a vector that was maps, and maps", "outer", "plain, sample by sample")]
    public void Operators_are_those_that_fit(string name, string node, string algorithm)
    {
        foreach (PlanOptions options in (PlanOptions[])[new PlanOptions(), PlanOptions.Training])
        {
            Plan plan = Networks[name]().Build(seed: 3).Compile(options with { Blocked = true });
            PlanStep step = Assert.Single(plan.Describe().Steps, step => step.Nodes.Contains(node));
            Assert.Equal(algorithm, step.Algorithm);
            if (algorithm != "plain, sample by sample")
                Assert.Equal([node], step.Nodes);
        }
    }

    /// <summary>Inputs of one shape run as they did: fused, and to the same bits whichever operator adds.</summary>
    [Fact]
    public void A_sum_of_one_shape_is_fused()
    {
        Network network = Stem().Add(new Conv2d(20, 20, 3, padding: 1), "conv2", "relu").Add(new Add(), "sum", "conv2", "relu").ReLU("end").Build(seed: 3);
        Assert.Equal(["conv2", "sum", "end"], Assert.Single(network.Compile(new PlanOptions { Blocked = true }).Describe().Steps, step => step.Nodes.Contains("sum")).Nodes);
    }

    private static NetworkBuilder Stem() => new NetworkBuilder(new Shape(3, 6, 5)).Conv2d(20, 3, padding: 1, name: "conv").ReLU("relu");

    /// <summary>The outputs, and with gradients those of the input and of every parameter.</summary>
    private static float[] Run(string name, int batch, PlanOptions options)
    {
        Network network = Networks[name]().Build(seed: 3);
        LayerData.Randomize(network, 4);
        foreach (Parameter parameter in network.Parameters)
            if (parameter.Spec.Role == ParameterRole.Weight)
                foreach (ref float weight in parameter.Value.Span)
                    weight *= 0.3f;
        Plan plan = network.Compile(options with { Batch = batch });
        float[] outputs = plan.Forward(LayerData.Normal(11 * network.InputShape.Length, 5).AsSpan(0, batch * network.InputShape.Length)).ToArray();
        if (!options.ParameterGradients)
            return outputs;
        plan.Backward(LayerData.Normal(outputs.Length, 6));
        return [.. outputs, .. plan.InputGradient, .. network.TrainableParameters.SelectMany((_, p) => plan.Gradient(p).ToArray())];
    }
}
