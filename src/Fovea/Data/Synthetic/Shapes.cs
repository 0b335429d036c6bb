using Fovea.Tensors;

namespace Fovea.Data.Synthetic;

/// <summary>
/// Images of one circle, square or triangle each, in colour, generated rather than collected: any place, size and
/// angle, filled or in outline, over a gently graded, slightly noisy background of another brightness.
/// </summary>
public static class Shapes
{
    /// <summary>The least difference in brightness (0 to 1) between a shape and its background, before noise.</summary>
    internal const double Contrast = 0.3;

    /// <summary>How far the background may drift in brightness from the middle of the image to an edge.</summary>
    private const double Drift = 0.06;

    internal static readonly string[] Classes = ["circle", "square", "triangle"];

    /// <summary>
    /// Generates shapes, (3, size, size) each, the three classes in equal parts. Sample i depends on the seed, the
    /// split, the size and i alone: not on the count nor on the number of threads.
    /// </summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">The same seed gives the same images.</param>
    /// <param name="size">Height and width in pixels, at least 16.</param>
    /// <param name="threads">The most threads to use; 0 is one a processor.</param>
    /// <param name="split">Images to learn from, or others to test with.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive or too large for memory, <paramref name="size"/> is below 16, or <paramref name="threads"/> is negative.</exception>
    public static MemoryDataset Generate(int count, ulong seed = 0, int size = 32, int threads = 0, DatasetSplit split = DatasetSplit.Train)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 16);
        return Generator.Generate("shapes", new Shape(3, size, size), Classes, split, count, seed, threads, Paint(size));
    }

    private static Painter Paint(int size) => (ref Rng rng, int label, Span<byte> pixels) =>
    {
        double radius = Math.Max(size * rng.NextDouble(0.22, 0.42), 5);
        Outline outline = label switch
        {
            0 => Outline.Circle(radius),
            1 => Outline.Square(radius, ref rng),
            _ => Outline.Triangle(radius, ref rng),
        };
        outline.Place(size, ref rng);
        // An outline drawn as a line needs a hollow that can be seen.
        double line = Math.Max(1.5, size * rng.NextDouble(0.05, 0.1));
        bool hollow = rng.NextInt(4) == 0 && radius > 4 * line;
        (Colour ink, Colour paper) = Colours(ref rng);
        Fill(ref rng, pixels, size, outline, hollow ? (float)line : size, ink, paper);
    };

    private static void Fill(ref Rng rng, Span<byte> pixels, int size, in Outline outline, float line, Colour ink, Colour paper)
    {
        // From here on single precision and correctly rounded operations only: the same bytes on every machine.
        float driftX = (float)(rng.NextDouble(-Drift, Drift) / size), driftY = (float)(rng.NextDouble(-Drift, Drift) / size);
        float noise = rng.NextInt(3) == 0 ? 0 : (float)rng.NextDouble(0, 0.05);
        int plane = size * size;
        for (int y = 0; y < size; y++)
            for (int x = 0; x < size; x++)
            {
                float distance = outline.Distance(x, y);
                float cover = Math.Clamp(0.5f - Math.Max(distance, -distance - line), 0, 1);
                float shade = driftX * (2 * x - size) + driftY * (2 * y - size);
                ulong grain = rng.NextUInt64();
                int k = y * size + x;
                pixels[k] = Mix(paper.R, ink.R, grain);
                pixels[k + plane] = Mix(paper.G, ink.G, grain >> 21);
                pixels[k + 2 * plane] = Mix(paper.B, ink.B, grain >> 42);

                byte Mix(float under, float over, ulong grain)
                {
                    float random = (grain & 0xFFFFF) * (2f / 0xFFFFF) - 1;
                    float value = (under + shade) * (1 - cover) + over * cover + noise * random;
                    return (byte)(Math.Clamp(value, 0, 1) * 255 + 0.5f);
                }
            }
    }

    private static (Colour Ink, Colour Paper) Colours(ref Rng rng)
    {
        // Paper is often just that: near white.
        Colour paper = rng.NextInt(3) == 0 ? Colour.Random(ref rng, 0.92, 1) : Colour.Random(ref rng, 0, 1);
        Colour ink;
        do
            ink = Colour.Random(ref rng, 0, 1);
        while (Math.Abs(ink.Brightness - paper.Brightness) < Contrast);
        return (ink, paper);
    }

    private readonly record struct Colour(float R, float G, float B)
    {
        /// <summary>Luma of ITU-R BT.601.</summary>
        public double Brightness => 0.299 * R + 0.587 * G + 0.114 * B;

        public static Colour Random(ref Rng rng, double low, double high) =>
            new((float)rng.NextDouble(low, high), (float)rng.NextDouble(low, high), (float)rng.NextDouble(low, high));
    }
}
