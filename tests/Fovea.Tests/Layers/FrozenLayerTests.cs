using Fovea.Execution;
using Fovea.Layers;
using Fovea.Losses;
using Fovea.Networks;
using Fovea.Optimizers;
using Fovea.Tensors;

namespace Fovea.Tests.Layers;

/// <summary>
/// Every layer with parameters, frozen by <see cref="Freezing"/> or by construction, at the start and in the middle of a
/// network, in every engine and with every fusion: all other gradients are what they are otherwise, and what is frozen
/// stays as it is.
/// </summary>
public class FrozenLayerTests
{
    private const int Batch = 19;

    /// <summary>The table's layers, and those that blocked operators run their own way.</summary>
    private static readonly (string Name, Layer Layer, Shape Input)[] All =
    [
        .. LayerCases.All.Where(layer => layer.Inputs.Length == 1 && layer.Layer.InputCount == 1 && layer.Layer.Parameters.Count > 0).Select(layer => (layer.Name, layer.Layer, layer.Inputs[0])),
        ("direct, many maps", new Conv2d(16, 24, 3, stride: 2, padding: 1), new(16, 9, 9)),
        ("Winograd", new Conv2d(32, 32, 3, padding: 1), new(32, 12, 12)),
        ("Winograd of fixed kernels", new Conv2d(32, 32, 3, padding: 1, bias: false, trainable: false), new(32, 12, 12)),
        ("pooled", new Conv2d(4, 6, 3), new(4, 12, 12)),
        ("pooled, fixed kernels", new Conv2d(4, 6, 3, trainable: false), new(4, 12, 12)),
        ("pooled, nothing to learn", new Conv2d(4, 6, 3, bias: false, trainable: false), new(4, 12, 12)),
        ("table of fixed kernels", new Conv2d(3, 2, 2, connections: [[0, 2], [1]], trainable: false), new(3, 5, 4)),
        ("depthwise", new Conv2d(16, 16, 3, padding: 1, groups: 16), new(16, 6, 6)),
        ("batch norm of many maps", new BatchNorm2d(16), new(16, 8, 8)),
    ];

