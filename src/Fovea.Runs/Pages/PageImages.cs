using System.Text;
using Fovea.Imaging;
using Fovea.Imaging.Png;
using Fovea.Layers;
using Fovea.Networks;

namespace Fovea.Runs.Pages;

/// <summary>Samples and kernels as images inside a page.</summary>
internal static class PageImages
{
    private const int MaxKernels = 64;

    /// <summary>A image.</summary>
    /// <param name="pixels">(C, H, W), in [0, 1].</param>
    /// <param name="channels">1 or 3.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="title">What it shows.</param>
    public static string Tag(ReadOnlySpan<float> pixels, int channels, int height, int width, string title)
    {
        var image = new Image(width, height, channels);
        int plane = height * width;
        for (int i = 0; i < plane; i++)
            for (int c = 0; c < channels; c++)
                image.Pixels[i * channels + c] = (byte)Math.Round(255 * Math.Clamp(pixels[c * plane + i], 0, 1));
        return $"<img src=\"data:image/png;base64,{Convert.ToBase64String(PngEncoder.Encode(image))}\" alt=\"{LineChart.Escape(title)}\" title=\"{LineChart.Escape(title)}\"/>";
    }

    /// <summary>The kernels of the convolution that reads the network's input; null if none does.</summary>
    public static string? FirstKernels(Network network)
    {
        Node? first = network.Nodes.FirstOrDefault(node => node.Layer is Conv2d && node.Inputs.Contains(-1));
        if (first is not { Parameters: [{ Value: var weights }, ..] } || weights.Shape is not { Rank: 4 } shape || shape[1] is not (1 or 3))
            return null;
        int length = shape[1] * shape[2] * shape[3];
        var tags = new StringBuilder();
        var kernel = new float[length];
        for (int k = 0; k < Math.Min(shape[0], MaxKernels); k++)
        {
            weights.Span.Slice(k * length, length).CopyTo(kernel);
            float most = kernel.Max(MathF.Abs);
            for (int i = 0; i < length; i++)
                kernel[i] = most > 0 ? 0.5f + kernel[i] / (2 * most) : 0.5f;
            tags.Append(Tag(kernel, shape[1], shape[2], shape[3], $"kernel {k} of {first.Name}"));
        }
        return tags.ToString();
    }
}
