using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Quantization;
using Fovea.Tensors;
using Fovea.Tests.Layers;

namespace Fovea.Tests.Execution;

/// <summary>Learned slopes, dropout and softmax over channels, among all that reads and makes maps in blocks.</summary>
public class BlockedUnitTests
{
    [Fact]
    public void Nothing_runs_on_copies()
    {
        foreach (PlanOptions options in (PlanOptions[])[new(), PlanOptions.Training])
        {
            PlanDescription description = Everything().Compile(options with { Batch = 2, Blocked = true, KeepActivations = NodeSelection.All }).Describe();
            Assert.DoesNotContain(description.Steps, step => step.Algorithm.StartsWith("plain", StringComparison.Ordinal));
            foreach (string node in (string[])["one", "each", "framed", "slopes"])
                Assert.Contains(description.Steps, step => step.Nodes.Contains(node) && step.Algorithm == "element by element");
            foreach (string node in (string[])["elements", "maps", "features"])
                Assert.Equal(options.HasGradients, description.Steps.Any(step => step.Nodes.Contains(node) && step.Algorithm == "element by element"));
            foreach (string node in (string[])["mix", "attention", "classes"])
                Assert.Contains(description.Steps, step => step.Nodes.Contains(node) && step.Algorithm == "exponentials");
        }
    }

    /// <summary>The masks are the same, so that all gradients must be; and they have the same bits whatever the threads.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Plans_with_samples_side_by_side_agree(int batch)
    {
        Network network = Everything();
        float[][] expected = Train(network, batch, new PlanOptions { Lanes = 1 }), got = Train(network, batch, new PlanOptions { Blocked = true, Threads = 1 });
        for (int i = 0; i < expected.Length; i++)
            Close.Assert(LayerData.Doubles(expected[i]), got[i], 2e-5 * Math.Max(1, expected[i].Max(Math.Abs)), 0);
        Assert.All(got.Zip(Train(network, batch, new PlanOptions { Blocked = true, Threads = 3 })), pair => Assert.Equal(pair.First, pair.Second));
    }

    /// <summary>Slopes alone, the input alone: each is computed without the other.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    public void Slopes_and_input_have_gradients_of_their_own(int slopes)
    {
        Network network = Network.Sequential(new Shape(33, 9, 40), new PReLU(slopes));
        float[] input = LayerData.Normal(3 * network.InputShape.Length, 1), upstream = LayerData.Normal(input.Length, 2);
        (float[] both, float[] ofSlopes) = Run(parameters: true, ofInput: true);
        Assert.Equal(both, Run(parameters: false, ofInput: true).Input);
        Assert.Equal(ofSlopes, Run(parameters: true, ofInput: false).Slopes);
        double sum = input.Zip(upstream, (x, g) => (double)Math.Min(x, 0) * g).Sum();
        Assert.Equal(sum, ofSlopes.Sum(value => (double)value), 1e-2);

        (float[] Input, float[] Slopes) Run(bool parameters, bool ofInput)
        {
            Plan plan = network.Compile(new PlanOptions { Batch = 3, Blocked = true, Threads = 2, ParameterGradients = parameters, InputGradient = ofInput });
            plan.Forward(input);
            plan.Backward(upstream);
            return (ofInput ? plan.InputGradient.ToArray() : [], parameters ? plan.Gradient(0).ToArray() : []);
        }
    }

    [Fact]
    public void Int8_plans_run_them_in_floats()
    {
        Network network = Everything(last: true);
        float[] input = LayerData.Normal(4 * network.InputShape.Length, 5);
        var quantizer = new Quantizer(network, batch: 4);
        quantizer.Observe(input);
        QuantizedNetwork quantized = quantizer.Finish();
        Plan plan = quantized.Network.Compile(new PlanOptions { Batch = 4, Quantization = quantized.Scheme });
        float[] expected = network.Compile(new PlanOptions { Batch = 4 }).Forward(input).ToArray();
        Close.Assert(LayerData.Doubles(expected), plan.Forward(input), 0.1, 0);
        Assert.DoesNotContain(plan.Describe().Steps, step => step.Algorithm.StartsWith("plain", StringComparison.Ordinal));
    }

    /// <summary>20 and 36 channels leave room in their last block; convolutions want frames around what they read.</summary>
    private static Network Everything(bool last = false)
    {
        NetworkBuilder builder = new NetworkBuilder(new Shape(3, 10, 11))
            .Conv2d(20, 3, padding: 1, name: "first").PReLU(name: "one").Dropout(0.3, "elements").Conv2d(36, 3, padding: 1, name: "second").PReLU(perChannel: true, name: "each")
            .Dropout2d(0.4, "maps").Conv2d(36, 3, padding: 1, groups: 36, name: "depthwise").Add(new Softmax(), "mix").Conv2d(20, 3, stride: 2, padding: 1, name: "third")
            .BatchNorm2d(name: "bn").PReLU(perChannel: true, name: "framed").Add(new Softmax(), "attention").Sum("sum", "framed", "attention")
            .Conv2d(40, 1, name: "wide").GlobalAvgPool2d("mean").Flatten("flat").PReLU(perChannel: true, name: "slopes").Dropout(0.5, "features").Linear(18, name: "fc").Add(new Softmax(), "classes");
        return (last ? builder : builder.Linear(4, name: "last")).Build(seed: 9);
    }

    /// <summary>Outputs and all gradients.</summary>
    private static float[][] Train(Network network, int batch, PlanOptions options)
    {
        Plan plan = network.Compile(PlanOptions.Training with { Batch = batch, Blocked = options.Blocked, Lanes = options.Lanes, Threads = options.Threads, InputGradient = true, Seed = 4 });
        float[] outputs = plan.Forward(LayerData.Normal(batch * network.InputShape.Length, 1)).ToArray();
        plan.Backward(LayerData.Normal(outputs.Length, 2));
        return [outputs, plan.InputGradient.ToArray(), .. network.TrainableParameters.Select((_, p) => plan.Gradient(p).ToArray())];
    }
}
