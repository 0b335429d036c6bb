using Fovea.Tensors;

namespace Fovea.Data.Synthetic;

/// <summary>
/// Drawn faces, 48×48, grey, generated rather than collected: the seven expressions that Ekman and Friesen (1971) found
/// people everywhere to agree on, and none. Brows, eyes and mouth say which; place, size, tilt, outline, pen, light and
/// noise vary.
/// </summary>
public static class Smileys
{
    /// <summary>Height and width of an image, in pixels.</summary>
    public const int Side = 48;

    /// <summary>The least difference in brightness (0 to 1) between lines and what is behind them, before noise.</summary>
    private const double Contrast = 0.5;

    internal static readonly string[] Classes = ["happy", "sad", "neutral", "surprised", "angry", "fearful", "disgusted"];

    /// <summary>
    /// Generates faces, (1, 48, 48) each, the seven classes in equal parts. Sample i depends on the seed, the split and
    /// i alone: not on the count nor on the number of threads.
    /// </summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">The same seed gives the same images.</param>
    /// <param name="threads">The most threads to use; 0 is one a processor.</param>
    /// <param name="split">Images to learn from, or others to test with.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive or too large for memory, or <paramref name="threads"/> is negative.</exception>
    public static MemoryDataset Generate(int count, ulong seed = 0, int threads = 0, DatasetSplit split = DatasetSplit.Train) =>
        Generator.Generate("smileys", new Shape(1, Side, Side), Classes, split, count, seed, threads, Paint);

    private static void Paint(ref Rng rng, int label, Span<byte> pixels)
    {
        Span<float> skin = stackalloc float[Side * Side], ink = stackalloc float[Side * Side];
        skin.Clear();
        ink.Clear();
        var sketch = new Sketch(ink, skin, ref rng);
        Face.Draw(ref sketch, label, ref rng);

        // From here on single precision and correctly rounded operations only: the same bytes on every machine.
        bool isDark = rng.NextInt(4) == 0;
        float paper = Shade(isDark, 0, 0.4, ref rng), face = Shade(isDark, 0, 0.4, ref rng);
        double limit = isDark ? Math.Max(paper, face) + Contrast : 1 - (Math.Min(paper, face) - Contrast);
        float line = Shade(!isDark, 0, 1 - limit, ref rng);
        float driftX = (float)(rng.NextDouble(-0.08, 0.08) / Side), driftY = (float)(rng.NextDouble(-0.08, 0.08) / Side);
        float noise = rng.NextInt(3) == 0 ? 0 : (float)rng.NextDouble(0, 0.07);
        for (int y = 0; y < Side; y++)
            for (int x = 0; x < Side; x++)
            {
                int k = y * Side + x;
                float ground = paper + (face - paper) * skin[k];
                float value = ground + (line - ground) * ink[k] + driftX * (2 * x - Side) + driftY * (2 * y - Side);
                value += noise * (float)rng.NextDouble(-1, 1);
                pixels[k] = (byte)(Math.Clamp(value, 0, 1) * 255 + 0.5f);
            }
    }

    /// <summary>A brightness so far from black, or as far from white.</summary>
    private static float Shade(bool isDark, double least, double most, ref Rng rng)
    {
        double shade = rng.NextDouble(least, most);
        return (float)(isDark ? shade : 1 - shade);
    }
}
