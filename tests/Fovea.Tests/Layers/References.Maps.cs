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

    /// <summary>Every output pixel is the sum of all input pixels by their distances: 1 at its place, 0 from a pixel away on.</summary>
    private static double[] Enlarge(Upsample2d layer, Shape input, double[] x)
    {
        var outputs = new List<double>();
        for (int c = 0; c < input.Channels; c++)
            for (int oh = 0; oh < input.Height * layer.Scale.Height; oh++)
                for (int ow = 0; ow < input.Width * layer.Scale.Width; ow++)
                {
                    double sum = 0;
                    for (int ih = 0; ih < input.Height; ih++)
                        for (int iw = 0; iw < input.Width; iw++)
                            sum += Share(oh, ih, input.Height, layer.Scale.Height) * Share(ow, iw, input.Width, layer.Scale.Width) * x[(c * input.Height + ih) * input.Width + iw];
                    outputs.Add(sum);
                }
        return [.. outputs];

        double Share(int output, int pixel, int pixels, int scale)
        {
            double place = layer.Mode == UpsampleMode.Nearest ? output / scale
                : !layer.AlignCorners ? (output + 0.5) / scale - 0.5
                : pixels * scale == 1 ? 0 : output * (pixels - 1.0) / (pixels * scale - 1);
            return Math.Max(0, 1 - Math.Abs(Math.Clamp(place, 0, pixels - 1) - pixel));
        }
    }
}
