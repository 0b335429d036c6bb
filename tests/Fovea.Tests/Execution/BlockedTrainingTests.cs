using Fovea.Execution;
using Fovea.Layers;
using Fovea.Losses;
using Fovea.Networks;
using Fovea.Optimizers;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.Execution;

/// <summary>
/// Training with channels in blocks gives the gradients of training with samples side by side, which is held against
/// references in double precision elsewhere.
/// </summary>
public class BlockedTrainingTests
{
    [Theory]
    [MemberData(nameof(BlockedPlanTests.Convolutions), MemberType = typeof(BlockedPlanTests))]
    public void Convolutions_agree(int inputs, int outputs, int size, int kernel, int stride, int padding, int dilation) =>
        AssertSame(
            new NetworkBuilder(new Shape(inputs, size, size + 1))
                .Add(new Conv2d(inputs, outputs, kernel, stride, padding, dilation), "conv").Build(seed: 3),
            batch: 3);

    [Theory]
    [MemberData(nameof(BlockedPlanTests.Groups), MemberType = typeof(BlockedPlanTests))]
    public void Convolutions_in_groups_agree(int inputs, int outputs, int groups, int size, int kernel, int stride, int padding, int dilation)
    {
        Network network = BlockedPlanTests.Grouped(inputs, outputs, groups, size, kernel, stride, padding, dilation);
        AssertSame(network, batch: 5);
        Assert.Equal(Train(network, 5, blocked: true, keeps: false, threads: 1), Train(network, 5, blocked: true, keeps: false, threads: 3));
    }

    [Theory]
    [InlineData(3, 20, 5, 4)]
    [InlineData(20, 3, 4, 5)]
    public void Strides_and_paddings_that_differ_agree(int inputs, int outputs, int strideHeight, int strideWidth) =>
        AssertSame(
            new NetworkBuilder(new Shape(inputs, 13, 17))
                .Add(new Conv2d(inputs, outputs, new Size2(3, 4), new Size2(strideHeight, strideWidth), new Padding { Top = 2, Bottom = 1, Right = 3 }), "conv").Add(new ReLU(), "relu").Build(seed: 3),
            batch: 2);

    [Theory]
    [InlineData(40, 33, 15, 9, 1, true)]
    [InlineData(32, 48, 8, 1, 1, false)]
    [InlineData(32, 48, 8, 5, 1, true)]
    [InlineData(64, 64, 9, 24, 0, true)]
    [InlineData(33, 32, 30, 4, 2, true)]
    public void Winograd_agrees(int inputs, int outputs, int size, int batch, int padding, bool paysOff)
    {
        Network network = new NetworkBuilder(new Shape(3, size, size + 1))
            .Add(new Conv2d(3, inputs, 1), "first").Add(new GELU(), "gelu")
            .Add(new Conv2d(inputs, outputs, 3, padding: padding), "conv").Build(seed: 3);
        AssertSame(network, batch);
        float[] direct = Train(network, batch, blocked: true, keeps: false, winograd: false), winograd = Train(network, batch, blocked: true, keeps: false);
        // The cost model takes Winograd for some of these sizes; where it does, the last digits differ.
        Assert.Equal(paysOff, !direct.AsSpan().SequenceEqual(winograd));
    }

    [Fact]
    public void Residual_blocks_agree()
    {
        AssertSame(Residual(), batch: 5);
        AssertSame(Residual(), batch: 1);
    }

