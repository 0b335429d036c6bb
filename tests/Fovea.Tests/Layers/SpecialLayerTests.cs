using Fovea.Execution;
using Fovea.Kernels.Elementwise;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Tests.Layers;

/// <summary>What single layers promise beyond <see cref="LayerTests"/>.</summary>
public class SpecialLayerTests
{
    [Fact]
    public void GELU_is_as_exact_as_its_normal_distribution_says()
    {
        float[] x = [.. Enumerable.Range(-60000, 120001).Select(i => i / 10000f)], y = new float[x.Length], slope = new float[x.Length], ones = new float[x.Length];
        ones.AsSpan().Fill(1);
        ElementwiseLoop.Forward(new GELUFunction(), x, y);
        ElementwiseLoop.Backward(new GELUFunction(), x, y, ones, slope);
        for (int i = 0; i < x.Length; i += 7)
        {
            double cumulative = (1 + References.Erf(x[i] / Math.Sqrt(2))) / 2, density = Math.Exp(-x[i] * (double)x[i] / 2) / Math.Sqrt(2 * Math.PI);
            Assert.Equal(x[i] * cumulative, y[i], 2e-7 * Math.Max(1, Math.Abs(x[i])));
            Assert.Equal(cumulative + x[i] * density, slope[i], 4e-7);
        }
    }

    [Fact]
    public void Far_out_GELU_and_SiLU_are_0_or_the_input_and_never_NaN()
    {
        foreach (Layer layer in (Layer[])[new GELU(), new SiLU()])
        {
            Plan plan = Network.Sequential(new Shape(4), layer).Compile(PlanOptions.Training with { InputGradient = true });
            Assert.Equal([0, 0, 100, 1e6f], plan.Forward([-1e6f, -200, 100, 1e6f]).ToArray().Select(value => value == 0 ? 0 : value));
            plan.Backward([1, 1, 1, 1]);
            Assert.Equal([0, 0, 1, 1], plan.InputGradient.ToArray().Select(value => Math.Abs(value) < 1e-30 ? 0 : value));
        }
    }

    [Fact]
    public void ScaledTanh_keeps_one_at_one()
    {
        float[] outputs = Network.Sequential(new Shape(3), new ScaledTanh()).Compile().Forward([-1, 0, 1]).ToArray();
        Close.Assert([-1, 0, 1], outputs, 1e-4, 0);
    }

    [Fact]
    public void The_output_units_centres_are_ten_different_bitmaps_of_ink_and_paper()
    {
        float[] centers = AsciiDigits.Centers(10);
        Assert.Equal(10 * 7 * 12, centers.Length);
        Assert.All(centers, value => Assert.True(value is 1 or -1));
        float[][] digits = [.. centers.Chunk(AsciiDigits.Length)];
        for (int a = 0; a < 10; a++)
            for (int b = 0; b < a; b++)
                Assert.True(digits[a].Zip(digits[b]).Count(pair => pair.First != pair.Second) >= 8, $"{a} and {b} look alike");
        // The crossbar of the 7, and the 1's stem.
        Assert.Equal([1, 1, 1, 1, 1, 1, 1], digits[7][7..14]);
        Assert.Equal([-1, -1, -1, 1, 1, -1, -1], digits[1][42..49]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(26)]
    public void Other_numbers_of_classes_get_codes_that_differ(int classes)
    {
        float[][] codes = [.. AsciiDigits.Centers(classes).Chunk(AsciiDigits.Length)];
        Assert.Equal(classes, codes.Length);
        Assert.Equal(AsciiDigits.Centers(classes), AsciiDigits.Centers(classes));
        Assert.All(codes.SelectMany(code => code), value => Assert.True(value is 1 or -1));
        Assert.Equal(classes, codes.Select(code => string.Concat(code.Select(value => value > 0 ? '#' : '.'))).Distinct().Count());
    }

    [Fact]
    public void An_output_unit_is_zero_at_its_centre_and_a_softmax_after_it_names_the_digit()
    {
        Network network = Network.Sequential(new Shape(84), new Rbf(84, 10), new Softmax());
        Assert.Empty(network.TrainableParameters);
        Plan plan = network.Compile(new PlanOptions { KeepActivations = ["rbf1"] });
        float[][] digits = [.. AsciiDigits.Centers(10).Chunk(84)];
        for (int digit = 0; digit < 10; digit++)
        {
            Assert.True(plan.Forward(digits[digit])[digit] > 0.999f);
            Assert.Equal(0, plan.ReadActivation("rbf1").Values[digit]);
        }
    }

    [Fact]
    public void A_node_may_be_added_to_itself()
    {
        Network network = new NetworkBuilder(new Shape(3)).Add(new LeakyReLU(1), "x").Add(new Add(), "sum", "x", "x", "input").Build();
        Plan plan = network.Compile(PlanOptions.Training with { InputGradient = true });
        Assert.Equal([3, -6, 9], plan.Forward([1, -2, 3]).ToArray());
        plan.Backward([1, 10, 100]);
        Assert.Equal([3, 30, 300], plan.InputGradient.ToArray());
    }

    [Fact]
    public void Wrong_settings_and_inputs_are_refused_with_one_clear_line()
    {
        Refused.With("PReLU: numParameters must be 1 or more, got 0", () => new PReLU(0));
        Refused.With("PReLU takes 3 channels, got (4, 2, 2)", () => (object)new PReLU(3).OutputShape(new Shape(4, 2, 2)));
        Refused.With("ELU: alpha must be a finite number, got NaN", () => new ELU(double.NaN));
        Refused.With("Softplus: beta must be positive, got 0", () => new Softplus(0));
        Refused.With("Softplus: threshold must be a finite number, got NaN", () => new Softplus(1, double.NaN));
        Refused.With("Clamp: min must be a finite number, got -Infinity", () => new Clamp(double.NegativeInfinity));
        Refused.With("Clamp: max must be above 2, got 1", () => new Clamp(2, 1));
        Refused.With("LeakyReLU: negativeSlope must be a finite number, got NaN", () => new LeakyReLU(double.NaN));
        Refused.With("LocalResponseNorm: size must be 1 or more, got 0", () => new LocalResponseNorm(0));
        Refused.With("LocalResponseNorm: k must be positive, got 0", () => new LocalResponseNorm(5, k: 0));
        Refused.With("Rbf takes a vector (84), got (6, 5, 5)", () => (object)new Rbf(84, 10).OutputShape(new Shape(6, 5, 5)));
        Refused.With("Concat takes inputs that differ in dimension 0 alone, got (3, 2, 2) and (3, 2, 1)", () => (object)new Concat().OutputShape(new Shape(3, 2, 2), new Shape(3, 2, 1)));
        Refused.With("classes must be 1 or more, got 0", () => AsciiDigits.Centers(0));
    }
}
