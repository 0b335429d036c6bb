using System.Text.Json;
using Fovea.Execution;
using Fovea.Layers;
using Fovea.Losses;
using Fovea.Networks;
using Fovea.Networks.Text;
using Fovea.Tensors;

namespace Fovea.Tests.Layers;

/// <summary>What layers that move, show, reduce or join elements promise beyond <see cref="LayerTests"/>.</summary>
public class ShapeLayerTests
{
    private static readonly int?[] Engines = [1, 16, null];

    [Fact]
    public void A_transpose_that_moves_nothing_costs_nothing()
    {
        Network network = new NetworkBuilder(new Shape(17, 1, 5)).ReLU().Transpose([0, 1, 2], "same").Transpose([1, 0, 2], "ones").Transpose([0, 2, 1], "turned").Build();
        foreach ((int? lanes, string[] free) in ((int?, string[])[])[(1, ["same", "ones"]), (16, ["same", "ones"]), (null, ["same"])])
            Assert.Equal(free, Compile(network, lanes, new PlanOptions()).Describe().Steps.Where(step => step.Algorithm.StartsWith("none", StringComparison.Ordinal)).Select(step => step.Nodes[0]));
    }

    /// <summary>Long runs, short ones, squares with remainders and single numbers, there and back.</summary>
    [Theory]
    [InlineData(70, 33)]
    [InlineData(7, 300)]
    [InlineData(300, 1)]
    [InlineData(9, 8)]
    public void A_transpose_and_its_inverse_give_the_input(int rows, int columns)
    {
        var shape = new Shape(2, rows, 3, columns);
        float[] input = LayerData.Normal(5 * shape.Length, 1);
        foreach (int[] order in (int[][])[[0, 3, 2, 1], [3, 1, 0, 2], [1, 3, 0, 2], [2, 0, 1, 3]])
        {
            Network network = Network.Sequential(shape, new Transpose(order), new Transpose(new Transpose(order).Inverse));
            foreach (int? lanes in Engines)
                Assert.Equal(input, Compile(network, lanes, new PlanOptions()).Forward(input).ToArray());
        }
    }

    [Fact]
    public void Parts_of_a_split_have_names_and_make_the_whole()
    {
        foreach (int dimension in (int[])[0, 1, -1])
        {
            var shape = new Shape(7, 7, 7);
            Network network = new NetworkBuilder(shape).PReLU(name: "x").Split(dimension, ("a", 1), ("b", 4), ("c", 2)).Concat(dimension, "all", "a", "b", "c").Build();
            Assert.Equal(["x", "x", "x"], ((string[])["a", "b", "c"]).Select(name => network.Nodes[network[name].Inputs[0]].Name));
            Assert.Equal(shape, network.OutputShape);
            float[] input = LayerData.Normal(3 * shape.Length, 1);
            foreach (int? lanes in Engines)
            {
                Plan plan = Compile(network, lanes, PlanOptions.Training with { InputGradient = true, NodeGradients = ["x"] });
                float[] output = plan.Forward(input).ToArray();
                Assert.Equal(input.Select(x => x > 0 ? x : 0.25f * x), output);
                plan.Backward(input);
                Assert.Equal(input, plan.ReadGradient("x").Values);
            }
        }
        Refused.With("Split: sizes must sum to the 7 of dimension 1 of (7, 7), got 3, 3", () => new NetworkBuilder(new Shape(7, 7)).Split(-1, ("a", 3), ("b", 3)));
    }

