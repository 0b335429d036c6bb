using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.Execution;

/// <summary>Networks of one layer, through a plan: whole batches, whole slices and remainders, random upstream gradients.</summary>
public class PlanConvolutionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(null)]
    public void Convolutions_of_whole_batches(int? lanes)
    {
        foreach (ConvolutionCase c in ConvolutionCases.Random(40, seed: 3900 + (ulong)(lanes ?? 0), 1, 3, 8, 16, 17, 33))
            Check(c, c.Layer(), c.InputShape, lanes);
        foreach (ConvolutionCase c in ConvolutionCases.Connected())
            Check(c with { Batch = 17 }, c.Layer(), c.InputShape, lanes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(null)]
    public void Full_connections_of_whole_batches(int? lanes)
    {
        int[] features = [1, 2, 15, 16, 17, 84], batches = [1, 3, 8, 16, 17, 33];
        foreach (int inputs in features)
            foreach (int outputs in features)
            {
                int batch = batches[(inputs + outputs) % batches.Length];
                bool bias = (inputs + outputs) % 2 == 0;
                var c = new ConvolutionCase { InChannels = inputs, OutChannels = outputs, Input = 1, Kernel = 1, Bias = bias, Batch = batch };
                Check(c, new Linear(inputs, outputs, bias), new Shape(inputs), lanes);
            }
        var lenet = new ConvolutionCase { InChannels = 400, OutChannels = 120, Input = 1, Kernel = 1, Batch = 17 };
        Check(lenet, new Linear(400, 120), new Shape(400), lanes);
    }

    private static void Check(ConvolutionCase c, Layer layer, Shape inputShape, int? lanes)
    {
        string what = $"{c}, lanes {lanes?.ToString() ?? "chosen"}";
        var reference = new ConvolutionReference(c);
        Network network = Network.Sequential(inputShape, layer);
        Plan plan = network.Compile(PlanOptions.Training with
        {
            Batch = 33,
            Lanes = lanes,
            Threads = 1 + c.Batch % 2,
            InputGradient = true,
        });
        Assert.Equal(reference.OutputLength, plan.OutputShape.Length);
        var rng = new Rng(51);
        float[] x = Numbers.Gaussian(ref rng, c.Batch * reference.InputLength), dy = Numbers.Gaussian(ref rng, c.Batch * reference.OutputLength);
        float[] w = network.Parameters[0].Value.Span.ToArray(), b = c.Bias ? network.Parameters[1].Value.Span.ToArray() : [];
        // Twice, so that nothing may be left over from the first time.
        for (int time = 0; time < 2; time++)
        {
            plan.Forward(x);
            plan.Backward(dy);
        }
        reference.Forward(x, w, b).AssertNear(plan.Outputs, $"output of {what}");
        reference.InputGradient(dy, w).AssertNear(plan.InputGradient, $"input gradient of {what}");
        reference.WeightGradient(x, dy).AssertNear(plan.Gradient(0), $"weight gradient of {what}");
        if (c.Bias)
            reference.BiasGradient(dy).AssertNear(plan.Gradient(1), $"bias gradient of {what}");
    }
}