    /// <summary>Gradients of blocks of one geometry take turns in few buffers; a gradient that is still to be read must keep its own.</summary>
    [Fact]
    public void Many_blocks_of_one_geometry_agree()
    {
        NetworkBuilder builder = new NetworkBuilder(new Shape(3, 8, 8)).Add(new Conv2d(3, 20, 3, padding: 1), "first").Add(new ReLU(), "x0");
        for (int i = 0; i < 4; i++)
            builder
                .Add(new Conv2d(20, 20, 3, padding: 1, bias: false), $"a{i}", $"x{i}").Add(new BatchNorm2d(20), $"abn{i}").Add(new ReLU(), $"arelu{i}")
                .Add(new Conv2d(20, 20, 3, padding: 1, bias: false), $"b{i}").Add(new BatchNorm2d(20), $"bbn{i}")
                .Add(new Conv2d(20, 20, 1, bias: false), $"c{i}", $"x{i}").Add(new BatchNorm2d(20), $"cbn{i}")
                .Add(new Add(), $"add{i}", $"bbn{i}", i % 2 == 0 ? $"cbn{i}" : $"x{i}").Add(new Add(), $"join{i}", $"add{i}", $"cbn{i}").Add(new ReLU(), $"x{i + 1}");
        AssertSame(builder.Add(new GlobalAvgPool2d(), "mean").Add(new Flatten(), "flatten").Add(new Linear(20, 4), "fc").Build(seed: 9), batch: 6);
    }

    [Fact]
    public void Layers_without_an_operator_of_their_own_are_bridged()
    {
        Network network = new NetworkBuilder(new Shape(3, 13, 11))
            .Add(new Conv2d(3, 20, 3, padding: 1), "conv1").Add(new GELU(), "gelu").Add(new LocalResponseNorm(5), "norm")
            .Add(new AvgPool2d(2), "pool").Add(new Conv2d(20, 20, 3, groups: 4), "conv2").Add(new PReLU(20), "prelu")
            .Add(new Conv2d(20, 20, 3, padding: 1, groups: 20, bias: false), "depthwise").Add(new BatchNorm2d(20, affine: false), "bn").Add(new ReLU6(), "relu6")
            .Add(new Flatten(), "flatten").Add(new Linear(20 * 4 * 3, 70), "fc").Add(new ReLU(), "relu").Add(new Linear(70, 7), "fc2")
            .Build(seed: 5);
        AssertSame(network, batch: 3);
    }

    /// <summary>GELU before a convolution with a frame and before one without, of its own gradient and of one that is shared.</summary>
    [Fact]
    public void GELU_agrees()
    {
        Network network = new NetworkBuilder(new Shape(3, 9, 7))
            .Add(new Conv2d(3, 24, 2), "conv1").Add(new GELU(), "gelu1").Add(new Conv2d(24, 20, 3, padding: 1), "conv2").Add(new BatchNorm2d(20), "bn")
            .Add(new GELU(), "gelu2").Add(new GELU(), "gelu3").Add(new Add(), "add", "gelu2", "gelu3").Add(new GlobalAvgPool2d(), "mean").Add(new Flatten(), "flatten")
            .Add(new GELU(), "gelu4").Add(new Linear(20, 4), "fc").Build(seed: 9);
        AssertSame(network, batch: 4);
    }

    public static TheoryData<string> Poolings => [.. PoolingsByName.Keys];

    private static readonly Dictionary<string, Layer[]> PoolingsByName = new()
    {
        ["overlapping"] = [new BatchNorm2d(20), new ReLU(), new MaxPool2d(3, stride: 2, padding: 1)],
        ["pixels between windows"] = [new BatchNorm2d(20, affine: false), new ReLU6(), new MaxPool2d(2, stride: 3)],
        ["dilated, no clamp"] = [new BatchNorm2d(20), new MaxPool2d(2, stride: 1, dilation: 3)],
        ["overhanging"] = [new BatchNorm2d(20), new ReLU(), new MaxPool2d(2, stride: 2, ceil: true)],
        ["clamp behind"] = [new BatchNorm2d(20), new MaxPool2d(2), new ReLU()],
    };

    /// <summary>A quarter of the pixels are zero in both channels, so that many windows have several that are largest.</summary>
    [Theory]
    [MemberData(nameof(Poolings))]
    public void Normalisation_clamp_and_pooling_in_one_agree(string name)
    {
        NetworkBuilder builder = new NetworkBuilder(new Shape(2, 11, 14))
            .Add(new ReLU(), "zeros").Add(new Conv2d(2, 20, 1, bias: false), "conv");
        foreach (Layer layer in PoolingsByName[name])
            builder.Add(layer, layer.GetType().Name);
        Network network = builder.Add(new Add(), "twice", builder.LastNode, builder.LastNode)
            .Add(new Flatten(), "flatten").Add(new Linear(builder.Shape.Length, 4), "fc").Build(seed: 4);
        AssertSame(network, batch: 5);
        AssertSame(network, batch: 1);
    }

