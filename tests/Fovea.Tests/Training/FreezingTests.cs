using Fovea.Data;
using Fovea.Data.Synthetic;
using Fovea.Execution;
using Fovea.Layers;
using Fovea.Losses;
using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Optimizers;
using Fovea.Tensors;
using Fovea.Training;

namespace Fovea.Tests.Training;

public sealed class FreezingTests
{
    private static readonly MemoryDataset Data = Digits.Generate(70, seed: 1);

    [Theory]
    [InlineData("conv1", 8)]
    [InlineData("batchnorm2d1", 8)]
    [InlineData("fc1", 8)]
    [InlineData("*1", 8)]
    [InlineData("conv1", 16)]
    [InlineData("batchnorm*", 16)]
    public void What_is_frozen_keeps_its_bits_and_the_rest_learns(string frozen, int channels)
    {
        // 16 channels are run in blocks.
        Network network = TwoConvolutions(channels);
        // Running statistics and shifts that are worth keeping.
        new Trainer(network, new Sgd(0.05), new TrainingOptions { Epochs = 1, BatchSize = 16 }).Run(Data);
        string[] names = frozen == "*1" ? ["conv1", "batchnorm2d1", "fc1"] : [frozen];
        Dictionary<string, float[]> before = network.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value.Span.ToArray());

        IReadOnlyList<Node> nodes = network.Freeze(names);
        new Trainer(network, new Lookahead(new AdamW(0.01, weightDecay: 0.1), 2), new TrainingOptions { Epochs = 2, BatchSize = 16, Accumulate = 2, AverageDecay = 0.5 }).Run(Data);

