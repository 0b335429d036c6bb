using Fovea.Execution;
using Fovea.Layers;
using Fovea.Losses;
using Fovea.Networks;
using Fovea.Tensors;
using Fovea.Tests.Layers;

namespace Fovea.Tests.Execution;

/// <summary>A clamp behind the network's input added to itself, which convolutions alone may read as narrow as it is.</summary>
public class ClampedSumTests
{
    private const int Batch = 3;

    public static TheoryData<int, int, bool, bool, bool> Engines
    {
        get
        {
            var data = new TheoryData<int, int, bool, bool, bool>();
            foreach (int channels in (int[])[3, 20])
                foreach (bool inputGradient in (bool[])[false, true])
                {
                    data.Add(channels, 1, false, false, inputGradient);
                    data.Add(channels, 16, false, false, inputGradient);
                    data.Add(channels, 1, true, true, inputGradient);
                    data.Add(channels, 1, true, false, inputGradient);
                }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Gives_the_values_and_gradients_of_the_reference(int channels, int lanes, bool blocked, bool keeps, bool inputGradient)
    {
        var shape = new Shape(channels, 6, 5);
        var conv = new Conv2d(channels, 20, 3, padding: 1);
        Network network = new NetworkBuilder(shape).Add(new Add(), "twice", NetworkBuilder.Input, NetworkBuilder.Input).Add(new ReLU6(), "relu6").Add(conv, "conv").Build();
        LayerData.Randomize(network, 1);
        // Sums within ±8: some below the clamp, some within, some above.
        float[] input = [.. LayerData.Inputs(shape, Batch, 2).Select(value => 2 * value)], targets = LayerData.Normal(Batch * network.OutputShape.Length, 3);
        double[][] rows = LayerData.Rows(input, Batch), parameters = LayerData.Parameters(network);
        double[] expected = [.. Outputs().SelectMany(row => row)];
        double[][] upstream = [.. expected.Select((y, i) => 2 * (y - targets[i]) / Batch).Chunk(network.OutputShape.Length)];
        foreach (bool training in (bool[])[false, true])
            foreach (bool winograd in (bool[])[false, true])
            {
                Plan plan = network.Compile(TestPlans.For(training) with
                {
                    Batch = Batch,
                    Lanes = lanes,
                    Threads = 2,
                    Blocked = blocked,
                    KeepActivations = keeps ? NodeSelection.All : NodeSelection.None,
                    InputGradient = inputGradient && training,
                    Winograd = winograd,
                });
                if (!training)
                    plan.Forward(input);
                else
                    plan.TrainingStep(input, targets, new MeanSquaredError());
                Close.Assert(expected, plan.Outputs, 1e-4, 1e-5);
                if (!training)
                    continue;
                if (inputGradient)
                    LayerData.AssertGradient("input gradient", plan.InputGradient, i => (rows[i / shape.Length], i % shape.Length), Outputs, upstream, 4);
                for (int p = 0; p < parameters.Length; p++)
                    LayerData.AssertGradient(network.Parameters[p].Name, plan.Gradient(p), i => (parameters[p], i), Outputs, upstream, 5);
            }

        double[][] Outputs()
        {
            double[][] sum = Layers.References.Add([rows, rows], [], true);
            return Layers.References.For(conv, shape)([Layers.References.For(new ReLU6(), shape)([sum], [], true)], parameters, true);
        }
    }
}
