using Fovea.Execution;
using Fovea.Kernels.Simd;
using Fovea.Networks;
using Fovea.Networks.Presets;

namespace Fovea.Tests.Execution;

/// <summary>What a plan says about itself.</summary>
public class PlanDescriptionTests
{
    private static readonly CoreFigures Core = new(Gflops: 100, CacheGigabytes: 50, MemoryGigabytes: 10);

    [Theory]
    [InlineData("lenet5", 1, false)]
    [InlineData("lenet5", 32, false)]
    [InlineData("lenet5", 32, true)]
    [InlineData("lenet5-1998", 5, true)]
    [InlineData("convnet-basic", 2, false)]
    [InlineData("resnet18", 1, false)]
    [InlineData("mobilenet_v2", 2, false)]
    public void Every_node_is_in_exactly_one_step(string preset, int batch, bool training)
    {
        Network network = Blank(preset);

        PlanDescription description = Compile(network, batch, training).Describe(Core);

        Assert.Equal(network.Nodes.Select(node => node.Name).Order(), description.Steps.SelectMany(step => step.Nodes).Order());
        Assert.All(description.Steps, step => Assert.Equal(step.Nodes.Count, step.Layers.Count));
        Assert.All(description.Steps, step => Assert.False(string.IsNullOrWhiteSpace(step.Algorithm) || string.IsNullOrWhiteSpace(step.Layout)));
        Assert.Equal(SimdWidth.Bits, description.VectorBits);
        Assert.Equal(network.Nodes[^1].OutputShape, description.Steps[^1].OutputShape);
    }

    [Theory]
    [InlineData("lenet5", 1)]
    [InlineData("lenet5", 16)]
    [InlineData("resnet18", 3)]
    public void Inference_makes_the_multiply_adds_of_the_summary_for_every_sample(string preset, int batch)
    {
        Network network = Blank(preset);

        PlanDescription description = Compile(network, batch, false).Describe(Core);

        Assert.Equal(network.Summary().MultiplyAdds * batch, description.MultiplyAdds);
    }

    [Fact]
    public void Training_makes_three_times_as_many_but_for_the_first_layer()
    {
        Network network = Blank("lenet5");
        long first = network.Summary().Rows[0].MultiplyAdds;

        PlanDescription description = Compile(network, 32, true).Describe(Core);

        Assert.Equal((3 * network.Summary().MultiplyAdds - first) * 32, description.MultiplyAdds);
    }

    [Fact]
    public void A_batch_that_fills_no_slice_still_pays_for_all_its_lanes()
    {
        Network network = Blank("lenet5");

        Assert.Equal(
            Compile(network, 16, false).Describe(Core).MultiplyAdds,
            Compile(network, 9, false).Describe(Core).MultiplyAdds);
    }

    [Fact]
    public void Fused_nodes_are_shown_together()
    {
        PlanDescription slices = Compile(Blank("lenet5"), 64, true).Describe(Core);
        PlanDescription blocks = Compile(Blank("resnet18"), 1, false).Describe(Core);

        Assert.Equal(["Conv2d", "ReLU", "MaxPool2d"], slices.Steps[0].Layers);
        Assert.Equal("CHWN16", slices.Steps[0].Layout);
        PlanStep last = Assert.Single(blocks.Steps, step => step.Nodes.Contains("layer1.0.add"));
        Assert.Equal(["Conv2d", "BatchNorm2d", "Add", "ReLU"], last.Layers);
        Assert.StartsWith("Winograd", last.Algorithm);
        Assert.StartsWith("nChw16c", last.Layout);
    }

    [Fact]
    public void The_expected_time_follows_the_machine()
    {
        Plan plan = Compile(Blank("resnet18"), 4, false);

        PlanDescription slow = plan.Describe(Core), fast = plan.Describe(new CoreFigures(200, 100, 20));

        Assert.Equal(slow.ExpectedSeconds, 2 * fast.ExpectedSeconds, 12);
        Assert.Equal(2e-9 * slow.MultiplyAdds / slow.ExpectedSeconds, slow.ExpectedGflops, 9);
        Assert.All(slow.Steps, step => Assert.Equal(2e-9 * step.MultiplyAdds, step.ExpectedGflops * step.ExpectedSeconds, 9));
    }

    [Fact]
    public void A_linear_layer_of_one_sample_waits_for_its_weights()
    {
        PlanStep classifier = Compile(Blank("resnet18", classes: 1000), 1, false).Describe(Core)
            .Steps.Single(step => step.Nodes.Contains("fc"));

        Assert.True(classifier.BoundByMemory);
        // 512 · 1000 weights and 1000 of the bias, at 10 GB/s, and a little for the arithmetic.
        Assert.InRange(classifier.ExpectedSeconds, 4 * 513_000 / 10e9, 1.25 * 4 * 513_000 / 10e9);
    }

    [Fact]
    public void A_core_is_measured_in_a_moment()
    {
        CoreFigures core = CoreFigures.Measure();

        Assert.InRange(core.Gflops, 0.1, 10_000);
        Assert.InRange(core.CacheGigabytes, 0.1, 10_000);
        Assert.InRange(core.MemoryGigabytes, 0.1, 10_000);
    }

    private static Network Blank(string preset, int classes = 10)
    {
        Preset found = PresetCatalog.Find(preset);
        return found.CreateBlank(found.InputShape, classes);
    }

    // One thread, so that figures do not depend on the machine's processors.
    private static Plan Compile(Network network, int batch, bool training) =>
        network.Compile(TestPlans.For(training) with { Batch = batch, Threads = 1 });
}
