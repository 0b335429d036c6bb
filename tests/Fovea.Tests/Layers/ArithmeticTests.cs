using Fovea.Execution;
using Fovea.Kernels.Elementwise;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Tests.Layers;

/// <summary>What arithmetic and matrix products promise beyond <see cref="LayerTests"/>.</summary>
public class ArithmeticTests
{
    private static readonly int?[] Engines = [1, 16, null];

    /// <summary>A tie, a pair of zeros of both signs, one side and the other: values and gradients as in PyTorch.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Where_both_are_equal_each_gets_half_the_gradient(bool isMaximum)
    {
        float[] left = [2, 0, 5, -3], right = [2, -0f, 1, 4], upstream = [8, 6, 10, 20];
        float[] larger = [4, 3, 10, 0], smaller = [4, 3, 0, 20];
        foreach (int? lanes in Engines)
        {
            Plan plan = Compile(Pair(isMaximum ? new Maximum() : new Minimum(), new Shape(4), new Shape(4)), lanes, batch: 1);
            Assert.Equal(isMaximum ? [2, 0, 5, 4] : [2, 0, 1, -3], plan.Forward([.. left, .. right]).ToArray());
            plan.Backward(upstream);
            Assert.Equal(isMaximum ? [.. larger, 4, 3, 0, 20] : [4, 3, 0, 20, 4, 3, 10, 0], plan.InputGradient.ToArray());
            Assert.Equal(larger.Zip(smaller, (a, b) => a + b).Order(), upstream.Order());
        }
    }

    /// <summary>NaN is the value, and both operands get the gradient, as in PyTorch.</summary>
    [Fact]
    public void A_number_that_is_none_is_neither_larger_nor_smaller()
    {
        foreach (Layer layer in (Layer[])[new Maximum(), new Minimum()])
            foreach (int? lanes in Engines)
            {
                Plan plan = Compile(Pair(layer, new Shape(2), new Shape(2)), lanes, batch: 1);
                Assert.All(plan.Forward([float.NaN, 1, 1, float.NaN]).ToArray(), value => Assert.True(float.IsNaN(value)));
                plan.Backward([3, 5]);
                Assert.Equal([3, 5, 3, 5], plan.InputGradient.ToArray());
            }
    }

    [Theory]
    [InlineData("add")]
    [InlineData("subtract")]
    [InlineData("multiply")]
    [InlineData("divide")]
    [InlineData("minimum")]
    [InlineData("maximum")]
    public void Both_operands_may_be_one_node(string word)
    {
        (Layer layer, Func<float, float> value, Func<float, float> slope) = word switch
        {
            "add" => ((Layer)new Add(), (Func<float, float>)(x => x + x), (Func<float, float>)(_ => 2)),
            "subtract" => (new Subtract(), _ => 0, _ => 0),
            "multiply" => (new Multiply(), x => x * x, x => 2 * x),
            "divide" => (new Divide(), _ => 1, _ => 0),
            "minimum" => (new Minimum(), x => x, _ => 1),
            _ => (new Maximum(), x => x, _ => 1),
        };
        foreach (Shape shape in (Shape[])[new(), new(5), new(17, 3, 2)])
            foreach (int? lanes in Engines)
            {
                Network network = new NetworkBuilder(shape).Add(new LeakyReLU(1), "x").Add(layer, "y", "x", "x").Build();
                float[] input = LayerData.Inputs(shape, 5, 1), upstream = LayerData.Normal(5 * shape.Length, 2);
                Plan plan = Compile(network, lanes, batch: 5);
                Close.Assert([.. input.Select(x => (double)value(x))], plan.Forward(input), 1e-6, 1e-6);
                plan.Backward(upstream);
                Close.Assert([.. input.Zip(upstream, (x, g) => (double)slope(x) * g)], plan.InputGradient, 1e-5, 1e-5);
            }
    }

    [Fact]
    public void A_matrix_may_be_multiplied_by_itself()
    {
        var shape = new Shape(2, 7, 7);
        foreach (int? lanes in Engines)
        {
            Network network = new NetworkBuilder(shape).Add(new LeakyReLU(1), "x").Add(new MatMul(), "y", "x", "x").Build();
            float[] input = LayerData.Inputs(shape, 3, 1), upstream = LayerData.Normal(3 * shape.Length, 2);
            double[][] rows = LayerData.Rows(input, 3);
            Plan plan = Compile(network, lanes, batch: 3);
            Reference meaning = ArithmeticReferences.MatMul(shape, shape, shape);
            Func<double[][]> outputs = () => meaning([rows, rows], [], true);
            Close.Assert([.. outputs().SelectMany(row => row)], plan.Forward(input), 1e-5, 1e-5);
            plan.Backward(upstream);
            LayerData.AssertGradient($"lanes {lanes}", plan.InputGradient, i => (rows[i / shape.Length], i % shape.Length), outputs, LayerData.Rows(upstream, 3), 3);
        }
    }

