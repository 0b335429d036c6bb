using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Tests.Layers;

public class BatchNormTests
{
    [Fact]
    public void Starts_with_scale_1_shift_0_mean_0_and_variance_1()
    {
        Network network = Network.Sequential(new Shape(2, 3, 3), new BatchNorm2d(2));
        Assert.Equal(["weight", "bias", "running_mean", "running_var"], network.Parameters.Select(parameter => parameter.Spec.Name));
        Assert.Equal([1, 1, 0, 0, 0, 0, 1, 1], network.Parameters.SelectMany(parameter => parameter.Value.Span.ToArray()));
        Assert.Equal(2, network.TrainableParameters.Count);
        Assert.Empty(Network.Sequential(new Shape(2, 3, 3), new BatchNorm2d(2, affine: false)).TrainableParameters);
    }

    /// <summary>Values around 10,000 that differ by about 1: what single-precision sums of squares cannot see.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Large_means_cost_no_precision(int lanes)
    {
        var shape = new Shape(1, 16, 16);
        const int batch = 37;
        float[] input = LayerData.Normal(batch * shape.Length, 1);
        foreach (ref float value in input.AsSpan())
            value += 10000;
        Network network = Network.Sequential(shape, new BatchNorm2d(1));
        Plan plan = network.Compile(PlanOptions.Training with { Batch = batch, Lanes = lanes, InputGradient = true });
        double mean = input.Average(value => (double)value), squares = input.Sum(value => (value - mean) * (value - mean));
        double deviation = Math.Sqrt(squares / input.Length + 1e-5);
        Close.Assert([.. input.Select(value => (value - mean) / deviation)], plan.Forward(input), 2e-6, 2e-6);
        Assert.Equal(0.9 + 0.1 * squares / (input.Length - 1), network["batchnorm2d1"].Parameters[3].Value.Span[0], 1e-6);

        float[] upstream = LayerData.Normal(input.Length, 2);
        plan.Backward(upstream);
        double meanGradient = upstream.Average(value => (double)value);
        double meanProduct = upstream.Zip(input, (g, value) => g * (value - mean) / deviation).Average();
        Close.Assert(
            [.. upstream.Zip(input, (g, value) => (g - meanGradient - (value - mean) / deviation * meanProduct) / deviation)],
            plan.InputGradient, 2e-6, 2e-6);
    }

    [Fact]
    public void Lanes_without_a_sample_count_for_nothing()
    {
        var shape = new Shape(2, 3, 3);
        float[] input = LayerData.Normal(5 * shape.Length, 3);
        float[] narrow = Statistics(lanes: 1), wide = Statistics(lanes: 16);
        Close.Assert(LayerData.Doubles(narrow), wide, 1e-6, 1e-6);

        float[] Statistics(int lanes)
        {
            // A bias before the layer makes the empty lanes anything but zero.
            Network network = Network.Sequential(shape, new Conv2d(2, 2, 1), new BatchNorm2d(2));
            network.Parameters[1].Value.Span.Fill(100);
            network.Compile(PlanOptions.Training with { Batch = 5, Lanes = lanes }).Forward(input);
            return [.. network.Parameters.TakeLast(2).SelectMany(parameter => parameter.Value.Span.ToArray())];
        }
    }

    [Fact]
    public void A_single_value_has_no_variance_and_leaves_the_running_one_alone()
    {
        Network network = Network.Sequential(new Shape(2), new BatchNorm2d(2));
        network.Parameters[1].Value.Span.Fill(3);
        Plan plan = network.Compile(PlanOptions.Training);
        Assert.Equal([3, 3], plan.Forward([5, -7]).ToArray());
        Assert.Equal([0.5f, -0.7f, 1, 1], network.Parameters.Skip(2).SelectMany(parameter => parameter.Value.Span.ToArray()));
    }

    [Fact]
    public void Inference_changes_no_statistics()
    {
        Network network = Network.Sequential(new Shape(2), new BatchNorm2d(2));
        network.Compile(new PlanOptions { Batch = 3 }).Forward([1, 2, 3, 4, 5, 6]);
        Assert.Equal([0, 0, 1, 1], network.Parameters.Skip(2).SelectMany(parameter => parameter.Value.Span.ToArray()));
    }

    [Fact]
    public void Wrong_settings_and_inputs_are_refused_with_one_clear_line()
    {
        Refused.With("BatchNorm2d: numFeatures must be 1 or more, got 0", () => new BatchNorm2d(0));
        Refused.With("BatchNorm2d: eps must be positive, got 0", () => new BatchNorm2d(3, eps: 0));
        Refused.With("BatchNorm2d: momentum must be from 0 to 1, got 1.5", () => new BatchNorm2d(3, momentum: 1.5));
        Refused.With("BatchNorm2d takes 3 channels, got (4, 2, 2)", () => (object)new BatchNorm2d(3).OutputShape(new Shape(4, 2, 2)));
    }
}
