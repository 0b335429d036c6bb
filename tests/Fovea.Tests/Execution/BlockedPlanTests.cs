using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Tensors;

namespace Fovea.Tests.Execution;

/// <summary>Plans with channels in blocks give what plans with samples side by side give, node by node and fused.</summary>
public class BlockedPlanTests
{
    public static TheoryData<int, int, int, int, int, int, int> Convolutions()
    {
        var data = new TheoryData<int, int, int, int, int, int, int>();
        foreach ((int inputs, int outputs) in new[] { (1, 6), (3, 16), (6, 16), (15, 17), (16, 32), (40, 33) })
            foreach (int size in new[] { 1, 5, 7, 8, 15 })
                foreach ((int kernel, int stride, int padding, int dilation) in new[] { (1, 1, 0, 1), (3, 1, 1, 1), (3, 2, 1, 1), (5, 1, 2, 1), (3, 1, 2, 2), (1, 2, 0, 1), (2, 3, 0, 1), (3, 1, 0, 1) })
                    if (size + 2 * padding >= dilation * (kernel - 1) + 1)
                        data.Add(inputs, outputs, size, kernel, stride, padding, dilation);
        return data;
    }

    [Theory]
    [MemberData(nameof(Convolutions))]
    public void Convolutions_agree(int inputs, int outputs, int size, int kernel, int stride, int padding, int dilation)
    {
        Network network = new NetworkBuilder(new Shape(inputs, size, size + 1))
            .Add(new Conv2d(inputs, outputs, kernel, stride, padding, dilation), "conv")
            .Build(seed: 3);
        AssertSame(network, batch: 3);
    }

    [Theory]
    [InlineData(40, 48, 28, 1)]
    [InlineData(40, 48, 15, 40)]
    [InlineData(64, 48, 8, 3)]
    [InlineData(33, 48, 29, 13)]
    [InlineData(64, 144, 14, 1)]
    [InlineData(192, 160, 8, 90)]
    public void Winograd_agrees_in_chunks_and_shared(int channels, int maps, int size, int batch)
    {
        Network network = new NetworkBuilder(new Shape(channels, size, size))
            .Add(new Conv2d(channels, maps, 3, padding: 1), "conv").Add(new BatchNorm2d(maps), "bn").Add(new ReLU(), "relu")
            .Build(seed: 6);
        AssertSame(network, batch);
        float[] input = Samples(network, batch);
        Plan direct = network.Compile(new PlanOptions { Batch = batch, Blocked = true, Winograd = false });
        Plan winograd = Compile(network, batch, blocked: true, keeps: false);
        Assert.NotEqual(direct.Forward(input).ToArray(), winograd.Forward(input).ToArray());
        AssertClose(direct.Outputs, winograd.Outputs);
        int one = network.InputShape.Length;
        AssertClose(direct.Forward(input.AsSpan(0, one)), winograd.Forward(input.AsSpan(0, one)));
    }

    [Theory]
    [InlineData(16, 9, 3, 1, 1)]
    [InlineData(24, 17, 3, 2, 1)]
    [InlineData(40, 8, 5, 1, 2)]
    [InlineData(5, 8, 3, 1, 1)]
    public void Depthwise_convolutions_agree(int channels, int size, int kernel, int stride, int padding)
    {
        Network network = new NetworkBuilder(new Shape(3, size, size))
            .Add(new Conv2d(3, channels, 1), "conv")
            .Add(new Conv2d(channels, channels, kernel, stride, padding, groups: channels), "depthwise").Add(new BatchNorm2d(channels), "bn").Add(new ReLU6(), "relu")
            .Add(new Conv2d(channels, 20, 1), "project")
            .Build(seed: 4);
        AssertSame(network, batch: 2);
    }

