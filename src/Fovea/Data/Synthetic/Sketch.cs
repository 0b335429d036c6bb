using Fovea.Tensors;

namespace Fovea.Data.Synthetic;

/// <summary>
/// A sheet on which a face is drawn, in the face's own coordinates: its middle is (0, 0), its outline about 1 away, y
/// points down. The sheet decides where that comes to lie, how large, and at what tilt.
/// </summary>
internal readonly ref struct Sketch
{
    private const int Side = Smileys.Side;

    /// <summary>Segments of a round line: none is longer than two pixels.</summary>
    private const int RoundSegments = 48;

    private readonly Span<float> _ink, _skin;
    private readonly double _xx, _xy, _yx, _yy, _x, _y, _scale;
    private readonly Pen _pen;

    /// <summary>Takes a pen, and decides where the face lies.</summary>
    /// <param name="ink">(48, 48), 0 for no ink and 1 for ink.</param>
    /// <param name="skin">(48, 48), the face's cover of the paper.</param>
    /// <param name="rng">Decides.</param>
    public Sketch(Span<float> ink, Span<float> skin, ref Rng rng)
    {
        _ink = ink;
        _skin = skin;
        _scale = rng.NextDouble(18, 22);
        double free = Side / 2.0 - 1 - _scale;
        _x = (Side - 1) / 2.0 + rng.NextDouble(-free, free);
        _y = (Side - 1) / 2.0 + rng.NextDouble(-free, free);
        double aspect = rng.NextDouble(0.85, 1.05);
        (double sin, double cos) = Math.SinCos(Math.Clamp(0.1 * rng.NextGaussian(), -0.3, 0.3));
        (_xx, _xy, _yx, _yy) = (_scale * cos * aspect, -_scale * sin, _scale * sin * aspect, _scale * cos);
        _pen = Pen.Round(rng.NextDouble(0.7, 1.2));
    }

    /// <summary>Draws a straight line.</summary>
    public void Line(Point from, Point to) => _pen.Draw(_ink, Side, Place(from), Place(to));

    /// <summary>Draws a curve from one point to another that is drawn towards a third (a quadratic Bézier curve).</summary>
    public void Curve(Point from, Point towards, Point to)
    {
        const int Segments = 12;
        Point last = from;
        for (int k = 1; k <= Segments; k++)
        {
            double t = (double)k / Segments;
            Point next = (1 - t) * (1 - t) * from + 2 * t * (1 - t) * towards + t * t * to;
            Line(last, next);
            last = next;
        }
    }

    /// <summary>Draws an ellipse's line.</summary>
    /// <param name="centre">Its middle.</param>
    /// <param name="width">Half its width.</param>
    /// <param name="height">Half its height.</param>
    /// <param name="squareness">2 for an ellipse; a larger exponent squares it (Lamé's curve).</param>
    public void Ellipse(Point centre, double width, double height, double squareness = 2)
    {
        Point last = default;
        for (int k = 0; k <= RoundSegments; k++)
        {
            Point next = centre + Round(k, width, height, squareness);
            if (k > 0)
                Line(last, next);
            last = next;
        }
    }

    /// <summary>Fills an ellipse with ink.</summary>
    public void Dot(Point centre, double width, double height) => Fill(_ink, centre, width, height, 2);

    /// <summary>Covers the paper with skin.</summary>
    public void Skin(Point centre, double width, double height, double squareness) => Fill(_skin, centre, width, height, squareness);

    /// <summary>Fills with horizontal strokes, so close together that nothing shows between them.</summary>
    private void Fill(Span<float> canvas, Point centre, double width, double height, double squareness)
    {
        int strokes = Math.Max(1, (int)Math.Ceiling(4 * height * _scale));
        var pen = Pen.Round(0.75);
        for (int k = 0; k < strokes; k++)
        {
            double y = (2 * k + 1.0) / strokes - 1;
            double reach = width * Math.Pow(1 - Math.Pow(Math.Abs(y), squareness), 1 / squareness);
            Point middle = centre + new Point(0, y * height);
            pen.Draw(canvas, Side, Place(middle - new Point(reach, 0)), Place(middle + new Point(reach, 0)));
        }
    }

    private static Point Round(int k, double width, double height, double squareness)
    {
        (double sin, double cos) = Math.SinCos(2 * Math.PI * k / RoundSegments);
        return new Point(width * Bend(cos), height * Bend(sin));

        double Bend(double value) => Math.Sign(value) * Math.Pow(Math.Abs(value), 2 / squareness);
    }

    private Point Place(Point point) => new(_x + _xx * point.X + _xy * point.Y, _y + _yx * point.X + _yy * point.Y);
}