    /// <summary>Five samples in sixteen lanes: 0 / 0 in the empty ones must reach neither the weights nor the input's gradient.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Division_in_lanes_without_a_sample_reaches_nothing(bool repeats)
    {
        Shape left = new(6), right = repeats ? new(1) : new(6);
        Network Build()
        {
            Network network = NetworkBuilder.WithInputs(("left", left), ("right", right))
                .Add(new Divide(), "ratio", "left", "right").Add(new Linear(6, 4), "fc").Build(seed: 2);
            LayerData.Randomize(network, 3);
            return network;
        }
        float[] input = [.. LayerData.Inputs(new Shape(left.Length + right.Length), 5, 4).Select(x => MathF.CopySign(MathF.Abs(x) + 0.5f, x))], upstream = LayerData.Normal(5 * 4, 5);
        float[][] results = [.. ((int[])[1, 16]).Select(lanes =>
        {
            Plan plan = Compile(Build(), lanes, batch: 5);
            float[] outputs = plan.Forward(input).ToArray();
            plan.Backward(upstream);
            return (float[])[.. outputs, .. plan.InputGradient, .. plan.Gradient(0), .. plan.Gradient(1)];
        })];
        Assert.All(results[1], value => Assert.True(float.IsFinite(value)));
        Close.Assert(LayerData.Doubles(results[0]), results[1], 1e-5, 1e-5);
    }

    [Fact]
    public void Sums_over_what_is_repeated_are_exact_enough()
    {
        // A hundred thousand gradients of 1 in one number: one sum after the other in floats would still be exact, and so must sums in parts be.
        var maps = new Shape(2, 250, 200);
        foreach (int? lanes in Engines)
        {
            Network network = Pair(new Multiply(), maps, new Shape());
            Plan plan = Compile(network, lanes, batch: 1);
            float[] input = new float[network.InputShape.Length], ones = new float[maps.Length];
            input.AsSpan(0, maps.Length).Fill(1);
            ones.AsSpan().Fill(1);
            plan.Forward(input);
            plan.Backward(ones);
            Assert.Equal(maps.Length, plan.InputGradient[^1]);
        }
    }

