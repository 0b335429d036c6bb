using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Tests.Layers;

/// <summary>The meaning of layers that normalise parts of a sample or make larger maps.</summary>
internal static partial class References
{
    /// <summary>Stretches of <paramref name="length"/> elements are normalised, and every element has the weight that <paramref name="weightOf"/> says.</summary>
    private static double[] NormalizeParts(double[] x, int length, double eps, Func<int, int> weightOf, double[][] parameters)
    {
        double[] y = new double[x.Length];
        for (int start = 0; start < x.Length; start += length)
        {
            double[] part = x[start..(start + length)];
            double mean = part.Average(), variance = part.Average(v => (v - mean) * (v - mean));
            for (int i = start; i < start + length; i++)
                y[i] = (x[i] - mean) / Math.Sqrt(variance + eps) * (parameters.Length > 0 ? parameters[0][weightOf(i)] : 1) + (parameters.Length > 0 ? parameters[1][weightOf(i)] : 0);
        }
        return y;
    }
}
