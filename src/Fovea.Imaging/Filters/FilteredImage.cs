using System.Numerics.Tensors;
using Fovea.Tensors;

namespace Fovea.Imaging.Filters;

/// <summary>The numbers a filter made of a image. They know no limits; images for the eye have 0 to 255.</summary>
public sealed class FilteredImage
{
    private readonly float[] _values;

    internal FilteredImage(Shape shape, float[] values)
    {
        Shape = shape;
        _values = values;
        Minimum = TensorPrimitives.Min<float>(values);
        Maximum = TensorPrimitives.Max<float>(values);
    }

    /// <summary>(C, H, W): 1 channel of a grey image, 3 of a coloured one.</summary>
    public Shape Shape { get; }

    /// <summary>(C, H, W), on the scale of the image's samples, 0 to 255.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>The smallest value.</summary>
    public float Minimum { get; }

    /// <summary>The largest value.</summary>
    public float Maximum { get; }

    /// <summary>The share of values that, rounded, are below 0 or above 255.</summary>
    public double ShareOutside
    {
        get
        {
            long outside = 0;
            foreach (float value in _values)
                if (value is < -0.5f or >= 255.5f)
                    outside++;
            return (double)outside / _values.Length;
        }
    }

    /// <summary>
    /// The values as a image. Scaled, the smallest becomes 0 and the largest 255, the same way for all channels;
    /// otherwise values below 0 become 0 and those above 255 become 255. Where all values are the same there is
    /// nothing to scale.
    /// </summary>
    public Image ToImage(bool normalize = false)
    {
        bool scales = normalize && Maximum > Minimum;
        double factor = scales ? 255 / ((double)Maximum - Minimum) : 1, offset = scales ? Minimum : 0;
        int channels = Shape.Channels, plane = Shape.Height * Shape.Width;
        var image = new Image(Shape.Width, Shape.Height, channels);
        Span<byte> pixels = image.Pixels;
        for (int c = 0; c < channels; c++)
            for (int i = 0; i < plane; i++)
                pixels[(i * channels) + c] = (byte)Math.Floor(Math.Clamp((_values[(c * plane) + i] - offset) * factor, 0, 255) + 0.5);
        return image;
    }
}
