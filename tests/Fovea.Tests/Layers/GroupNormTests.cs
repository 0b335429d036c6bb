using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Tests.Layers;

/// <summary>What layer, group and instance normalisation promise beyond the table of layers.</summary>
public class GroupNormTests
{
    /// <summary>Layers over one shape that normalise stretches of so many elements.</summary>
    private static readonly (Layer Layer, int Length)[] Layers =
        [(new LayerNorm([35], affine: false), 35), (new LayerNorm([35]), 35), (new LayerNorm([6, 3, 35]), 630), (new GroupNorm(2, 6), 315), (new InstanceNorm2d(6), 105)];

    private static readonly Shape Maps = new(6, 3, 35);

    /// <summary>Values around 1,000 that differ by about 1, of which sums of squares in single precision would leave nothing.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Large_means_cost_no_precision(int lanes)
    {
        const int batch = 5;
        float[] input = LayerData.Normal(batch * Maps.Length, 1), upstream = LayerData.Normal(batch * Maps.Length, 2);
        foreach (ref float value in input.AsSpan())
            value += 1000;
        foreach ((Layer layer, int length) in Layers)
        {
            Plan plan = Network.Sequential(Maps, layer).Compile(PlanOptions.Training with { Batch = batch, Lanes = lanes, InputGradient = true });
            double[] output = new double[input.Length], gradient = new double[input.Length];
            for (int start = 0; start < input.Length; start += length)
            {
                double[] part = LayerData.Doubles(input.AsSpan(start, length)), g = LayerData.Doubles(upstream.AsSpan(start, length));
                double mean = part.Average(), deviation = Math.Sqrt(part.Average(v => (v - mean) * (v - mean)) + 1e-5);
                double meanProduct = part.Zip(g, (v, u) => (v - mean) / deviation * u).Average();
                for (int i = 0; i < length; i++)
                {
                    output[start + i] = (part[i] - mean) / deviation;
                    gradient[start + i] = (g[i] - g.Average() - output[start + i] * meanProduct) / deviation;
                }
            }
            Close.Assert(output, plan.Forward(input), 2e-6, 2e-6);
            plan.Backward(upstream);
            Close.Assert(gradient, plan.InputGradient, 3e-6, 3e-6);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void What_does_not_vary_becomes_the_bias(int lanes)
    {
        foreach ((Layer layer, _) in Layers.Where(entry => entry.Layer.Parameters.Count > 0))
        {
            Network network = Network.Sequential(Maps, layer);
            network.Parameters[1].Value.Span.Fill(0.25f);
            float[] input = new float[Maps.Length];
            Array.Fill(input, 1234.56f);
            Assert.All(network.Compile(new PlanOptions { Lanes = lanes }).Forward(input).ToArray(), value => Assert.Equal(0.25f, value));
        }
    }

    [Fact]
    public void One_is_the_other_where_their_parts_are_the_same()
    {
        float[] input = LayerData.Normal(3 * Maps.Length, 3);
        Close.Assert(LayerData.Doubles(Run(new GroupNorm(6, 6, affine: false))), Run(new InstanceNorm2d(6)), 0, 0);
        Close.Assert(LayerData.Doubles(Run(new LayerNorm([6, 3, 35], affine: false))), Run(new GroupNorm(1, 6, affine: false)), 0, 0);

        float[] Run(Layer layer) => Network.Sequential(Maps, layer).Compile(new PlanOptions { Batch = 3, Lanes = 1 }).Forward(input).ToArray();
    }

    [Fact]
    public void They_start_with_scale_1_and_shift_0_and_keep_no_statistics()
    {
        foreach ((Layer layer, Shape shape) in ((Layer, Shape)[])[(new LayerNorm([3, 35]), new(3, 35)), (new GroupNorm(3, 6), new(6)), (new InstanceNorm2d(6, affine: true), new(6))])
        {
            Network network = Network.Sequential(Maps, layer);
            Assert.Equal([("weight", shape), ("bias", shape)], network.TrainableParameters.Select(parameter => (parameter.Spec.Name, parameter.Spec.Shape)));
            Assert.Equal(2, network.Parameters.Count);
            Assert.All(network.Parameters[0].Value.Span.ToArray(), value => Assert.Equal(1, value));
            Assert.All(network.Parameters[1].Value.Span.ToArray(), value => Assert.Equal(0, value));
            Assert.All(network.Parameters, parameter => Assert.Equal(ParameterRole.Bias, parameter.Spec.Role));
        }
        Assert.Empty(new InstanceNorm2d(6).Parameters);
        Assert.Empty(new LayerNorm([6], affine: false).Parameters);
    }

    [Fact]
    public void Descriptions_are_equal_if_their_sizes_are()
    {
        Assert.Equal(new LayerNorm([3, 4]), new LayerNorm([3, 4]));
        Assert.NotEqual(new LayerNorm([3, 4]), new LayerNorm([4, 3]));
        Assert.NotEqual(new LayerNorm([12]), new LayerNorm([12], affine: false));
    }

    [Fact]
    public void Wrong_settings_and_inputs_are_refused_with_one_clear_line()
    {
        Refused.With("LayerNorm: normalizedShape must be 1 to 6 positive sizes, got ()", () => new LayerNorm([]));
        Refused.With("LayerNorm: normalizedShape must be 1 to 6 positive sizes, got (3, 0)", () => new LayerNorm([3, 0]));
        Refused.With("LayerNorm: eps must be positive, got 0", () => new LayerNorm([3], eps: 0));
        Refused.With("LayerNorm of (4, 5) takes a shape that ends so, got (4, 5, 4)", () => (object)new LayerNorm([4, 5]).OutputShape(new Shape(4, 5, 4)));
        Refused.With("LayerNorm of (4, 5) takes a shape that ends so, got (5)", () => (object)new LayerNorm([4, 5]).OutputShape(new Shape(5)));
        Refused.With("GroupNorm: numGroups must be 1 or more, got 0", () => new GroupNorm(0, 4));
        Refused.With("GroupNorm: numGroups must divide 4 channels, got 3", () => new GroupNorm(3, 4));
        Refused.With("GroupNorm takes 4 channels, got (3, 2, 2)", () => (object)new GroupNorm(2, 4).OutputShape(new Shape(3, 2, 2)));
        Refused.With("GroupNorm takes 1 channels, got a number", () => (object)new GroupNorm(1, 1).OutputShape(new Shape()));
        Refused.With("InstanceNorm2d: numFeatures must be 1 or more, got 0", () => new InstanceNorm2d(0));
        Refused.With("InstanceNorm2d: eps must be positive, got -1", () => new InstanceNorm2d(3, eps: -1));
        Refused.With("InstanceNorm2d takes feature maps (C, H, W), got (3)", () => (object)new InstanceNorm2d(3).OutputShape(new Shape(3)));
        Refused.With("LayerNorm: normalizedShape must be 1 to 6 positive sizes, got ()", () => new NetworkBuilder(new Shape(1)).Reshape([]).LayerNorm());
    }
}
