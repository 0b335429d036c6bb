using Fovea.Tensors;

namespace Fovea.Data.Synthetic;

/// <summary>The path of a pen: straight segments short enough to look curved, and where the pen was lifted.</summary>
internal ref struct Trace(Span<Point> points, Span<bool> starts)
{
    /// <summary>How many segments a curve between two of its points becomes.</summary>
    private const int Steps = 5;

    private readonly Span<Point> _points = points;
    private readonly Span<bool> _starts = starts;
    private int _count;

    /// <summary>The points, in the order of writing.</summary>
    public readonly Span<Point> Points => _points[.._count];

    /// <summary>Whether the pen comes down at a point, instead of drawing a segment from the one before.</summary>
    public readonly ReadOnlySpan<bool> Starts => _starts[.._count];

    /// <summary>How many points a stroke becomes.</summary>
    public static int Length(GlyphStrokes.Stroke stroke) => 1 + (stroke.Points.Length - 1) * Steps;

    /// <summary>Writes a stroke between two examples of it, with an unsteady hand.</summary>
    /// <param name="a">One example.</param>
    /// <param name="b">Another, with as many points.</param>
    /// <param name="blend">0 is <paramref name="a"/>, 1 is <paramref name="b"/>.</param>
    /// <param name="jitter">How far a point may stray to either side, in hundredths of the digit's height.</param>
    /// <param name="rng">Where the straying comes from.</param>
    public void Write(GlyphStrokes.Stroke a, GlyphStrokes.Stroke b, double blend, double jitter, ref Rng rng)
    {
        int count = a.Points.Length;
        Span<Point> knots = stackalloc Point[count];
        for (int k = 0; k < count; k++)
            knots[k] = a.Points[k] + blend * (b.Points[k] - a.Points[k]) + new Point(rng.NextDouble(-jitter, jitter), rng.NextDouble(-jitter, jitter));
        Add(knots[0], true);
        for (int k = 1; k < count; k++)
        {
            // Catmull and Rom's spline (1974); at ends and corners it has no neighbour to turn towards.
            Point from = knots[k - 1], to = knots[k];
            Point before = k == 1 || a.Corners[k - 1] ? from + from - to : knots[k - 2];
            Point after = k == count - 1 || a.Corners[k] ? to + to - from : knots[k + 1];
            Point leave = 0.5 * (to - before), arrive = 0.5 * (after - from);
            for (int step = 1; step <= Steps; step++)
                Add(Hermite(from, leave, to, arrive, step / (double)Steps), false);
        }
    }

    private void Add(Point point, bool start)
    {
        _points[_count] = point;
        _starts[_count++] = start;
    }

    private static Point Hermite(Point from, Point leave, Point to, Point arrive, double t)
    {
        double s = 1 - t;
        return s * s * (1 + 2 * t) * from + s * s * t * leave + t * t * (3 - 2 * t) * to + t * t * -s * arrive;
    }
}
