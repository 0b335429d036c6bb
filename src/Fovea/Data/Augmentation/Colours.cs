using System.Numerics.Tensors;

namespace Fovea.Data.Augmentation;

/// <summary>
/// Changes of brightness and colour by a factor or an angle, as random steps draw them. Each blends the image with
/// another one, image · factor + other · (1 − factor), and keeps to [0, 1].
/// </summary>
internal static class Colours
{
    // ITU-R BT.601.
    private const float Red = 0.299f, Green = 0.587f, Blue = 0.114f;

    /// <summary>Blends with black.</summary>
    public static void Brighten(Canvas canvas, double factor)
    {
        TensorPrimitives.Multiply(canvas.Pixels, (float)factor, canvas.Pixels);
        Clamp(canvas.Pixels);
    }

    /// <summary>Blends with an even grey, the mean of the image's luma.</summary>
    public static void Contrast(Canvas canvas, double factor)
    {
        float mean = TensorPrimitives.Sum<float>(Luma(canvas)) / (canvas.Shape.Height * canvas.Shape.Width);
        TensorPrimitives.Multiply(canvas.Pixels, (float)factor, canvas.Pixels);
        TensorPrimitives.Add(canvas.Pixels, (float)(mean * (1 - factor)), canvas.Pixels);
        Clamp(canvas.Pixels);
    }

    /// <summary>Blends with the image in grey. A grey image stays as it is.</summary>
    public static void Saturate(Canvas canvas, double factor)
    {
        if (canvas.Shape.Channels == 1)
            return;
        Span<float> luma = Luma(canvas);
        TensorPrimitives.Multiply(luma, (float)(1 - factor), luma);
        for (int c = 0; c < canvas.Shape.Channels; c++)
        {
            Span<float> plane = canvas.Plane(c);
            TensorPrimitives.MultiplyAdd(plane, (float)factor, luma, plane);
        }
        Clamp(canvas.Pixels);
    }

    /// <summary>
    /// Turns every pixel's hue by a share of the circle; brightness (the largest channel) and chroma (largest − smallest)
    /// stay. A grey image stays as it is.
    /// </summary>
    public static void TurnHue(Canvas canvas, double turn)
    {
        if (canvas.Shape.Channels == 1)
            return;
        Span<float> red = canvas.Plane(0), green = canvas.Plane(1), blue = canvas.Plane(2);
        float sixths = (float)(6 * (turn - Math.Floor(turn)));
        for (int i = 0; i < red.Length; i++)
        {
            float r = red[i], g = green[i], b = blue[i];
            float most = MathF.Max(r, MathF.Max(g, b)), chroma = most - MathF.Min(r, MathF.Min(g, b));
            if (chroma <= 0)
                continue;
            float hue = most == r ? (g - b) / chroma : most == g ? 2 + (b - r) / chroma : 4 + (r - g) / chroma;
            hue += sixths;
            red[i] = Channel(hue + 5, most, chroma);
            green[i] = Channel(hue + 3, most, chroma);
            blue[i] = Channel(hue + 1, most, chroma);
        }
    }

    /// <summary>Keeps pixels in [0, 1].</summary>
    public static void Clamp(Span<float> pixels) => TensorPrimitives.Clamp(pixels, 0f, 1f, pixels);

    /// <summary>The image in grey, (H, W), in the canvas's first scratch.</summary>
    public static Span<float> Luma(Canvas canvas)
    {
        Span<float> luma = canvas.Scratch(canvas.Shape.Height * canvas.Shape.Width);
        if (canvas.Shape.Channels == 1)
        {
            canvas.Pixels.CopyTo(luma);
            return luma;
        }
        TensorPrimitives.Multiply(canvas.Plane(0), Red, luma);
        TensorPrimitives.MultiplyAdd(canvas.Plane(1), Green, luma, luma);
        TensorPrimitives.MultiplyAdd(canvas.Plane(2), Blue, luma, luma);
        return luma;
    }

    /// <summary>A channel from hue (in sixths of the circle, moved by the channel's 5, 3 or 1), largest channel and chroma.</summary>
    private static float Channel(float hue, float most, float chroma)
    {
        float k = hue - 6 * MathF.Floor(hue / 6);
        return most - chroma * Math.Clamp(MathF.Min(k, 4 - k), 0, 1);
    }
}
