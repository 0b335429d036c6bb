using System.Numerics.Tensors;

namespace Fovea.Data.Augmentation;

/// <summary>Changes of tones without any chance, for <see cref="RandAugment"/>; pixels keep to [0, 1].</summary>
internal static class Tones
{
    private const int Levels = 256;

    /// <summary>
    /// Blends with the image smoothed by the 3×3 filter of ones with 5 in the centre (over 13); the pixels of the edge stay.
    /// </summary>
    public static void Sharpen(Canvas canvas, double factor)
    {
        int height = canvas.Shape.Height, width = canvas.Shape.Width;
        Span<float> old = canvas.Scratch(height * width);
        float kept = (float)factor, blended = (float)((1 - factor) / 13);
        for (int c = 0; c < canvas.Shape.Channels; c++)
        {
            Span<float> plane = canvas.Plane(c);
            plane.CopyTo(old);
            for (int y = 1; y < height - 1; y++)
                for (int x = 1, i = y * width + 1; x < width - 1; x++, i++)
                {
                    float sum = old[i - width - 1] + old[i - width] + old[i - width + 1]
                        + old[i - 1] + 5 * old[i] + old[i + 1]
                        + old[i + width - 1] + old[i + width] + old[i + width + 1];
                    plane[i] = kept * old[i] + blended * sum;
                }
        }
        Colours.Clamp(canvas.Pixels);
    }

    /// <summary>Keeps so many of a byte's upper bits, 1 to 8.</summary>
    public static void Posterize(Canvas canvas, int bits)
    {
        int mask = 0xFF << (8 - bits);
        foreach (ref float pixel in canvas.Pixels)
            pixel = (Level(pixel) & mask) * (1f / 255);
    }

    /// <summary>Turns pixels of at least this brightness into their negative.</summary>
    public static void Solarize(Canvas canvas, double threshold)
    {
        foreach (ref float pixel in canvas.Pixels)
            if (pixel >= threshold)
                pixel = 1 - pixel;
    }

    /// <summary>Stretches each channel so that its darkest pixel is black and its lightest white.</summary>
    public static void Level(Canvas canvas)
    {
        for (int c = 0; c < canvas.Shape.Channels; c++)
        {
            Span<float> plane = canvas.Plane(c);
            float least = TensorPrimitives.Min<float>(plane), most = TensorPrimitives.Max<float>(plane);
            if (!(most > least))
                continue;
            TensorPrimitives.Subtract(plane, least, plane);
            TensorPrimitives.Divide(plane, most - least, plane);
        }
    }

    /// <summary>
    /// Spreads each channel's 256 levels so that all are about equally common: a level becomes the share of pixels below it,
    /// half of its own added.
    /// </summary>
    public static void Equalize(Canvas canvas)
    {
        Span<int> counts = stackalloc int[Levels];
        Span<float> levels = stackalloc float[Levels];
        for (int c = 0; c < canvas.Shape.Channels; c++)
        {
            Span<float> plane = canvas.Plane(c);
            counts.Clear();
            foreach (float pixel in plane)
                counts[Level(pixel)]++;
            if (counts.Max() == plane.Length)
                continue;
            long below = 0;
            for (int level = 0; level < Levels; level++)
            {
                levels[level] = (below + 0.5f * counts[level]) / plane.Length;
                below += counts[level];
            }
            foreach (ref float pixel in plane)
                pixel = levels[Level(pixel)];
        }
    }

    private static int Max(this Span<int> counts) => TensorPrimitives.Max<int>(counts);

    private static int Level(float pixel) => (int)(Math.Clamp(pixel, 0, 1) * 255 + 0.5f);
}
