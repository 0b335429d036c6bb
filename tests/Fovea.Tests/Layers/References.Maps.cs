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

    /// <summary>Every input pixel adds its kernel to the output.</summary>
    private static double[] ConvolveTransposed(ConvTranspose2d conv, Shape input, double[] x, double[] weight, double[] bias)
    {
        Shape output = conv.OutputShape(input);
        int perGroup = conv.OutChannels / conv.Groups;
        double[] y = [.. Enumerable.Range(0, output.Length).Select(i => bias[i / (output.Height * output.Width)])];
        for (int i = 0; i < x.Length; i++)
        {
            int ic = i / (input.Height * input.Width), ih = i / input.Width % input.Height, iw = i % input.Width;
            for (int o = 0; o < perGroup; o++)
                for (int kh = 0; kh < conv.KernelSize.Height; kh++)
                    for (int kw = 0; kw < conv.KernelSize.Width; kw++)
                    {
                        int h = ih * conv.Stride.Height + kh * conv.Dilation.Height - conv.Padding.Top, w = iw * conv.Stride.Width + kw * conv.Dilation.Width - conv.Padding.Left;
                        int oc = ic / (conv.InChannels / conv.Groups) * perGroup + o;
                        if (h >= 0 && h < output.Height && w >= 0 && w < output.Width)
                            y[(oc * output.Height + h) * output.Width + w] += x[i] * weight[((ic * perGroup + o) * conv.KernelSize.Height + kh) * conv.KernelSize.Width + kw];
                    }
        }
        return y;
    }
}