        Assert.Contains(network[names[0] == "batchnorm*" ? "batchnorm2d2" : names[0]], nodes);
        foreach (Node node in network.Nodes)
            foreach (Parameter parameter in node.Parameters)
                if (nodes.Contains(node))
                    Assert.Equal(before[parameter.Name].Select(BitConverter.SingleToInt32Bits), parameter.Value.Span.ToArray().Select(BitConverter.SingleToInt32Bits));
                else
                    Assert.NotEqual(before[parameter.Name], parameter.Value.Span.ToArray());
    }

    /// <summary>With the running statistics it is a multiplication and an addition, which a convolution of single maps can do, too.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(16, false)]
    [InlineData(1, true)]
    public void Frozen_normalisation_computes_with_its_running_statistics(int lanes, bool blocked)
    {
        const int channels = 16, batch = 5;
        var rng = new Rng(3);
        Network normalized = Build(new BatchNorm2d(channels)), scaled = Build(new Conv2d(channels, channels, 1, groups: channels));
        for (int p = 0; p < 2; p++)
            normalized.Parameters[p].Value.Span.CopyTo(scaled.Parameters[p].Value.Span);
        Node norm = normalized.Nodes[1], scale = scaled.Nodes[1];
        for (int c = 0; c < channels; c++)
        {
            float[] values = [(float)(0.5 + rng.NextDouble()), (float)(rng.NextDouble() - 0.5), (float)(rng.NextDouble() - 0.5), (float)(0.5 + rng.NextDouble())];
            for (int p = 0; p < values.Length; p++)
                norm.Parameters[p].Value.Span[c] = values[p];
            double factor = values[0] / Math.Sqrt(values[3] + 1e-5);
            scale.Parameters[0].Value.Span[c] = (float)factor;
            scale.Parameters[1].Value.Span[c] = (float)(values[1] - values[2] * factor);
        }
        Assert.Single(normalized.Freeze(norm.Name));
        normalized.Nodes[^1].Parameters[0].Value.Span.CopyTo(scaled.Nodes[^1].Parameters[0].Value.Span);
        normalized.Nodes[^1].Parameters[1].Value.Span.CopyTo(scaled.Nodes[^1].Parameters[1].Value.Span);
        float[] statistics = [.. norm.Parameters.SelectMany(parameter => parameter.Value.Span.ToArray())];
        var options = PlanOptions.Training with { Batch = batch, Threads = 2, InputGradient = true, Lanes = blocked ? null : lanes, Blocked = blocked };
        Plan first = normalized.Compile(options), second = scaled.Compile(options);
        float[] images = [.. Enumerable.Range(0, batch * 36).Select(_ => (float)(2 * rng.NextDouble() - 1))], targets = new float[batch * 3];
        for (int n = 0; n < batch; n++)
            targets[n * 3 + n % 3] = 1;

        Assert.Equal(second.TrainingStep(images, targets, new SoftmaxCrossEntropy()), first.TrainingStep(images, targets, new SoftmaxCrossEntropy()), 1e-5);
        Near(second.Outputs, first.Outputs);
        Near(second.InputGradient, first.InputGradient);
        Near(second.Gradient(0), first.Gradient(0));
        Assert.Equal(statistics, norm.Parameters.SelectMany(parameter => parameter.Value.Span.ToArray()));

        static Network Build(Layer between) =>
            Network.Sequential(new Shape(1, 6, 6), new Conv2d(1, channels, 3), between, new ReLU(), new Flatten(), new Linear(channels * 16, 3));

        static void Near(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
        {
            Assert.Equal(expected.Length, actual.Length);
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], actual[i], 1e-5);
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void Nothing_is_computed_below_the_first_layer_that_learns(int channels)
    {
        Network network = TwoConvolutions(channels);
        network.Freeze("conv1", "batchnorm2d1", "conv2", "batchnorm2d2");
        Plan plan = network.Compile(PlanOptions.Training with { Batch = 4 });
        var rng = new Rng(1);
        plan.TrainingStep([.. Enumerable.Range(0, 4 * 784).Select(_ => (float)rng.NextDouble())], Enumerable.Range(0, 40).Select(i => i % 11 == 0 ? 1f : 0).ToArray(), new SoftmaxCrossEntropy());
        for (int p = 0; p < network.TrainableParameters.Count; p++)
            if (network.TrainableParameters[p].IsFrozen)
                Assert.Equal($"parameter '{network.TrainableParameters[p].Name}' was frozen when the plan was compiled, and gets no gradient", Assert.Throws<InvalidOperationException>(() => plan.Gradient(p).Length).Message);
            else
                Assert.True(plan.Gradient(p).ContainsAnyExcept(0));
    }

    [Fact]
    public void An_interrupted_run_goes_on_with_what_was_frozen()
    {
        // What is frozen is no part of a checkpoint; who resumes freezes again.
        Network frozen = TrainingCases.Small(seed: 3);
        frozen.Freeze("conv1");
        var trainer = new Trainer(frozen, new Adam(0.01), new TrainingOptions { Epochs = 2, BatchSize = 16 });
        trainer.Run(Data);
        Network again = TrainingCases.Small(seed: 3);
        again.Freeze("conv1");
        var parts = new Trainer(again, new Adam(0.01), new TrainingOptions { Epochs = 2, BatchSize = 16 });
        using var stop = new CancellationTokenSource();
        parts.BatchCompleted += _ => stop.Cancel();
        Assert.Equal(TrainingEnd.Cancelled, parts.Run(Data, null, stop.Token));
        parts.Run(Data);
        Assert.Equal(TrainingCases.Weights(frozen), TrainingCases.Weights(again));
    }

    [Fact]
    public void Names_that_are_none_and_networks_that_cannot_learn_are_refused()
    {
        Network network = TrainingCases.Small(seed: 1);
        Refused.With("no layer with parameters is named 'conv7'; there are conv1, batchnorm2d1, fc1", () => network.Freeze("conv1", "conv7"));
        Refused.With("no layer with parameters is named 'relu1'; there are conv1, batchnorm2d1, fc1", () => network.Freeze("relu1"));
        Refused.With("with all layers of 'network' frozen nothing is left to learn; leave out the last one", () => network.Freeze("*"));
        Assert.DoesNotContain(network.Parameters, parameter => parameter.IsFrozen);
        foreach (Parameter parameter in network.Parameters)
            parameter.IsFrozen = true;
        Assert.Contains("nothing can be learned", Assert.Throws<ArgumentException>(() => new Trainer(network, new Sgd(0.1)).Run(Data)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_head_is_drawn_and_all_else_is_copied()
    {
        Network trained = PresetCatalog.Find("resnet18").Create(new Shape(3, 32, 32), 10, seed: 1);
        Network other = trained.WithNewHead(4, seed: 2);
        Assert.Equal(new Shape(4), other.OutputShape);
        Assert.Equal(trained.Parameters.Select(parameter => parameter.Name), other.Parameters.Select(parameter => parameter.Name));
        foreach ((Parameter before, Parameter after) in trained.Parameters.Zip(other.Parameters).Where(pair => !pair.First.Name.StartsWith("fc.", StringComparison.Ordinal)))
        {
            Assert.NotSame(before, after);
            Assert.Equal(before.Value.Span.ToArray(), after.Value.Span.ToArray());
        }
        Assert.Equal(new Shape(4, 512), other["fc"].Parameters[0].Value.Shape);
        Assert.Contains(other["fc"].Parameters[0].Value.Span.ToArray(), value => value != 0);
        Network noHead = Network.Sequential(new Shape(1, 8, 8), new Conv2d(1, 3, 8), new Flatten());
        Refused.With("the last layer of 'network' with parameters is Conv2d; only a Linear one can be drawn anew for other classes", () => noHead.WithNewHead(2, 1));
    }

    private static Network TwoConvolutions(int channels) => Network.Sequential(
        new Shape(1, 28, 28), new Conv2d(1, channels, 3, stride: 2), new BatchNorm2d(channels), new ReLU(), new Conv2d(channels, channels, 3, stride: 2),
        new BatchNorm2d(channels), new ReLU(), new Flatten(), new Linear(channels * 36, 10));
}
