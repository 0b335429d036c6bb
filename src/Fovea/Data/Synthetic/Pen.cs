using Fovea.Tensors;

namespace Fovea.Data.Synthetic;

/// <summary>A pen: how broad its line is, how that depends on the direction, and how soft its edge.</summary>
internal readonly struct Pen
{
    private readonly double _contrast, _contrastDiagonal;

    private Pen(double radius, double softness, double contrast, double angle)
    {
        Radius = radius;
        Softness = softness;
        _contrast = contrast * Math.Cos(angle);
        _contrastDiagonal = contrast * Math.Sin(angle);
    }

    /// <summary>Half the mean breadth of its line, in pixels.</summary>
    public double Radius { get; }

    /// <summary>The breadth of the edge from ink to paper, in pixels.</summary>
    public double Softness { get; }

    /// <summary>How far from its path a pen may leave ink, in pixels.</summary>
    public double Reach => Radius * 1.3 + Softness / 2;

    /// <summary>Takes a pen from the drawer: from a fine pencil to a felt-tip pen.</summary>
    public static Pen Random(ref Rng rng)
    {
        double radius = Math.Clamp(1.25 * Math.Exp(0.32 * rng.NextGaussian()), 0.5, 2.4);
        return new Pen(radius, rng.NextDouble(0.8, 1.5), rng.NextDouble(0, 0.3), rng.NextDouble(0, 2 * Math.PI));
    }

    /// <summary>A pen whose line is equally broad in all directions, with an edge of one pixel.</summary>
    /// <param name="radius">Half the breadth of its line, in pixels.</param>
    public static Pen Round(double radius) => new(radius, 1, 0, 0);

    /// <summary>
    /// Draws a segment: every pixel gets the ink that the segment lays on it, unless it has more already.
    /// The canvas is square, (side, side), 0 for paper and 1 for ink; coordinates are in pixels, the centre of the
    /// first being (0, 0).
    /// </summary>
    public void Draw(Span<float> canvas, int side, Point from, Point to)
    {
        // From here on single precision and correctly rounded operations only: the same bytes on every machine.
        float x0 = (float)from.X, y0 = (float)from.Y;
        float dx = (float)(to.X - from.X), dy = (float)(to.Y - from.Y);
        float length2 = dx * dx + dy * dy + 1e-6f;
        float radius = (float)Radius * (1 + ((float)_contrast * (dx * dx - dy * dy) + (float)_contrastDiagonal * 2 * dx * dy) / length2);
        float hardness = 1 / (float)Softness, perLength = 1 / length2;
        float reach = radius + (float)Softness / 2;
        int left = First(Math.Min(x0, x0 + dx) - reach), right = Last(Math.Max(x0, x0 + dx) + reach, side);
        int top = First(Math.Min(y0, y0 + dy) - reach), bottom = Last(Math.Max(y0, y0 + dy) + reach, side);
        for (int y = top; y <= bottom; y++)
        {
            Span<float> row = canvas.Slice(y * side, side);
            for (int x = left; x <= right; x++)
            {
                float px = x - x0, py = y - y0;
                float along = Math.Clamp((px * dx + py * dy) * perLength, 0, 1);
                float ex = px - along * dx, ey = py - along * dy;
                float distance2 = ex * ex + ey * ey;
                if (distance2 >= reach * reach)
                    continue;
                float distance = MathF.Sqrt(distance2);
                // What a box as broad as the edge sees of the line; a line finer than that is fainter.
                float ink = Math.Min(1, 0.5f + (radius - distance) * hardness) - Math.Max(0, 0.5f - (radius + distance) * hardness);
                row[x] = Math.Max(row[x], ink);
            }
        }
    }

    private static int First(float coordinate) => Math.Max(0, (int)MathF.Ceiling(coordinate));

    private static int Last(float coordinate, int side) => Math.Min(side - 1, (int)MathF.Floor(coordinate));
}