    [Theory]
    [InlineData(16, 64, 9, 1, 1, 1)]
    [InlineData(24, 40, 17, 2, 1, 1)]
    [InlineData(17, 33, 30, 1, 2, 2)]
    [InlineData(16, 96, 112, 2, 1, 1)]
    [InlineData(20, 48, 90, 1, 0, 1)]
    public void Expanded_depthwise_convolutions_agree(int channels, int expanded, int size, int stride, int padding, int dilation)
    {
        Network network = new NetworkBuilder(new Shape(channels, size, size + 3))
            .Add(new Conv2d(channels, expanded, 1, bias: false), "expand").Add(new BatchNorm2d(expanded), "bn1").Add(new ReLU6(), "relu1")
            .Add(new Conv2d(expanded, expanded, 3, stride, padding, dilation, groups: expanded), "depthwise").Add(new BatchNorm2d(expanded), "bn2").Add(new ReLU6(), "relu2")
            .Add(new Conv2d(expanded, channels, 1), "project")
            .Build(seed: 5);
        AssertSame(network, batch: 2);
    }

    /// <summary>Inputs and outputs in groups: of whole blocks of 16, within a block, across blocks, and a kernel for every channel or several.</summary>
    public static TheoryData<int, int, int, int, int, int, int, int> Groups() => new()
    {
        { 32, 32, 2, 9, 3, 1, 1, 1 },
        { 64, 96, 2, 15, 3, 2, 1, 1 },
        { 32, 32, 8, 7, 3, 1, 1, 1 },
        { 40, 20, 4, 8, 5, 1, 2, 1 },
        { 48, 72, 3, 6, 3, 1, 2, 2 },
        { 6, 9, 3, 8, 2, 3, 0, 1 },
        { 3, 6, 3, 8, 3, 2, 1, 1 },
        { 20, 60, 20, 7, 3, 1, 1, 1 },
        { 60, 20, 20, 7, 1, 1, 0, 1 },
        { 16, 16, 16, 14, 3, 1, 1, 1 },
        { 24, 24, 24, 15, 3, 2, 1, 1 },
        { 40, 40, 40, 9, 5, 1, 2, 1 },
        { 33, 33, 33, 13, 3, 1, 2, 2 },
        { 5, 5, 5, 8, 3, 1, 1, 1 },
        { 17, 17, 17, 5, 2, 3, 0, 1 },
        { 20, 20, 20, 6, 3, 1, 0, 1 },
        { 3, 3, 3, 30, 7, 4, 3, 1 },
    };

    [Theory]
    [MemberData(nameof(Groups))]
    public void Convolutions_in_groups_agree(int inputs, int outputs, int groups, int size, int kernel, int stride, int padding, int dilation) =>
        AssertSame(Grouped(inputs, outputs, groups, size, kernel, stride, padding, dilation), batch: 3);

