using Fovea.Tensors;

namespace Fovea.Data.Synthetic;

/// <summary>
/// Handwriting-like digits, 28×28, white on black, generated rather than collected: stroke skeletons of how people
/// write, an unsteady hand, a random pen, slant and elastic distortion; then prepared as MNIST was (LeCun, Bottou,
/// Bengio and Haffner, 1998): fitted into 20×20 pixels and centred by the centre of mass.
/// </summary>
public static class Digits
{
    /// <summary>Height and width of an image, in pixels.</summary>
    public const int Side = 28;

    /// <summary>The side of the square that the ink is fitted into, in pixels.</summary>
    private const int Box = 20;

    /// <summary>The most points that a digit's strokes take; checked by a test.</summary>
    internal const int MaxPoints = 96;

    internal static readonly string[] Classes = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    /// <summary>
    /// Generates digits, (1, 28, 28) each, the ten classes in equal parts. Sample i depends on the seed, the split and
    /// i alone: not on the count nor on the number of threads.
    /// </summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">The same seed gives the same images.</param>
    /// <param name="threads">The most threads to use; 0 is one a processor.</param>
    /// <param name="split">Images to learn from, or others to test with.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive or too large for memory, or <paramref name="threads"/> is negative.</exception>
    public static MemoryDataset Generate(int count, ulong seed = 0, int threads = 0, DatasetSplit split = DatasetSplit.Train) =>
        Generator.Generate("digits", new Shape(1, Side, Side), Classes, split, count, seed, threads, Paint);

    private static void Paint(ref Rng rng, int digit, Span<byte> pixels)
    {
        var trace = new Trace(stackalloc Point[MaxPoints], stackalloc bool[MaxPoints]);
        Write(digit, ref trace, ref rng);
        var distortion = Distortion.Random(ref rng);
        foreach (ref Point point in trace.Points)
            point = distortion.Apply(point);

        var pen = Pen.Random(ref rng);
        Fit(trace.Points, pen.Reach);
        Span<float> canvas = stackalloc float[Side * Side];
        canvas.Clear();
        for (int k = 1; k < trace.Points.Length; k++)
            if (!trace.Starts[k])
                pen.Draw(canvas, Side, trace.Points[k - 1], trace.Points[k]);
        Centre(canvas, pixels);
    }

    private static void Write(int digit, ref Trace trace, ref Rng rng)
    {
        GlyphStrokes.Stroke[][] examples = Choose(GlyphStrokes.Digits[digit], ref rng).Examples;
        GlyphStrokes.Stroke[] a = examples[rng.NextInt(examples.Length)], b = examples[rng.NextInt(examples.Length)];
        double blend = rng.NextDouble(), jitter = rng.NextDouble(1, 7);
        for (int k = 0; k < a.Length; k++)
            trace.Write(a[k], b[k], blend, jitter, ref rng);
    }

    private static GlyphStrokes.Style Choose(GlyphStrokes.Style[] styles, ref Rng rng)
    {
        double total = 0;
        foreach (GlyphStrokes.Style style in styles)
            total += style.Weight;
        double draw = rng.NextDouble(0, total);
        foreach (GlyphStrokes.Style style in styles)
            if ((draw -= style.Weight) < 0)
                return style;
        return styles[^1];
    }

    /// <summary>Scales the path so that its ink just fits the box, in the middle of the canvas.</summary>
    private static void Fit(Span<Point> points, double reach)
    {
        double left = double.MaxValue, top = double.MaxValue, right = double.MinValue, bottom = double.MinValue;
        foreach (Point point in points)
        {
            left = Math.Min(left, point.X);
            right = Math.Max(right, point.X);
            top = Math.Min(top, point.Y);
            bottom = Math.Max(bottom, point.Y);
        }
        // A pixel is inked when its centre is within reach, and the box's outer pixels have theirs half a pixel inside.
        double scale = (Box + 1 - 2 * reach) / Math.Max(Math.Max(right - left, bottom - top), 1);
        var middle = new Point((left + right) / 2, (top + bottom) / 2);
        var centre = new Point((Side - 1) / 2.0, (Side - 1) / 2.0);
        foreach (ref Point point in points)
            point = centre + scale * (point - middle);
    }

    /// <summary>Moves the image by whole pixels to bring its centre of mass to the centre, and makes it bytes.</summary>
    private static void Centre(ReadOnlySpan<float> canvas, Span<byte> pixels)
    {
        double mass = 0, massX = 0, massY = 0;
        for (int k = 0; k < canvas.Length; k++)
        {
            mass += canvas[k];
            massX += canvas[k] * (k % Side);
            massY += canvas[k] * (k / Side);
        }
        const int Free = (Side - Box) / 2;
        int right = Math.Clamp((int)Math.Round((Side - 1) / 2.0 - massX / mass), -Free, Free);
        int down = Math.Clamp((int)Math.Round((Side - 1) / 2.0 - massY / mass), -Free, Free);
        for (int y = 0; y < Side; y++)
            for (int x = 0; x < Side; x++)
            {
                int fromX = x - right, fromY = y - down;
                bool inside = (uint)fromX < Side && (uint)fromY < Side;
                pixels[y * Side + x] = inside ? (byte)(canvas[fromY * Side + fromX] * 255 + 0.5f) : (byte)0;
            }
    }
}
