using Fovea.Execution;
using Fovea.Execution.Blocked;
using Fovea.Execution.Blocked.Operators;
using Fovea.Layers;
using Fovea.Losses;
using Fovea.Networks;
using Fovea.Tensors;
using Fovea.Tests.Layers;

namespace Fovea.Tests.Execution;

/// <summary>Layers that the blocked engine has no operators for run as segments of the sliced one, with conversions at the borders.</summary>
public class SegmentTests
{
    private const int Batch = 5;

    /// <summary>Networks, and the nodes of their one segment.</summary>
    private static readonly Dictionary<string, (Func<NetworkBuilder> Make, string[] Nodes, string[] Inputs)> Cases = new()
    {
        ["a chain"] = (
            () => Stem().AvgPool2d(2, name: "a").Pad2d(1, PadMode.Reflect, name: "b").Upsample2d(2, UpsampleMode.Bilinear, name: "c").Conv2d(17, 3),
            ["a", "b", "c"], ["conv"]),
        ["with parameters that learn"] = (
            () => Stem().Reshape([20, 48], "a").Linear(11, inFeatures: 48, name: "b").LayerNorm(name: "c").Reshape([20, 11, 1], "d").Conv2d(17, (3, 1)),
            ["a", "b", "c", "d"], ["conv"]),
        ["a branch inside"] = (
            () => Stem().Reshape([20, 48], "a").Linear(20, inFeatures: 48, name: "b").Transpose([1, 0], "c").MatMul("b", "c", "d").MatMul("d", "a", "e").Reshape([20, 8, 6], "f").Conv2d(17, 3),
            ["a", "b", "c", "d", "e", "f"], ["conv"]),
        ["one value read twice, and another"] = (
            () => Stem().Conv2d(20, 3, padding: 1, name: "other").Concat(1, "a", "conv", "other").Add(new Concat(2), "b", "conv", "conv").Reshape([20, 16, 6], "c").Concat(1, "d", "a", "c").Conv2d(17, 3),
            ["a", "b", "c", "d"], ["conv", "other"]),
        ["a constant"] = (
            () => Stem().Constant(new Shape(6), trainable: true, "a").Add(new Multiply(), "b", "conv", "a").AvgPool2d(2, name: "c").Conv2d(17, 3),
            ["a", "b", "c"], ["conv"]),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_segment_converts_once_each_way(string name)
    {
        (Func<NetworkBuilder> make, string[] nodes, string[] inputs) = Cases[name];
        Network network = make().Build(seed: 3);
        foreach (bool trains in (bool[])[false, true])
        {
            BlockedGraph blocked = new BlockedRunner(network, TestPlans.For(trains) with { Batch = Batch }, network.InputShape).Lowered;
            FallbackOperator segment = Assert.Single(blocked.Operators.OfType<FallbackOperator>());
            Assert.Equal(nodes, segment.Nodes.Select(node => node.Name));
            Assert.Equal(inputs, segment.Group.Inputs.Select(blocked.Graph.NameOf));
            Assert.Equal(inputs.Length, segment.Inputs.Length);
        }
    }

    /// <summary>A plan that keeps every activation runs every node by itself.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Numbers_and_gradients_are_those_of_single_nodes(string name)
    {
        (Func<NetworkBuilder> make, string[] nodes, _) = Cases[name];
        Network network = make().Build(seed: 3);
        float[] input = LayerData.Normal(Batch * network.InputShape.Length, 4), targets = LayerData.Normal(Batch * network.OutputShape.Length, 5);
        PlanOptions training = PlanOptions.Training with { Batch = Batch, Blocked = true, InputGradient = true };
        PlanOptions alone = training with { KeepActivations = NodeSelection.All };
        Assert.Equal(nodes.Length, new BlockedRunner(network, alone, network.InputShape).Lowered.Operators.OfType<FallbackOperator>().Count());
        float[] expected = Step(alone with { Threads = 1 });
        Assert.Contains(expected, value => value != 0);
        Assert.Equal(expected, Step(training with { Threads = 1 }));
        Assert.Equal(expected, Step(training with { Threads = 3 }));
        float[] inference = network.Compile(new PlanOptions { Batch = Batch, Blocked = true, KeepActivations = NodeSelection.All }).Forward(input).ToArray();
        Assert.Equal(inference, network.Compile(new PlanOptions { Batch = Batch, Blocked = true }).Forward(input).ToArray());

        float[] Step(PlanOptions options)
        {
            Plan plan = network.Compile(options);
            // The second step finds what the first one left.
            plan.TrainingStep(input.AsSpan(0, 2 * network.InputShape.Length), targets.AsSpan(0, 2 * network.OutputShape.Length), new MeanSquaredError());
            plan.TrainingStep(input, targets, new MeanSquaredError());
            return [.. plan.Outputs, .. plan.InputGradient, .. Enumerable.Range(0, network.TrainableParameters.Count).SelectMany(p => plan.Gradient(p).ToArray())];
        }
    }

    [Fact]
    public void A_backward_from_below_leaves_no_gradients_in_a_segment()
    {
        Network network = Cases["with parameters that learn"].Make().Build(seed: 3);
        float[] input = LayerData.Normal(Batch * network.InputShape.Length, 4);
        Plan plan = network.Compile(PlanOptions.Training with { Batch = Batch, Blocked = true, KeepActivations = ["conv"] });
        plan.TrainingStep(input, LayerData.Normal(Batch * network.OutputShape.Length, 5), new MeanSquaredError());
        plan.Forward(input);
        plan.Backward("conv", LayerData.Normal(Batch * network["conv"].OutputShape.Length, 6));
        for (int p = 0; p < network.TrainableParameters.Count; p++)
            Assert.Equal(network.TrainableParameters[p].Name.StartsWith("conv.", StringComparison.Ordinal), plan.Gradient(p).ContainsAnyExcept(0));
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        Network network = Cases["a branch inside"].Make().Build(seed: 3);
        float[] input = LayerData.Normal(Batch * network.InputShape.Length, 4), targets = LayerData.Normal(Batch * network.OutputShape.Length, 5);
        Plan plan = network.Compile(PlanOptions.Training with { Batch = Batch, Blocked = true, Threads = 1 });
        var loss = new MeanSquaredError();
        plan.TrainingStep(input, targets, loss);
        Assert.Equal(0, Allocations.Least(() => plan.TrainingStep(input, targets, loss)));
    }

    private static NetworkBuilder Stem() => new NetworkBuilder(new Shape(3, 8, 6)).Conv2d(20, 3, padding: 1, name: "conv");
}