    [Fact]
    public void Of_equal_extremes_the_first_gets_the_gradient()
    {
        // Rows of (3, 4) with the extreme 2 or -2 in several places.
        float[] input = [1, 2, 2, 0, 2, 1, 2, 2, 2, 2, 0, 2];
        foreach (int? lanes in Engines)
        {
            Assert.Equal([0, 10, 0, 0, 20, 0, 0, 0, 30, 0, 0, 0], Gradient(new ReduceMax([1]), input, [10, 20, 30], lanes));
            Assert.Equal([0, 20, 30, 0, 10, 0, 0, 40, 0, 0, 0, 0], Gradient(new ReduceMax([0]), input, [10, 20, 30, 40], lanes));
            Assert.Equal([0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Gradient(new ReduceMax(), input, [10], lanes));
            Assert.Equal([0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Gradient(new ReduceMin(keepDimensions: true), [.. input.Select(x => -x)], [10], lanes));
        }

        static float[] Gradient(Layer layer, float[] input, float[] upstream, int? lanes)
        {
            Plan plan = Compile(Network.Sequential(new Shape(3, 4), layer), lanes, PlanOptions.Training with { InputGradient = true });
            plan.Forward(input);
            plan.Backward(upstream);
            return plan.InputGradient.ToArray();
        }
    }

    /// <summary>More numbers than are joined at a time, with lanes and without: sums must keep their digits.</summary>
    [Fact]
    public void Reductions_of_many_numbers_are_exact()
    {
        var shape = new Shape(3, 60, 83);
        float[] input = [.. LayerData.Normal(2 * shape.Length, 1).Select(x => x + 1)];
        double[][] rows = LayerData.Rows(input, 2);
        foreach (Reduction layer in (Reduction[])[new ReduceSum(), new ReduceMean([1, 2]), new ReduceSum([0, 2]), new ReduceMean([1], true), new ReduceMax(), new ReduceMin([2])])
            foreach (int? lanes in Engines)
            {
                double[] expected = [.. rows.SelectMany(row => ShapeReferences.Run(layer, shape, row))];
                Close.Assert(expected, Compile(Network.Sequential(shape, layer), lanes, new PlanOptions()).Forward(input), 1e-6, 1e-6);
            }
    }

    [Fact]
    public void What_is_no_number_is_the_extreme_and_the_sum()
    {
        foreach (Layer layer in (Layer[])[new ReduceMax([1]), new ReduceMin([1]), new ReduceSum([1])])
            foreach (int? lanes in Engines)
                Assert.Equal([true, false], Compile(Network.Sequential(new Shape(2, 3), layer), lanes, new PlanOptions()).Forward([1, float.NaN, 2, 3, 4, 5]).ToArray().Select(float.IsNaN));
    }

    [Fact]
    public void Where_a_dimension_has_one_element_its_softmax_is_one()
    {
        foreach ((Shape shape, int dimension) in ((Shape, int)[])[(new(), 0), (new(), -1), (new(17, 1, 1), 1), (new(3, 1), -1)])
            foreach (int? lanes in Engines)
                Assert.All(Compile(Network.Sequential(shape, new Softmax(dimension)), lanes, new PlanOptions()).Forward(LayerData.Normal(shape.Length, 1)).ToArray(), value => Assert.Equal(1, value));
    }

    /// <summary>The operator over blocks of channels takes vectors, sequences and maps along the first dimension, and nothing else.</summary>
    [Theory]
    [InlineData("20", 0, true)]
    [InlineData("20", -1, true)]
    [InlineData("20x1x1", 0, true)]
    [InlineData("20x1x1", 1, false)]
    [InlineData("20x3", 0, true)]
    [InlineData("20x3", -1, false)]
    [InlineData("20x4x3", -3, true)]
    [InlineData("20x4x3", 1, false)]
    [InlineData("1x1x20", -1, false)]
    public void A_softmax_of_blocks_of_channels_is_one_over_channels(string shape, int dimension, bool isBlocked)
    {
        Network network = Network.Sequential(SettingText.ReadShape(shape)!.Value, new Softmax(dimension));
        Assert.Equal(isBlocked, Compile(network, null, new PlanOptions()).Describe().Steps.Single(step => step.Nodes[0] == "softmax1").Algorithm == "exponentials");
    }

    [Fact]
    public void A_loss_that_applies_softmax_takes_off_one_distribution_a_sample_alone()
    {
        foreach ((Shape shape, int dimension, bool isOne) in ((Shape, int, bool)[])[(new(5), 0, true), (new(5), -1, true), (new(5, 1, 1), 0, true), (new(5, 2), 0, false), (new(5, 2), 1, false), (new(5, 1), 1, false)])
        {
            Network network = Network.Sequential(shape, new PReLU(), new Softmax(dimension));
            Assert.Equal(isOne, network.WithoutSoftmax() != network);
            string message = Assert.Throws<InvalidOperationException>(() => network.Compile(PlanOptions.Training).TrainingStep(new float[shape.Length], new float[shape.Length], new SoftmaxCrossEntropy())).Message;
            Assert.Contains(isOne ? "compile network.WithoutSoftmax()" : $"ends in a softmax that makes several of {shape}", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Files_and_texts_of_before_mean_what_they_meant()
    {
        foreach (Layer layer in (Layer[])[new Concat(), new Softmax()])
        {
            Assert.Null(LayerTable.Write(layer).ToJson());
            Assert.Equal(layer, LayerTable.Read(layer.GetType().Name, new LayerFields((JsonElement?)null)));
        }
        Network network = NetworkText.Parse("input 2x3\na: relu\nconcat input\nconcat a input dimension=1\nb: concat dimension=-1 a concat2\nsoftmax\nsoftmax -1\nreducemean\nreducesum none keepDimensions=true").CreateBlank();
        Assert.Equal([new Shape(4, 3), new Shape(2, 6), new Shape(2, 9)], ((string[])["concat1", "concat2", "b"]).Select(name => network[name].OutputShape));
        Assert.Equal([0, -1], ((string[])["softmax1", "softmax2"]).Select(name => ((Softmax)network[name].Layer).Dimension));
        Assert.Equal(new Shape(), network.OutputShape);
        Assert.StartsWith(
            "line 1: concat: no setting is named 'dim' (did you mean 'dimension'?); it is written 'concat NODE NODE with dimension'",
            Assert.Throws<NetworkTextException>(() => NetworkText.Parse("concat input input dim=1").CreateBlank(new Shape(2, 3))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_strangers_reductions_are_counted() => Assert.StartsWith(
        "line 3: reducemax: networks of up to 3E+11 multiply-adds and 12 numbers in windows",
        Assert.Throws<NetworkTextException>(() => NetworkText.Parse("reducesum 1\nreducemin 0\nreducemax 0,1 from input").CreateBlank(new Shape(2, 3), limits: new ModelLimits { MultiplyAdds = 300_000_000_000, WindowSums = 12 })).Message, StringComparison.Ordinal);

    [Fact]
    public void Layers_are_equal_when_their_settings_are()
    {
        Assert.Equal(new Transpose(0, 2, 1), new Transpose(0, -1, 1));
        Assert.NotEqual(new Transpose(0, 2, 1), new Transpose(0, 1, 2));
        Assert.Equal(new Pad([1], [2]).GetHashCode(), new Pad([1], [2]).GetHashCode());
        Assert.NotEqual(new Pad([1], [2]), new Pad([1], [2], PadMode.Reflect));
        Assert.NotEqual<Layer>(new ReduceMax([1]), new ReduceMin([1]));
        Assert.NotEqual(new ReduceMax([1]), new ReduceMax([1], keepDimensions: true));
        Assert.Equal<Layer>(new ReduceMax([1]), new ReduceMax([1]));
        Assert.Equal(new ReduceMax([1]).GetHashCode(), new ReduceMax([1]).GetHashCode());
    }

    [Fact]
    public void Wrong_settings_and_inputs_are_refused_with_one_clear_line()
    {
        Refused.With("Transpose: order must hold each dimension from 0 to 2 once, got (0, 2, 2)", () => new Transpose(0, 2, 2));
        Refused.With("Transpose: order must hold each dimension from 0 to 1 once, got (0, -3)", () => new Transpose(0, -3));
        Refused.With("Transpose: order has at most 6 dimensions, got (0, 1, 2, 3, 4, 5, 6)", () => new Transpose(0, 1, 2, 3, 4, 5, 6));
        Refused.With("Transpose: order (1, 0) is for 2 dimensions, got (3, 4, 5)", () => (object)new Transpose(1, 0).OutputShape(new Shape(3, 4, 5)));
        Refused.With("Narrow: length must be 1 or more, got 0", () => new Narrow(0, 0, 0));
        Refused.With("Narrow: dimension must be from -2 to 1 for (3, 4), got 2", () => (object)new Narrow(2, 0, 1).OutputShape(new Shape(3, 4)));
        Refused.With("Narrow: 2 elements from 3 are not all in dimension 1 of (3, 4), which has 4", () => (object)new Narrow(-1, 3, 2).OutputShape(new Shape(3, 4)));
        Refused.With("Narrow: 2 elements from -5 are not all in dimension 1 of (3, 4), which has 4", () => (object)new Narrow(1, -5, 2).OutputShape(new Shape(3, 4)));
        Refused.With("Pad: before and after must each have one number a dimension, at most 6, got (1) and (1, 2)", () => new Pad([1], [1, 2]));
        Refused.With("Pad: before and after must not be negative, got (1, 0) and (0, -1)", () => new Pad([1, 0], [0, -1]));
        Refused.With("Pad: mode must be one of Constant, Reflect, Replicate, got 7", () => new Pad([1], [1], (PadMode)7));
        Refused.With("Pad: value must be a finite number, got Infinity", () => new Pad([1], [1], value: double.PositiveInfinity));
        Refused.With("Pad: before and after have numbers for 1 dimensions, got (3, 4)", () => (object)new Pad([1], [1]).OutputShape(new Shape(3, 4)));
        Refused.With("Pad: reflecting adds fewer elements than there are on either side, got 0 before and 4 after dimension 1 of (3, 4)", () => (object)new Pad([0, 0], [0, 4], PadMode.Reflect).OutputShape(new Shape(3, 4)));
        Refused.With("Pad: dimension 0 of (3) would have 2147483650 elements", () => (object)new Pad([int.MaxValue], [0]).OutputShape(new Shape(3)));
        Refused.With("ReduceSum: dimension must be from -1 to 0 for (3), got 1", () => (object)new ReduceSum([1]).OutputShape(new Shape(3)));
        Refused.With("ReduceMax: dimensions must differ, got (1, -1) for (3, 4)", () => (object)new ReduceMax([1, -1]).OutputShape(new Shape(3, 4)));
        Refused.With("Softmax: dimension must be from -1 to 0 for (), got 1", () => (object)new Softmax(1).OutputShape(new Shape()));
        Refused.With("Concat: dimension must be from -2 to 1 for (3, 4), got -3", () => (object)new Concat(-3).OutputShape(new Shape(3, 4), new Shape(3, 4)));
        Refused.With("Concat takes inputs that differ in dimension 1 alone, got (3, 4) and (2, 4)", () => (object)new Concat(1).OutputShape(new Shape(3, 4), new Shape(2, 4)));
        Refused.With("Concat takes inputs that differ in dimension 1 alone, got (3, 4) and (3, 4, 1)", () => (object)new Concat(1).OutputShape(new Shape(3, 4), new Shape(3, 4, 1)));
        Assert.Equal("Pad2d: padding must be numbers, got same", Assert.Throws<ArgumentException>(() => new NetworkBuilder(new Shape(3, 4, 5)).Pad2d(Padding.Same)).Message);
    }

    private static Plan Compile(Network network, int? lanes, PlanOptions options) =>
        network.Compile(options with { Batch = 5, Lanes = lanes, Blocked = lanes is null });
}