    [Fact]
    public void What_is_read_twice_gets_both_gradients()
    {
        Network network = new NetworkBuilder(new Shape(3, 6, 6))
            .Add(new Conv2d(3, 17, 3, padding: 1), "conv")
            .Add(new Add(), "double", "conv", "conv").Add(new BatchNorm2d(17), "bn", "double").Add(new Add(), "itself", "bn", "double").Add(new ReLU(), "relu")
            .Add(new Conv2d(17, 17, 1), "next").Add(new Add(), "skip", "next", "relu").Add(new GlobalAvgPool2d(), "mean").Add(new Flatten(), "flatten").Add(new Linear(17, 4), "fc")
            .Build(seed: 9);
        AssertSame(network, batch: 4);
    }

    /// <summary>A frame around a map of one pixel tears its blocks of channels apart, so it is no vector as it lies.</summary>
    [Theory]
    [MemberData(nameof(BlockedPlanTests.MapsOfOnePixel), MemberType = typeof(BlockedPlanTests))]
    public void Maps_of_one_pixel_become_vectors(string which) => AssertSame(BlockedPlanTests.OnePixel(which), batch: 3);

    [Fact]
    public void The_input_may_be_added_to_what_became_of_it() => AssertSame(BlockedPlanTests.InputAdded(), batch: 3);

    [Fact]
    public void Batch_normalisation_may_come_first()
    {
        Network network = new NetworkBuilder(new Shape(3, 6, 6))
            .Add(new BatchNorm2d(3), "bn").Add(new Conv2d(3, 8, 3), "conv").Add(new Flatten(), "flatten").Add(new Linear(8 * 16, 4), "fc")
            .Build(seed: 9);
        AssertSame(network, batch: 4);
    }

    [Fact]
    public void Every_gradient_can_be_read()
    {
        Network network = Residual();
        Plan plain = Compile(network, 2, blocked: false, keeps: true), blocked = Compile(network, 2, blocked: true, keeps: true);
        foreach (Plan plan in (Plan[])[plain, blocked])
            plan.TrainingStep(Samples(network, 2), Targets(network, 2), new SoftmaxCrossEntropy());
        foreach (string node in network.Nodes.Select(node => node.Name).Append(NetworkBuilder.Input))
        {
            AssertClose(plain.ReadActivation(node).Values, blocked.ReadActivation(node).Values, node);
            AssertClose(plain.ReadGradient(node).Values, blocked.ReadGradient(node).Values, node);
        }
    }