    public static TheoryData<string> Names => [.. All.Select(layer => layer.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void All_other_gradients_are_what_they_are_otherwise(string name)
    {
        (_, Layer layer, Shape input) = All.Single(one => one.Name == name);
        foreach (bool first in (bool[])[true, false])
            foreach (int behind in Enumerable.Range(0, 3))
            {
                if (behind == 2 && !(layer.OutputShape(input) is { IsMaps: true, Height: >= 2, Width: >= 2 }))
                    continue;
                float[]? expected = null;
                foreach ((int? lanes, bool blocked) in ((int?, bool)[])[(1, false), (16, false), (null, true)])
                    foreach (bool keeps in (bool[])[true, false])
                        foreach (bool inputGradient in (bool[])[true, false])
                        {
                            var options = PlanOptions.Training with
                            {
                                Batch = Batch,
                                Lanes = lanes,
                                Blocked = blocked,
                                KeepActivations = keeps ? NodeSelection.All : NodeSelection.None,
                                NodeGradients = keeps ? NodeSelection.All : NodeSelection.None,
                                InputGradient = inputGradient,
                                Threads = 2,
                            };
                            string where = $"{(first ? "first" : "middle")}, {behind} layers behind, lanes {lanes}, kept {keeps}, input gradient {inputGradient}";
                            float[] frozen = Step(Build(layer, input, first, behind), options, freezes: true, where);
                            // Frozen batch normalisation computes something else: by the running statistics.
                            if (layer is not BatchNorm2d)
                                Assert.Equal(Step(Build(layer, input, first, behind), options, freezes: false, where), frozen);
                            if (!inputGradient)
                                continue;
                            expected ??= frozen;
                            Close.Assert(LayerData.Doubles(expected), frozen, 1e-3 * Math.Max(1, expected.Max(Math.Abs)), 1e-4);
                        }
            }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fixed_kernels_train_what_is_around_them(bool keeps)
    {
        // What a user met: an exception with kept activations, a null reference without.
        Network[] networks =
        [
            Network.Sequential(new Shape(1, 12, 12), new Conv2d(1, 4, 3), new ReLU(), new Conv2d(4, 4, 3, trainable: false), new Flatten(), new Linear(256, 3)),
            Network.Sequential(new Shape(1, 12, 12), new Conv2d(1, 4, 3, trainable: false), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(100, 3)),
        ];
        foreach (Network network in networks)
        {
            Plan plan = network.Compile(PlanOptions.Training with
            {
                Batch = 16,
                KeepActivations = keeps ? NodeSelection.All : NodeSelection.None,
                NodeGradients = keeps ? NodeSelection.All : NodeSelection.None
            });
            float[] kernels = Values(network.Parameters.Single(parameter => !parameter.IsTrainable)), input = LayerData.Normal(16 * 144, 1), targets = LayerData.Normal(48, 2);
            var optimizer = new Sgd(0.01);
            optimizer.Prepare([.. network.TrainableParameters.Select(parameter => parameter.Value.Length)]);
            double before = plan.TrainingStep(input, targets, new MeanSquaredError());
            plan.Update(optimizer);
            Assert.True(plan.TrainingStep(input, targets, new MeanSquaredError()) < before);
            Assert.Equal(kernels, Values(network.Parameters.Single(parameter => !parameter.IsTrainable)));
        }
    }

    /// <summary>The layer under test is called <c>tested</c>; behind it nothing, a rectifier, or a rectifier and pooling.</summary>
    private static Network Build(Layer layer, Shape input, bool first, int behind)
    {
        var builder = new NetworkBuilder(input);
        if (!first)
            builder.Add(input.Rank switch { 2 => new Conv1d(input.Channels, input.Channels, 1), 3 => new Conv2d(input.Channels, input.Channels, 1), var rank => new Linear(input[rank - 1], input[rank - 1]) }, "before");
        builder.Add(layer, "tested");
        if (behind > 0)
            builder.Add(new ReLU(), "relu");
        if (behind > 1)
            builder.Add(new MaxPool2d(2), "pool");
        builder.Add(new Flatten(), "flat");
        Network body = builder.Build();
        builder.Add(new Linear(body.OutputShape.Length, 3), "head");
        Network network = builder.Build();
        LayerData.Randomize(network, 21);
        return network;
    }

    /// <summary>Outputs and all gradients but those of the layer under test.</summary>
    private static float[] Step(Network network, PlanOptions options, bool freezes, string where)
    {
        if (freezes)
            network.Freeze("tested");
        float[][] before = [.. network.Parameters.Select(Values)];
        Plan plan = network.Compile(options);
        float[] input = LayerData.Inputs(network.InputShape, Batch, 22), targets = LayerData.Normal(Batch * 3, 23);
        plan.TrainingStep(input, targets, new MeanSquaredError());
        var others = new List<float>(plan.Outputs.ToArray());
        if (options.InputGradient)
            others.AddRange(plan.InputGradient);
        for (int p = 0; p < network.TrainableParameters.Count; p++)
            if (!network.TrainableParameters[p].Name.StartsWith("tested", StringComparison.Ordinal))
                others.AddRange(plan.Gradient(p));
        var optimizer = new AdamW(0.01, weightDecay: 0.1);
        optimizer.Prepare([.. network.TrainableParameters.Select(parameter => parameter.Value.Length)]);
        plan.Update(optimizer);
        for (int p = 0, trainable = 0; p < before.Length; p++)
        {
            // Some gradients vanish in the rectifier.
            int place = network.Parameters[p].IsTrainable ? trainable++ : -1;
            bool moves = network.Parameters[p].Learns && plan.Gradient(place).ContainsAnyExcept(0);
            if (moves)
                Assert.False(before[p].AsSpan().SequenceEqual(Values(network.Parameters[p])), $"{where}: {network.Parameters[p].Name} did not move");
            else if (freezes && network.Parameters[p].IsFrozen || network.Parameters[p].Spec is { Name: "weight", Role: ParameterRole.Buffer })
                Assert.True(before[p].AsSpan().SequenceEqual(Values(network.Parameters[p])), $"{where}: {network.Parameters[p].Name} moved");
        }
        return [.. others];
    }

    private static float[] Values(Parameter parameter) => parameter.Value.Span.ToArray();
}
