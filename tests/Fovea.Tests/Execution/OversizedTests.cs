using Fovea.Execution;
using Fovea.Layers;
using Fovea.Losses;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Tests.Execution;

/// <summary>Geometries whose buffers pass what an int can count are refused, not wrapped around.</summary>
public class OversizedTests
{
    [Fact]
    public void A_convolution_whose_padded_input_wraps_to_nothing_is_refused()
    {
        var layer = new Conv2d(8, 1, 1, stride: (8192, 16384), padding: new Padding { Top = 16383, Left = 16384 });
        var error = Assert.Throws<ShapeException>(() => layer.OutputShape(new Shape(8, 1, 1)));
        Assert.Contains("blow (8, 1, 1) up", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_whose_buffers_are_too_large_is_refused_with_a_way_out()
    {
        // One sample takes 4096² · 8 floats of padded input, 16 side by side would wrap.
        Network network = Network.Sequential(new Shape(8, 4096, 4096), new Conv2d(8, 1, 3, stride: 4096, padding: 1));
        var error = Assert.Throws<ShapeException>(() => network.Compile(PlanOptions.Training with { Batch = 64 }));
        Assert.Matches("try a smaller batch|try a batch of", error.Message);
    }

    /// <summary>A frame of 8190 pixels makes a plane of 16385² · 16 numbers, 2³² and a few, of a map of 25.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_frame_that_wraps_to_little_is_refused(bool training)
    {
        var error = Assert.Throws<ShapeException>(() => Framed().Compile(TestPlans.For(training) with { Blocked = true }));
        Assert.Matches("too large|needs at least", error.Message);
    }

    [Fact]
    public void A_frame_of_bytes_that_wraps_to_little_is_refused()
    {
        Network network = Framed();
        string[] layers = ["first", "framed"];
        var scheme = new QuantizationScheme(
            network.Nodes.Select(node => node.Name).Append(NetworkBuilder.Input).ToDictionary(name => name, _ => new ActivationRange(1, 0)), layers.ToDictionary(name => name, _ => new float[] { 1 }));
        var error = Assert.Throws<ShapeException>(() => network.Compile(new PlanOptions { Quantization = scheme }));
        Assert.Matches("too large|needs at least", error.Message);
    }

    private static Network Framed() => new NetworkBuilder(new Shape(1, 5, 5))
        .Add(new Conv2d(1, 1, 1), "first").Add(new Conv2d(1, 1, 3, stride: 100, padding: 8190), "framed").Build();

    [Fact]
    public void Softmax_is_not_applied_twice()
    {
        Network network = Network.Sequential(new Shape(4), new Linear(4, 3), new Softmax());
        Plan plan = network.Compile(PlanOptions.Training);
        var error = Assert.Throws<InvalidOperationException>(() => plan.TrainingStep(new float[4], new float[3], new SoftmaxCrossEntropy()));
        Assert.Contains("WithoutSoftmax", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loop_of_ones_own_draws_new_dropout_masks_every_step()
    {
        Network network = Network.Sequential(new Shape(64), new Linear(64, 64), new Dropout(0.5));
        Plan plan = network.Compile(PlanOptions.Training);
        var optimizer = new Fovea.Optimizers.Sgd(1e-9);
        optimizer.Prepare([.. network.TrainableParameters.Select(parameter => parameter.Value.Length)]);
        float[] input = [.. Enumerable.Repeat(1f, 64)];
        bool[] first = Step(), second = Step();
        Assert.NotEqual(first, second);

        bool[] Step()
        {
            bool[] dropped = [.. plan.Forward(input).ToArray().Select(value => value == 0)];
            plan.Backward(input);
            plan.Update(optimizer);
            return dropped;
        }
    }
}
