using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.Execution;

/// <summary>Outputs that several nodes read, and nodes that nobody reads.</summary>
public class BranchTests
{
    private const int Batch = 19;

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void A_branch_that_nobody_reads_changes_nothing(int lanes)
    {
        Network chain = new NetworkBuilder(new Shape(2, 6, 6))
            .Add(new Conv2d(2, 3, 3), "conv").Add(new ReLU(), "relu").Add(new Flatten(), "flatten").Add(new Linear(48, 4), "fc").Build();
        Network branched = new NetworkBuilder(new Shape(2, 6, 6))
            .Add(new Conv2d(2, 5, 2), "deadFirst")
            .Add(new Conv2d(2, 3, 3), "conv", NetworkBuilder.Input)
            .Add(new Flatten(), "deadFlatten")
            .Add(new Linear(48, 3), "deadFc")
            .Add(new ReLU(), "relu", "conv")
            .Add(new Conv2d(3, 2, 3), "deadConv")
            .Add(new ReLU(), "deadRelu")
            .Add(new Flatten(), "flatten", "relu")
            .Add(new Linear(48, 4), "fc")
            .Build();
        foreach (Parameter parameter in chain.Parameters)
            parameter.Value.Span.CopyTo(branched.Parameters.Single(other => other.Name == parameter.Name).Value.Span);
        var rng = new Rng(61);
        float[] input = Numbers.Gaussian(ref rng, Batch * 72), upstream = Numbers.Gaussian(ref rng, Batch * 4);
        Plan expected = Run(chain, input, upstream, lanes), actual = Run(branched, input, upstream, lanes);
        Assert.Equal(expected.Outputs.ToArray(), actual.Outputs.ToArray());
        Assert.Equal(expected.InputGradient.ToArray(), actual.InputGradient.ToArray());
        for (int p = 0; p < branched.TrainableParameters.Count; p++)
        {
            string name = branched.TrainableParameters[p].Name;
            float[] gradient = actual.Gradient(p).ToArray();
            if (name.StartsWith("dead", StringComparison.Ordinal))
                Assert.All(gradient, value => Assert.Equal(0, value));
            else
                Assert.Equal(expected.Gradient(Enumerable.Range(0, 4).Single(i => chain.TrainableParameters[i].Name == name)).ToArray(), gradient);
        }
        Assert.Equal(expected.ReadGradient("conv").Values.ToArray(), actual.ReadGradient("conv").Values.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Activations_and_gradients_are_read_by_name(int lanes)
    {
        Network network = Network.Sequential(new Shape(2, 6, 6), new Conv2d(2, 3, 3), new Flatten(), new Linear(48, 4));
        var rng = new Rng(62);
        float[] input = Numbers.Gaussian(ref rng, Batch * 72), upstream = Numbers.Gaussian(ref rng, Batch * 4);
        Plan plan = Run(network, input, upstream, lanes);
        Assert.Equal(new Shape(Batch, 2, 6, 6), plan.ReadActivation("input").Shape);
        Assert.Equal(input, plan.ReadActivation("input").Values.ToArray());
        Assert.Equal(new Shape(Batch, 3, 4, 4), plan.ReadActivation("conv1").Shape);
        Assert.Equal(new Shape(Batch, 48), plan.ReadActivation("flatten1").Shape);
        Assert.Equal(plan.Outputs.ToArray(), plan.ReadActivation("fc1").Values.ToArray());
        Assert.Equal(upstream, plan.ReadGradient("fc1").Values.ToArray());
        Assert.Equal(plan.InputGradient.ToArray(), plan.ReadGradient("input").Values.ToArray());

        var reference = new ConvolutionReference(new ConvolutionCase { InChannels = 2, OutChannels = 3, Input = 6 });
        Sums maps = reference.Forward(input, network["conv1"].Parameters[0].Value.Span.ToArray(), network["conv1"].Parameters[1].Value.Span.ToArray());
        maps.AssertNear(plan.ReadActivation("conv1").Values, "conv1");
        maps.AssertNear(plan.ReadActivation("flatten1").Values, "flatten1");
    }

    private static Plan Run(Network network, float[] input, float[] upstream, int lanes)
    {
        Plan plan = network.Compile(PlanOptions.Training.Readable() with { Batch = Batch, Lanes = lanes, InputGradient = true, Threads = 2 });
        plan.Forward(input);
        plan.Backward(upstream);
        return plan;
    }
}
