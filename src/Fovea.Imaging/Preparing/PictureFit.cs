using Fovea.Data;
using Fovea.Imaging.Resizing;
using Fovea.Tensors;

namespace Fovea.Imaging.Preparing;

/// <summary>
/// The one way in which a picture gets a network's shape, for folders to learn from and for pictures to classify alike,
/// and the same way, <see cref="ImageFit"/>, in which data sets in memory get it: what a model sees when it is used is
/// what it saw when it learnt.
/// </summary>
internal static class PictureFit
{
    /// <summary>Larger pictures than this are first reduced to twice the shape as bytes, rather than held as floats whole.</summary>
    private const int LargePicture = 1 << 20;

    /// <summary>The picture as bytes, (C, H, W).</summary>
    public static void ToPlanes(Image image, Shape shape, FitMode mode, ResizeFilter filter, Colour background, Span<byte> planes)
    {
        Image converted = shape.Channels == 1 ? ImageConversion.ToGrey(image, background) : ImageConversion.ToRgb(image, background);
        if (mode != FitMode.Stretch)
            converted = Resizer.Fit(converted, shape.Width, shape.Height, mode, filter, background);
        else if ((long)converted.Width * converted.Height > LargePicture)
            converted = Resizer.Resize(converted, Math.Min(converted.Width, 2 * shape.Width), Math.Min(converted.Height, 2 * shape.Height), ResizeFilter.Box);

        var fit = new ImageFit(new Shape(converted.Channels, converted.Height, converted.Width), shape);
        var source = new byte[fit.From.Length];
        ImageConversion.ToPlanes(converted, source);
        if (fit.IsIdentity)
        {
            source.CopyTo(planes);
            return;
        }
        var from = new float[fit.From.Length];
        var to = new float[fit.To.Length];
        for (int i = 0; i < from.Length; i++)
            from[i] = source[i] * (1f / 255f);
        fit.Apply(from, to);
        for (int i = 0; i < to.Length; i++)
            planes[i] = (byte)Math.Clamp((to[i] * 255) + 0.5f, 0, 255);
    }
}
