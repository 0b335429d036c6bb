using Fovea.Tensors;

namespace Fovea.Tests.References;

/// <summary>The reference itself: a convolution computed by hand, and gradients against finite differences.</summary>
public class ConvolutionReferenceTests
{
    [Fact]
    public void Computes_by_hand()
    {
        var reference = new ConvolutionReference(new ConvolutionCase { Input = (2, 3), Kernel = (1, 2), Padding = new() { Left = 1 }, Stride = (1, 2) });
        // Rows 0 1 2 3 and 0 4 5 6 under the kernel 10 1 at columns 0 and 2, and 0.5.
        Sums output = reference.Forward([1, 2, 3, 4, 5, 6], [10, 1], [0.5f]);
        Assert.Equal([1.5, 23.5, 4.5, 56.5], output.Values.ToArray());
    }

    [Fact]
    public void Gradients_agree_with_finite_differences()
    {
        foreach (ConvolutionCase c in ConvolutionCases.Random(25, seed: 100, 2).Append(
            new ConvolutionCase { InChannels = 6, OutChannels = 16, Connections = ConvolutionCases.LeNetTable, Input = 5, Batch = 2 }))
        {
            var reference = new ConvolutionReference(c);
            var rng = new Rng(7);
            float[] input = Numbers.Gaussian(ref rng, c.Batch * reference.InputLength), weights = Numbers.Gaussian(ref rng, reference.WeightLength);
            float[] bias = Numbers.Gaussian(ref rng, c.OutChannels), upstream = Numbers.Gaussian(ref rng, c.Batch * reference.OutputLength);
            Check(input, reference.InputGradient(upstream, weights));
            Check(weights, reference.WeightGradient(input, upstream));
            Check(bias, reference.BiasGradient(upstream));

            double Objective()
            {
                ReadOnlySpan<double> output = reference.Forward(input, weights, bias).Values;
                double sum = 0;
                for (int i = 0; i < output.Length; i++)
                    sum += output[i] * upstream[i];
                return sum;
            }

            void Check(float[] values, Sums gradient)
            {
                for (int t = 0; t < 3; t++)
                {
                    int i = rng.NextInt(values.Length);
                    float kept = values[i];
                    values[i] = kept + 1;
                    double up = Objective(), above = values[i];
                    values[i] = kept - 1;
                    double down = Objective(), below = values[i];
                    values[i] = kept;
                    // The objective is linear in every value, so the step need not be small.
                    Assert.Equal(gradient.Values[i], (up - down) / (above - below), 1e-9);
                }
            }
        }
    }
}
