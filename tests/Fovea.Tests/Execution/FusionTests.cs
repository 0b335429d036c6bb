using Fovea.Execution;
using Fovea.Layers;
using Fovea.Losses;
using Fovea.Networks;
using Fovea.Optimizers;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.Execution;

/// <summary>A plan that forgets its activations fuses; its results are those of a plan that keeps them, bit by bit.</summary>
public class FusionTests
{
    public static TheoryData<string> Names => [.. Networks.Keys];

    private static Dictionary<string, Func<Layer[]>> Networks { get; } = new()
    {
        ["lenet"] = () => [new Conv2d(2, 6, 5, padding: 2), new ReLU(), new MaxPool2d(2), new Conv2d(6, 16, 5), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(16, 5)],
        ["odd sizes, no bias"] = () => [new Conv2d(2, 7, 4, bias: false), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(7 * 5 * 5, 5)],
        ["same, many weights"] = () => [new Conv2d(2, 20, 3, padding: Padding.Same), new ReLU(), new MaxPool2d(2), new Conv2d(20, 9, 3, padding: 1), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(9 * 9, 5)],
        ["groups, dilation, dropout"] = () => [new Conv2d(2, 4, 3, dilation: 2, groups: 2), new ReLU(), new MaxPool2d(2), new Dropout(0.4), new Flatten(), new Linear(4 * 5 * 5, 5)],
        ["after a layer with weights"] = () => [new Conv2d(2, 3, 3, stride: 2, padding: 1), new ReLU(), new MaxPool2d(2), new Conv2d(3, 11, 3, padding: (1, 2)), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(11 * 2, 5)],
        ["batch normalisation"] = () => [new Conv2d(2, 6, 3), new ReLU(), new MaxPool2d(2), new BatchNorm2d(6), new Flatten(), new Linear(6 * 6 * 6, 5)],
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Fused_and_separate_layers_give_the_same_bits(string name)
    {
        const int batch = 37, inputs = 2 * 14 * 14;
        Layer[] layers = Networks[name]();
        var rng = new Rng(8);
        float[] input = Numbers.Gaussian(ref rng, batch * inputs), targets = new float[batch * 5];
        // Whole areas of equal pixels make windows with several winners.
        for (int i = 0; i < input.Length / 3; i++)
            input[i] = MathF.Round(input[i]);
        for (int n = 0; n < batch; n++)
            targets[n * 5 + n % 5] = 1;

        Network separate = Create(layers), fused = Create(layers);
        float[] expected = Train(separate, keepActivations: true, threads: 1), actual = Train(fused, keepActivations: false, threads: 2);
        Assert.Equal(expected, actual);
        Assert.Contains(expected, value => value != 0);

        Network Create(Layer[] layers)
        {
            Network network = Network.Sequential(new Shape(2, 14, 14), layers);
            network.Initialize(seed: 5);
            return network;
        }

        float[] Train(Network network, bool keepActivations, int threads)
        {
            Plan plan = network.Compile(PlanOptions.Training with
            {
                Batch = batch,
                KeepActivations = keepActivations ? NodeSelection.All : NodeSelection.None,
                NodeGradients = keepActivations ? NodeSelection.All : NodeSelection.None,
                Threads = threads,
                InputGradient = true,
            });
            var sgd = new Sgd(0.1, momentum: 0.9);
            sgd.Prepare([.. network.TrainableParameters.Select(parameter => parameter.Value.Length)]);
            var results = new List<float>();
            foreach (int count in (int[])[batch, 20, 3])
            {
                plan.TrainingStep(input.AsSpan(0, count * inputs), targets.AsSpan(0, count * 5), new SoftmaxCrossEntropy());
                plan.Update(sgd);
                results.AddRange(plan.Outputs);
                results.AddRange(plan.InputGradient);
                for (int p = 0; p < network.TrainableParameters.Count; p++)
                    results.AddRange(plan.Gradient(p));
            }
            Plan inference = network.Compile(new PlanOptions { Batch = batch, KeepActivations = keepActivations ? NodeSelection.All : NodeSelection.None, Threads = threads });
            results.AddRange(inference.Forward(input));
            foreach (Parameter parameter in network.TrainableParameters)
                results.AddRange(parameter.Value.Span);
            return [.. results];
        }
    }

    [Fact]
    public void A_number_that_is_none_reaches_the_loss()
    {
        Network network = Network.Sequential(new Shape(1, 8, 8), new Conv2d(1, 6, 3), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(54, 5));
        Plan plan = network.Compile(new PlanOptions { Batch = 16 });
        for (int pixel = 9; pixel < 13; pixel++)
        {
            float[] input = new float[16 * 64];
            input[pixel] = float.NaN;
            Assert.True(float.IsNaN(plan.Forward(input)[0]));
        }
    }

    [Fact]
    public void What_another_node_reads_is_not_fused_away()
    {
        var builder = new NetworkBuilder(new Shape(2, 8, 8));
        builder.Add(new Conv2d(2, 4, 3), "conv");
        builder.Add(new ReLU(), "relu");
        builder.Add(new MaxPool2d(2), "pool");
        builder.Add(new GlobalAvgPool2d(), "mean", "conv");
        builder.Add(new GlobalAvgPool2d(), "top", "pool");
        builder.Add(new Add(), "sum", "mean", "top");
        Network network = builder.Build();
        var rng = new Rng(4);
        float[] input = Numbers.Gaussian(ref rng, 20 * 128);
        float[] kept = [.. network.Compile(new PlanOptions { Batch = 20, KeepActivations = NodeSelection.All }).Forward(input)];
        float[] forgotten = [.. network.Compile(new PlanOptions { Batch = 20 }).Forward(input)];
        Assert.Equal(kept, forgotten);
    }
}
