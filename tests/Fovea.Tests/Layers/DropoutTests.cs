using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Tests.Layers;

public class DropoutTests
{
    private static readonly Shape Maps = new(8, 5, 4);

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.8)]
    public void Drops_the_wanted_share_and_scales_the_rest(double p)
    {
        float[] outputs = Run(new Dropout(p), batch: 100).Outputs;
        float scale = (float)(1 / (1 - p));
        Assert.All(outputs, output => Assert.True(output == 0 || output == scale));
        AssertShare(p, outputs);
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    public void Drops_whole_maps_sample_by_sample(double p)
    {
        float[] outputs = Run(new Dropout2d(p), batch: 400).Outputs;
        float[][] maps = [.. outputs.Chunk(20)];
        Assert.All(maps, map => Assert.All(map, pixel => Assert.Equal(map[0], pixel)));
        AssertShare(p, [.. maps.Select(map => map[0])]);
        Assert.True(maps.Chunk(8).Select(sample => string.Concat(sample.Select(map => map[0] == 0 ? '.' : '#'))).Distinct().Count() > 50);
    }

    [Fact]
    public void Of_a_vector_Dropout2d_drops_single_features()
    {
        Network network = Network.Sequential(new Shape(1000), new Dropout2d(0.5));
        float[] outputs = network.Compile(PlanOptions.Training).Forward([.. Enumerable.Repeat(1f, 1000)]).ToArray();
        AssertShare(0.5, outputs);
    }

    /// <summary>Were two neighbours dropped together more or less often than chance, the hash would be poor.</summary>
    [Fact]
    public void Neighbouring_elements_samples_and_steps_are_dropped_independently()
    {
        float[] now = Run(new Dropout(0.5), batch: 400).Outputs, next = Run(new Dropout(0.5), batch: 400, step: 1).Outputs;
        int length = Maps.Length;
        AssertShare(0.5, [.. now.Zip(now.Skip(1), (a, b) => a == b ? 1f : 0)]);
        AssertShare(0.5, [.. now.Zip(now.Skip(length), (a, b) => a == b ? 1f : 0)]);
        AssertShare(0.5, [.. now.Zip(next, (a, b) => a == b ? 1f : 0)]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Backward_drops_what_forward_dropped(bool maps)
    {
        (float[] outputs, float[] gradient) = Run(maps ? new Dropout2d(0.4) : new Dropout(0.4), batch: 19);
        Assert.Equal(outputs, gradient);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_choice_depends_on_the_sample_and_not_on_lanes_batch_or_threads(bool maps)
    {
        Layer layer = maps ? new Dropout2d(0.4) : new Dropout(0.4);
        float[] outputs = Run(layer, batch: 37).Outputs;
        Assert.Equal(outputs, Run(layer, batch: 37, lanes: 1).Outputs);
        Assert.Equal(outputs, Run(layer, batch: 37, threads: 2).Outputs);
        Assert.Equal(outputs[..(5 * Maps.Length)], Run(layer, batch: 5).Outputs);
    }

    /// <summary>Maps whose channels fill one block, do not, and need several; with a frame around them where a convolution reads them; vectors and sequences.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Plans_in_blocks_drop_the_same(bool maps)
    {
        Layer layer = maps ? new Dropout2d(0.4) : new Dropout(0.4);
        foreach (Shape shape in (Shape[])[Maps, new(16, 3, 3), new(33, 5, 7), new(17, 40, 31), new(37), new(18, 9), new(2, 3, 2, 5)])
            foreach (int threads in (int[])[1, 2])
            {
                AssertSame(Network.Sequential(shape, layer), tolerance: 0);
                // Of two readers, the second adds to the gradient of the first.
                AssertSame(new NetworkBuilder(shape).Add(new LeakyReLU(0.5), "x").Add(layer, "a").Add(layer, "b", "x").Add(new Add(), "sum", "a", "b").Build(), tolerance: 0);
                if (shape.IsMaps)
                    AssertSame(new NetworkBuilder(shape).Add(layer).Conv2d(20, 3, padding: 1).Add(layer).Conv2d(5, 3, padding: 1).Build(seed: 3), tolerance: 1e-5);

                void AssertSame(Network network, double tolerance)
                {
                    PlanOptions options = PlanOptions.Training with { Batch = 5, Threads = threads, Seed = 8, InputGradient = true };
                    Plan sliced = network.Compile(options with { Lanes = 16 }), blocked = network.Compile(options with { Blocked = true });
                    float[] input = LayerData.Normal(5 * shape.Length, 3), upstream = LayerData.Normal(5 * network.OutputShape.Length, 4);
                    foreach (Plan plan in (Plan[])[sliced, blocked])
                    {
                        plan.StepCount = 6;
                        plan.Forward(input);
                        plan.Backward(upstream);
                    }
                    Close.Assert(LayerData.Doubles(sliced.Outputs), blocked.Outputs, tolerance, tolerance);
                    Close.Assert(LayerData.Doubles(sliced.InputGradient), blocked.InputGradient, tolerance, tolerance);
                    Assert.DoesNotContain(blocked.Describe().Steps, step => step.Algorithm.StartsWith("plain", StringComparison.Ordinal));
                }
            }
    }

    [Fact]
    public void Seed_step_and_node_each_choose_anew()
    {
        float[] outputs = Run(new Dropout(0.5), batch: 4).Outputs;
        Assert.Equal(outputs, Run(new Dropout(0.5), batch: 4).Outputs);
        Assert.NotEqual(outputs, Run(new Dropout(0.5), batch: 4, seed: 2).Outputs);
        Assert.NotEqual(outputs, Run(new Dropout(0.5), batch: 4, step: 1).Outputs);
        Network network = new NetworkBuilder(Maps).Add(new ReLU()).Add(new Dropout(0.5)).Build();
        Plan plan = network.Compile(PlanOptions.Training with { Batch = 4, Seed = 1 });
        Assert.NotEqual(outputs, plan.Forward([.. Enumerable.Repeat(1f, 4 * Maps.Length)]).ToArray());
    }

    [Fact]
    public void Impossible_probabilities_are_refused()
    {
        Refused.With("Dropout: p must be at least 0 and below 1, got 1", () => new Dropout(1));
        Refused.With("Dropout2d: p must be at least 0 and below 1, got -0.5", () => new Dropout2d(-0.5));
    }

    /// <summary>Forward of ones and backward of ones.</summary>
    private static (float[] Outputs, float[] Gradient) Run(Layer layer, int batch, ulong seed = 1, long step = 0, int lanes = 16, int threads = 1)
    {
        Plan plan = Network.Sequential(Maps, layer).Compile(PlanOptions.Training with
        {
            Batch = batch,
            Lanes = lanes,
            Threads = threads,
            Seed = seed,
            InputGradient = true,
        });
        plan.StepCount = step;
        float[] ones = [.. Enumerable.Repeat(1f, batch * Maps.Length)];
        plan.Forward(ones);
        plan.Backward(ones);
        return (plan.Outputs.ToArray(), plan.InputGradient.ToArray());
    }

    /// <summary>The share of zeros lies within four deviations of a binomial distribution.</summary>
    private static void AssertShare(double p, float[] values)
    {
        double share = (double)values.Count(value => value == 0) / values.Length, deviation = Math.Sqrt(p * (1 - p) / values.Length);
        Assert.InRange(share, p - 4 * deviation, p + 4 * deviation);
    }
}