    [Theory]
    [InlineData(new[] { 3, 5, 4 }, new[] { 3, 5, 4 }, 1, 1)]
    [InlineData(new[] { 3, 5, 4 }, new[] { 3, 1, 1 }, 1, 1)]
    [InlineData(new[] { 3, 5, 4 }, new[] { 4 }, 1, 1)]
    [InlineData(new[] { 3, 5, 4 }, new[] { 1 }, 1, 1)]
    [InlineData(new[] { 3, 5, 4 }, new[] { 3, 1, 1 }, 16, 3)]
    [InlineData(new[] { 3, 5, 4 }, new[] { 5, 4 }, 16, 1)]
    [InlineData(new[] { 2, 3, 2, 3, 2, 5 }, new[] { 2, 1, 2, 1, 2, 1 }, 16, 72)]
    public void Dimensions_in_which_the_same_operands_repeat_are_one(int[] left, int[] right, int lanes, int tiles)
    {
        var counted = new CountingFunction();
        int[] output = left;
        var loop = new BroadcastLoop(left, right, output, lanes);
        float[] x = new float[lanes * left.Aggregate(1, (a, b) => a * b)], y = new float[lanes * right.Aggregate(1, (a, b) => a * b)];
        loop.Forward(counted, x, y, new float[x.Length]);
        Assert.Equal(tiles, counted.Calls);
        Assert.Throws<ArgumentOutOfRangeException>(() => loop.Forward(counted, x.AsSpan(1), y, new float[x.Length]));
        Assert.Throws<ArgumentOutOfRangeException>(() => loop.Forward(counted, x, y, new float[x.Length + 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => loop.Gradient(counted, true, x, y, x, new float[x.Length - 1]));
    }

    [Fact]
    public void Wrong_inputs_are_refused_in_one_line_with_both_shapes()
    {
        foreach (Layer layer in (Layer[])[new Add(), new Subtract(), new Multiply(), new Divide(), new Minimum(), new Maximum()])
            Refused.With(
                $"{layer.GetType().Name} takes shapes whose sizes, from the last on, are equal or 1, got (3, 2, 2) and (3, 1)",
                () => (object)layer.OutputShape(new Shape(3, 2, 2), new Shape(3, 1)));
        Refused.With("Add takes shapes whose sizes, from the last on, are equal or 1, got (3, 4) and (5)", () => (object)new Add().OutputShape(new Shape(3, 1), new Shape(1, 4), new Shape(5)));
        foreach ((Shape left, Shape right) in ((Shape, Shape)[])[(new(2, 3), new(2, 3)), (new(), new(3)), (new(3), new()), (new(3), new(4)), (new(2, 4, 3), new(3, 3, 5)), (new(3, 2), new(3))])
            Refused.With($"MatMul takes (…, M, K) and (…, K, N), whose leading sizes are equal or 1, got {left} and {right}", () => (object)new MatMul().OutputShape(left, right));
        Refused.With("Linear takes a vector (60), got (3, 5, 4); put Flatten before it", () => (object)new Linear(60, 2).OutputShape(new Shape(3, 5, 4)));
        Refused.With("Linear takes a vector (21), got (3, 7); put Flatten before it", () => (object)new Linear(21, 2).OutputShape(new Shape(3, 7)));
        Refused.With("Linear takes (…, 5), got (3, 7)", () => (object)new Linear(5, 2).OutputShape(new Shape(3, 7)));
        Refused.With("Linear takes (5), got (7)", () => (object)new Linear(5, 2).OutputShape(new Shape(7)));
        Refused.With("Linear takes (5), got ()", () => (object)new Linear(5, 2).OutputShape(new Shape()));
        Assert.Contains("takes 2 inputs, got 3", Assert.Throws<ArgumentException>(() => new NetworkBuilder(new Shape(3)).Add(new Subtract(), "s", "input", "input", "input")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Multiply_adds_are_counted()
    {
        Assert.Equal(2 * 3 * 4 * 5 * 6, new MatMul().MultiplyAdds(new Shape(2, 3, 4, 5), new Shape(5, 6)));
        Assert.Equal(7, new MatMul().MultiplyAdds(new Shape(7), new Shape(7)));
        Assert.Equal(3 * 7 * 5, new Linear(7, 5).MultiplyAdds(new Shape(3, 7)));
        Assert.Equal(35, new Linear(7, 5).MultiplyAdds(new Shape(7)));
    }

    private static Network Pair(Layer layer, Shape left, Shape right) =>
        NetworkBuilder.WithInputs(("left", left), ("right", right)).Add(layer, "both", "left", "right").Build();

    private static Plan Compile(Network network, int? lanes, int batch) =>
        network.Compile(PlanOptions.Training with { Batch = batch, Lanes = lanes, Blocked = lanes is null, InputGradient = true, Threads = 1 });

    private sealed unsafe class CountingFunction : BinaryFunction
    {
        public int Calls { get; private set; }

        public override bool IsFinite => true;

        public override void Forward(float* x, float* y, float* z, in BinaryTile tile) => Calls++;

        public override void Gradient(bool left, float* x, float* y, float* g, float* d, bool adds, in BinaryTile tile) => Calls++;
    }

    /// <summary>Lanes without a sample hold σ(0), which grows from square to square until it is no number.</summary>
    [Fact]
    public void Products_in_empty_lanes_leave_gradients_finite()
    {
        NetworkBuilder builder = new NetworkBuilder(new Shape(1, 2, 2)).Conv2d(3, 1).Sigmoid();
        for (int i = 0; i < 3; i++)
            builder.Add(new Add(), null, builder.LastNode, builder.LastNode);
        for (int i = 0; i < 7; i++)
            builder.Add(new Multiply(), null, builder.LastNode, builder.LastNode);
        Network network = builder.Conv2d(2, 1).Build(seed: 1);
        network.Parameters[0].Value.Span.Fill(1);
        network.Parameters[1].Value.Span.Clear();
        Plan plan = network.Compile(PlanOptions.Training with { Batch = 16 });
        plan.Forward([-3, -3, -3, -3]);
        plan.Backward(new float[8]);
        for (int p = 0; p < network.TrainableParameters.Count; p++)
            Assert.All(plan.Gradient(p).ToArray(), gradient => Assert.True(float.IsFinite(gradient)));
    }
}