    /// <summary>First on the input, which may then not be as narrow as it is, then behind a convolution, with all that may follow.</summary>
    internal static Network Grouped(int inputs, int outputs, int groups, int size, int kernel, int stride, int padding, int dilation)
    {
        Conv2d layer = new(inputs, outputs, kernel, stride, padding, dilation, groups), plain = new(inputs, outputs, kernel, stride, padding, dilation, groups, bias: false);
        return new NetworkBuilder(new Shape(inputs, size, size + 1))
            .Add(layer, "first").Add(new ReLU6(), "relu1")
            .Add(new Conv2d(inputs, inputs, 1), "mix", NetworkBuilder.Input).Add(new GELU(), "gelu").Add(plain, "second").Add(new BatchNorm2d(outputs), "bn").Add(new ReLU6(), "relu2")
            .Add(layer, "third", "gelu").Add(new Add(), "add", "third", "relu1").Add(new ReLU(), "relu3").Add(new Add(), "sum", "relu2", "relu3")
            .Build(seed: 4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Convolutions_in_groups_are_run_as_they_are(bool training)
    {
        foreach (Network network in (Network[])[Grouped(40, 20, 4, 8, 3, 1, 1, 1), Grouped(20, 20, 20, 8, 3, 1, 1, 1), PresetCatalog.CreateBlank("mobilenet_v2", new Shape(3, 32, 32), 10)])
            foreach (PlanStep step in network.Compile(TestPlans.For(training) with { Batch = 2, Blocked = true }).Describe().Steps)
                if (step.Layers.Contains("Conv2d"))
                    Assert.DoesNotContain("plain", step.Algorithm);
    }

    [Fact]
    public void Branches_fused_or_not_agree()
    {
        Network network = Residual();
        AssertSame(network, batch: 3);
        AssertSame(network, batch: 1);
    }

    public static TheoryData<string> MapsOfOnePixel => ["written by a convolution", "written by a convolution with a rectifier", "read by a convolution, too"];

    [Theory]
    [MemberData(nameof(MapsOfOnePixel))]
    public void Maps_of_one_pixel_become_vectors(string which) => AssertSame(OnePixel(which), batch: 3);

    [Fact]
    public void The_input_may_be_added_to_what_became_of_it() => AssertSame(InputAdded(), batch: 2);

    internal static Network OnePixel(string which)
    {
        NetworkBuilder builder = new NetworkBuilder(new Shape(3, 5, 5)).Add(new Conv2d(3, 20, 3), "first").Add(new ReLU(), "relu");
        return which switch
        {
            "written by a convolution" => builder.Add(new Conv2d(20, 40, 3), "last").Add(new Flatten(), "flatten").Add(new Linear(40, 4), "fc").Build(seed: 9),
            "written by a convolution with a rectifier" =>
                builder.Add(new Conv2d(20, 40, 3), "last").Add(new ReLU(), "relu2").Add(new Flatten(), "flatten").Add(new Linear(40, 4), "fc").Build(seed: 9),
            _ => builder.Add(new GlobalAvgPool2d(), "mean").Add(new Conv2d(20, 20, 3, padding: 1), "last").Add(new Flatten(), "flatten1").Add(new Linear(20, 4), "fc1")
                .Add(new Flatten(), "flatten2", "mean").Add(new Linear(20, 4), "fc2").Add(new Add(), "add", "fc1", "fc2").Build(seed: 9),
        };
    }

    /// <summary>An input of three channels, which nobody but convolutions may read as narrow as it is.</summary>
    internal static Network InputAdded() => new NetworkBuilder(new Shape(3, 9, 8))
        .Add(new Conv2d(3, 3, 3, padding: 1), "conv1").Add(new Add(), "add", "conv1", NetworkBuilder.Input).Add(new ReLU(), "relu").Add(new Conv2d(3, 20, 3), "conv2")
        .Add(new GlobalAvgPool2d(), "mean").Add(new Flatten(), "flatten").Add(new Linear(20, 4), "fc").Build(seed: 9);

    [Fact]
    public void Layers_without_an_operator_of_their_own_are_bridged()
    {
        Network network = new NetworkBuilder(new Shape(3, 13, 11))
            .Add(new Conv2d(3, 20, 3, padding: 1), "conv1").Add(new GELU(), "gelu").Add(new LocalResponseNorm(5), "norm")
            .Add(new AvgPool2d(2), "pool").Add(new Conv2d(20, 20, 3, groups: 4), "conv2").Add(new PReLU(20), "prelu")
            .Add(new Flatten(), "flatten").Add(new Linear(20 * 4 * 3, 7), "fc").Add(new Softmax(), "softmax")
            .Build(seed: 5);
        AssertSame(network, batch: 2);
    }

    [Fact]
    public void Every_activation_can_be_read()
    {
        Network network = Residual();
        float[] input = Samples(network, 2);
        Plan plain = Compile(network, 2, blocked: false, keeps: true), blocked = Compile(network, 2, blocked: true, keeps: true);
        plain.Forward(input);
        blocked.Forward(input);
        foreach (string node in network.Nodes.Select(node => node.Name).Append(NetworkBuilder.Input))
            AssertClose(plain.ReadActivation(node).Values, blocked.ReadActivation(node).Values);
    }

    [Fact]
    public void Threads_change_no_bit()
    {
        Network network = Residual();
        float[] input = Samples(network, 3);
        float[] one = Compile(network, 3, blocked: true, keeps: false, threads: 1).Forward(input).ToArray();
        Assert.Equal(one, Compile(network, 3, blocked: true, keeps: false, threads: 3).Forward(input).ToArray());
    }

    [Fact]
    public void Fewer_samples_and_runs_after_one_another_leave_no_trace()
    {
        Network network = Residual();
        Plan plan = Compile(network, 3, blocked: true, keeps: false);
        float[] input = Samples(network, 3);
        float[] three = plan.Forward(input).ToArray();
        float[] first = plan.Forward(input.AsSpan(0, input.Length / 3)).ToArray();
        Assert.Equal(three.AsSpan(0, first.Length).ToArray(), first);
        Assert.Equal(three, plan.Forward(input).ToArray());
    }

    [Fact]
    public void Changed_parameters_are_seen_in_the_next_run()
    {
        Network network = Residual();
        float[] input = Samples(network, 1);
        Plan plan = Compile(network, 1, blocked: true, keeps: false);
        plan.Forward(input);
        network.Initialize(seed: 99);
        AssertClose(Compile(network, 1, blocked: false, keeps: false).Forward(input), plan.Forward(input));
    }

    [Fact]
    public void Running_allocates_nothing()
    {
        Network network = Residual();
        Plan plan = Compile(network, 1, blocked: true, keeps: false, threads: 1);
        float[] input = Samples(network, 1);
        for (int i = 0; i < 50; i++)
            plan.Forward(input);
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 10; i++)
                plan.Forward(input);
        }));
    }

    private static Network Residual()
    {
        Network network = new NetworkBuilder(new Shape(3, 30, 29))
            .Add(new Conv2d(3, 24, 7, stride: 2, padding: 3, bias: false), "conv1").Add(new BatchNorm2d(24), "bn1").Add(new ReLU(), "relu1")
            .Add(new MaxPool2d(3, stride: 2, padding: 1), "pool")
            .Add(new Conv2d(24, 40, 3, stride: 2, padding: 1, bias: false), "conv2").Add(new BatchNorm2d(40), "bn2").Add(new ReLU(), "relu2")
            .Add(new Conv2d(40, 40, 3, padding: 1), "conv3").Add(new BatchNorm2d(40), "bn3")
            .Add(new Conv2d(24, 40, 1, stride: 2), "down", "pool").Add(new BatchNorm2d(40), "bn4")
            .Add(new Add(), "add", "bn3", "bn4").Add(new ReLU(), "relu3")
            .Add(new Add(), "twice", "relu3", "bn4").Add(new ReLU(), "relu4")
            .Add(new GlobalAvgPool2d(), "mean").Add(new Flatten(), "flatten").Add(new Linear(40, 9), "fc").Add(new ReLU(), "relu5").Add(new Linear(9, 5), "fc2").Add(new Softmax(), "softmax")
            .Build(seed: 7);
        var rng = new Rng(17);
        foreach (Parameter parameter in network.Parameters)
            if (parameter.Name.EndsWith("running_var", StringComparison.Ordinal) || parameter.Name.EndsWith("running_mean", StringComparison.Ordinal))
                foreach (ref float value in parameter.Value.Span)
                    value = 0.3f + (float)rng.NextDouble();
        return network;
    }

    private static void AssertSame(Network network, int batch)
    {
        float[] input = Samples(network, batch);
        float[] expected = Compile(network, batch, blocked: false, keeps: false).Forward(input).ToArray();
        AssertClose(expected, Compile(network, batch, blocked: true, keeps: true).Forward(input));
        AssertClose(expected, Compile(network, batch, blocked: true, keeps: false).Forward(input));
    }

    private static Plan Compile(Network network, int batch, bool blocked, bool keeps, int threads = 2) =>
        network.Compile(new PlanOptions { Batch = batch, Threads = threads, KeepActivations = keeps ? NodeSelection.All : NodeSelection.None, Blocked = blocked });

    private static float[] Samples(Network network, int batch)
    {
        var rng = new Rng(11);
        float[] samples = new float[batch * network.InputShape.Length];
        foreach (ref float value in samples.AsSpan())
            value = (float)rng.NextDouble() - 0.5f;
        return samples;
    }

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.InRange(actual[i], expected[i] - 2e-5f * (1 + Math.Abs(expected[i])), expected[i] + 2e-5f * (1 + Math.Abs(expected[i])));
    }
}