    [Fact]
    public void Threads_change_no_bit()
    {
        float[] one = Train(Residual(), 5, blocked: true, keeps: false, threads: 1);
        Assert.Equal(one, Train(Residual(), 5, blocked: true, keeps: false, threads: 3));
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        Network network = Residual();
        Plan plan = Compile(network, 2, blocked: true, keeps: false, threads: 1);
        float[] input = Samples(network, 2), targets = Targets(network, 2);
        var loss = new SoftmaxCrossEntropy();
        for (int i = 0; i < 40; i++)
            plan.TrainingStep(input, targets, loss);
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 10; i++)
                plan.TrainingStep(input, targets, loss);
        }));
    }

    private static Network Residual() => new NetworkBuilder(new Shape(3, 30, 29))
        .Add(new Conv2d(3, 24, 7, stride: 2, padding: 3, bias: false), "conv1").Add(new BatchNorm2d(24), "bn1").Add(new ReLU(), "relu1")
        .Add(new MaxPool2d(3, stride: 2, padding: 1), "pool")
        .Add(new Conv2d(24, 40, 3, stride: 2, padding: 1, bias: false), "conv2").Add(new BatchNorm2d(40), "bn2").Add(new ReLU(), "relu2")
        .Add(new Conv2d(40, 40, 3, padding: 1, bias: false), "conv3").Add(new BatchNorm2d(40), "bn3")
        .Add(new Conv2d(24, 40, 1, stride: 2, bias: false), "down", "pool").Add(new BatchNorm2d(40), "bn4")
        .Add(new Add(), "add", "bn3", "bn4").Add(new ReLU(), "relu3")
        .Add(new Add(), "twice", "relu3", "bn4").Add(new ReLU(), "relu4")
        .Add(new Conv2d(40, 40, 3, padding: 1), "conv5").Add(new Add(), "add5", "conv5", "relu4").Add(new ReLU6(), "relu5")
        .Add(new GlobalAvgPool2d(), "mean").Add(new Flatten(), "flatten").Add(new Linear(40, 9), "fc").Add(new ReLU(), "relu6").Add(new Linear(9, 5), "fc2")
        .Build(seed: 7);

    private static void AssertSame(Network network, int batch)
    {
        float[] expected = Train(network, batch, blocked: false, keeps: true);
        AssertClose(expected, Train(network, batch, blocked: true, keeps: true), "kept");
        AssertClose(expected, Train(network, batch, blocked: true, keeps: false), "fused");
        AssertClose(
            Train(network, batch, blocked: false, keeps: true, inputGradient: false), Train(network, batch, blocked: true, keeps: false, inputGradient: false), "no input gradient");
    }

    /// <summary>All that two steps compute, the second with fewer samples; tensors scaled to a largest number of 1.</summary>
    private static float[] Train(Network network, int batch, bool blocked, bool keeps, int threads = 2, bool winograd = true, bool inputGradient = true)
    {
        float[][] before = [.. network.Parameters.Select(parameter => parameter.Value.Span.ToArray())];
        Plan plan = Compile(network, batch, blocked, keeps, threads, winograd, inputGradient);
        float[] input = Samples(network, batch), targets = Targets(network, batch);
        var sgd = new Sgd(0.01);
        sgd.Prepare([.. network.TrainableParameters.Select(parameter => parameter.Value.Length)]);
        var results = new List<float>();
        foreach (int count in (int[])[batch, (batch + 1) / 2])
        {
            plan.TrainingStep(input.AsSpan(0, count * network.InputShape.Length), targets.AsSpan(0, count * network.OutputShape.Length), new SoftmaxCrossEntropy());
            Add(plan.Outputs);
            Add(plan.Losses);
            if (inputGradient)
                Add(plan.InputGradient);
            for (int p = 0; p < network.TrainableParameters.Count; p++)
                Add(plan.Gradient(p));
            plan.Update(sgd);
        }
        for (int p = 0; p < before.Length; p++)
        {
            Add(network.Parameters[p].Value.Span);
            before[p].CopyTo(network.Parameters[p].Value.Span);
        }
        return [.. results];

        void Add(ReadOnlySpan<float> tensor)
        {
            float largest = Math.Max(1e-3f, System.Numerics.Tensors.TensorPrimitives.MaxMagnitude(tensor) is var most && most < 0 ? -most : most);
            foreach (float value in tensor)
                results.Add(value / largest);
        }
    }

    private static Plan Compile(Network network, int batch, bool blocked, bool keeps, int threads = 2, bool winograd = true, bool inputGradient = true) => network.Compile(PlanOptions.Training with
    {
        Batch = batch,
        Threads = threads,
        KeepActivations = keeps ? NodeSelection.All : NodeSelection.None,
        NodeGradients = keeps ? NodeSelection.All : NodeSelection.None,
        Blocked = blocked,
        InputGradient = inputGradient,
        Winograd = winograd,
    });

    private static float[] Samples(Network network, int batch)
    {
        var rng = new Rng(12);
        return Numbers.Gaussian(ref rng, batch * network.InputShape.Length);
    }

    private static float[] Targets(Network network, int batch)
    {
        int classes = network.OutputShape.Length;
        float[] targets = new float[batch * classes];
        for (int n = 0; n < batch; n++)
            targets[n * classes + n * 7 % classes] = 1;
        return targets;
    }

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            if (!(Math.Abs(expected[i] - actual[i]) <= 1e-4f))
                Assert.Fail($"{what}: number {i} is {actual[i]}, not {expected[i]}");
    }
}
