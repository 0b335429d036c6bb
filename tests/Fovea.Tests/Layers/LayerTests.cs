using Fovea.Execution;
using Fovea.Layers;
using Fovea.Losses;
using Fovea.Networks;
using Fovea.Optimizers;
using Fovea.Tensors;
using Fovea.Tests.Execution;

namespace Fovea.Tests.Layers;

/// <summary>What every layer must do, asked of every entry of <see cref="LayerCases"/>.</summary>
[Collection("layers")]
public class LayerTests
{
    /// <summary>Which engine runs the layer: samples side by side, or channels in blocks (0 lanes).</summary>
    private static readonly int[] Engines = [1, 16, 0];

    /// <summary>Batches and lanes: full, partial and several slices of either layout, and channels in blocks.</summary>
    private static readonly (int Batch, int Lanes)[] Layouts = [(1, 1), (1, 16), (5, 1), (5, 16), (16, 16), (19, 1), (19, 16), (1, 0), (5, 0)];

    public static TheoryData<string> Cases => LayerCases.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gives_the_shape_it_promises(string name)
    {
        LayerCase layer = LayerCases.Named(name);
        Assert.Equal(layer.Output, layer.Layer.OutputShape(layer.Inputs));
        Assert.Equal(layer.Output, layer.Network().OutputShape);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gives_the_values_of_the_reference(string name)
    {
        LayerCase layer = LayerCases.Named(name);
        foreach ((int batch, int lanes) in Layouts)
            foreach (bool training in (bool[])[false, true])
            {
                if (layer.Reference is null && training)
                    continue;
                Network network = layer.Network();
                LayerData.Randomize(network, 1);
                float[] input = LayerData.Inputs(network.InputShape, batch, 2);
                double[][] rows = LayerData.Rows(input, batch);
                double[][] expected = layer.Reference is null ? rows : layer.Expected(rows, LayerData.Parameters(network), training);
                Plan plan = Compile(network, lanes, TestPlans.For(training) with { Batch = batch, Threads = 1 });
                Close.Assert([.. expected.SelectMany(row => row)], plan.Forward(input), 1e-5, 1e-5);
            }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gives_the_gradients_of_the_reference(string name)
    {
        LayerCase layer = LayerCases.Named(name);
        if (layer.Reference is null)
            return; // DropoutTests has these.
        foreach ((int batch, int lanes) in Layouts)
        {
            Network network = layer.Network();
            LayerData.Randomize(network, 3);
            AssertGradients(network, layer.Expected, batch, lanes);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Adds_its_gradient_to_that_of_another_reader_of_its_input(string name)
    {
        LayerCase layer = LayerCases.Named(name);
        if (layer.Reference is null || layer.Inputs.Length > 1 || layer.Layer.InputCount == 0)
            return;
        foreach (int lanes in Engines)
        {
            Network network = new NetworkBuilder(layer.Inputs[0])
                .Add(new LeakyReLU(0.5), "shared")
                .Add(layer.Layer, "one", "shared")
                .Add(layer.Layer, "two", "shared")
                .Add(new Add(), "sum", "one", "two")
                .Build();
            LayerData.Randomize(network, 4);
            int each = layer.Layer.Parameters.Count;
            AssertGradients(network, Expected, batch: 5, lanes);

            double[][] Expected(double[][] input, double[][] parameters, bool training)
            {
                double[][] shared = References.For(new LeakyReLU(0.5), layer.Inputs[0])([input], [], training);
                double[][] one = layer.Reference([shared], parameters[..each], training), two = layer.Reference([shared], parameters[each..], training);
                return References.Add([one, two], [], training);
            }
        }
    }

    /// <summary>
    /// Five samples in sixteen lanes: a gradient in the empty lanes would show in the bias before the layer, which sums
    /// over all lanes. The empty lanes are not zeros either, for the bias is in them.
    /// </summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Lanes_without_a_sample_change_nothing(string name)
    {
        LayerCase layer = LayerCases.Named(name);
        float[][] narrow = Train(layer, threads: 1, lanes: 1, batch: 5), wide = Train(layer, threads: 1, lanes: 16, batch: 5);
        for (int i = 0; i < narrow.Length; i++)
            Close.Assert(LayerData.Doubles(narrow[i]), wide[i], 1e-5 * Math.Max(1, narrow[i].Max(Math.Abs)), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gives_the_same_bits_whatever_the_threads(string name)
    {
        LayerCase layer = LayerCases.Named(name);
        foreach (int lanes in Engines)
        {
            float[][] once = Train(layer, threads: 1, lanes), again = Train(layer, threads: 1, lanes), twice = Train(layer, threads: 2, lanes);
            for (int i = 0; i < once.Length; i++)
            {
                Assert.Equal(once[i], again[i]);
                Assert.Equal(once[i], twice[i]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Allocates_nothing_once_it_runs(string name)
    {
        foreach (int lanes in (int[])[16, 0])
        {
            (Network network, Plan plan, float[] input, float[] targets) = Trainable(LayerCases.Named(name), batch: 19, threads: 1, lanes);
            var optimizer = new Sgd(1e-6);
            optimizer.Prepare([.. network.TrainableParameters.Select(parameter => parameter.Value.Length)]);
            var loss = new MeanSquaredError();
            Steps(3);
            Assert.Equal(0, Allocations.Least(() => Steps(10)));

            void Steps(int count)
            {
                for (int i = 0; i < count; i++)
                {
                    plan.TrainingStep(input, targets, loss);
                    plan.Update(optimizer);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_step_against_the_gradient_lowers_the_loss_by_what_the_gradient_says(string name)
    {
        (Network network, Plan plan, float[] input, float[] targets) = Trainable(LayerCases.Named(name), batch: 19, threads: 1);
        var loss = new MeanSquaredError();
        double before = plan.TrainingStep(input, targets, loss), square = 0;
        for (int p = 0; p < network.TrainableParameters.Count; p++)
            foreach (float value in plan.Gradient(p))
                square += (double)value * value;
        double predicted = before * 1e-3;
        var optimizer = new Sgd(predicted / square);
        optimizer.Prepare([.. network.TrainableParameters.Select(parameter => parameter.Value.Length)]);
        plan.Update(optimizer);
        plan.StepCount = 0; // The same elements are dropped again.
        double lowered = before - plan.TrainingStep(input, targets, loss);
        Assert.InRange(lowered, 0.7 * predicted, 1.3 * predicted);
    }

    private static Plan Compile(Network network, int lanes, PlanOptions options) =>
        network.Compile(lanes == 0 ? options with { Blocked = true } : options with { Lanes = lanes });

    private static void AssertGradients(Network network, Func<double[][], double[][], bool, double[][]> reference, int batch, int lanes)
    {
        Plan plan = Compile(network, lanes, PlanOptions.Training with { Batch = batch, InputGradient = true, Threads = 1 });
        float[] input = LayerData.Inputs(network.InputShape, batch, 5), upstream = LayerData.Normal(batch * network.OutputShape.Length, 6);
        double[][] rows = LayerData.Rows(input, batch), parameters = LayerData.Parameters(network), upstreamRows = LayerData.Rows(upstream, batch);
        plan.Forward(input);
        plan.Backward(upstream);
        int length = network.InputShape.Length;
        Func<double[][]> outputs = () => reference(rows, parameters, true);
        LayerData.AssertGradient($"input gradient, batch {batch}, lanes {lanes}", plan.InputGradient, i => (rows[i / length], i % length), outputs, upstreamRows, 7);
        for (int p = 0, trainable = 0; p < network.Parameters.Count; p++)
            if (network.Parameters[p].IsTrainable)
            {
                double[] values = parameters[p];
                LayerData.AssertGradient($"{network.Parameters[p].Name}, batch {batch}, lanes {lanes}", plan.Gradient(trainable++), i => (values, i), outputs, upstreamRows, 8);
            }
    }

    /// <summary>Outputs, input gradient, gradients and parameters after a few steps.</summary>
    private static float[][] Train(LayerCase layer, int threads, int lanes, int batch = 67)
    {
        (Network network, Plan plan, float[] input, float[] targets) = Trainable(layer, batch, threads, lanes);
        var optimizer = new Sgd(1e-6);
        optimizer.Prepare([.. network.TrainableParameters.Select(parameter => parameter.Value.Length)]);
        for (int i = 0; i < 3; i++)
        {
            plan.TrainingStep(input, targets, new MeanSquaredError());
            plan.Update(optimizer);
        }
        return
        [
            plan.Outputs.ToArray(), plan.InputGradient.ToArray(),
            .. network.TrainableParameters.Select((_, p) => plan.Gradient(p).ToArray()),
            .. network.Parameters.Select(parameter => parameter.Value.Span.ToArray()),
        ];
    }

    /// <summary>The layer behind a convolution or linear layer, so that there is something to train, and data for it.</summary>
    private static (Network, Plan, float[] Input, float[] Targets) Trainable(LayerCase layer, int batch, int threads, int lanes = 16)
    {
        Network network = layer.Inputs.Length > 1 ? layer.Network() : Trained(layer).Build();
        LayerData.Randomize(network, 9);
        Plan plan = Compile(network, lanes, PlanOptions.Training with { Batch = batch, InputGradient = true, Threads = threads, Seed = 11 });
        return (network, plan, LayerData.Inputs(network.InputShape, batch, 10), LayerData.Normal(batch * network.OutputShape.Length, 12));
    }

    private static NetworkBuilder Trained(LayerCase layer)
    {
        NetworkBuilder builder = Behind(layer.Layer.InputCount == 0 ? layer.Output : layer.Inputs[0]);
        string before = builder.LastNode;
        builder.Add(layer.Layer, "layer");
        return layer.Layer.InputCount == 0 ? builder.Add(new Add(), "sum", before, "layer") : builder;
    }

    private static NetworkBuilder Behind(Shape input) => input.Rank switch
    {
        1 => new NetworkBuilder(input).Add(new Linear(input.Length, input.Length)),
        2 => new NetworkBuilder(input).Add(new Conv1d(input.Channels, input.Channels, 1)),
        3 => new NetworkBuilder(input).Add(new Conv2d(input.Channels, input.Channels, 1)),
        _ => new NetworkBuilder(new Shape(input.Length)).Add(new Linear(input.Length, input.Length)).Add(new Reshape(input.ToArray())),
    };
}

/// <summary>These tests count allocations and need the worker threads for themselves.</summary>
[CollectionDefinition("layers", DisableParallelization = true)]
public class LayerCollection;
