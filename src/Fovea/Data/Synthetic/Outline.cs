using System.Runtime.CompilerServices;
using Fovea.Tensors;

namespace Fovea.Data.Synthetic;

/// <summary>
/// A circle or a convex polygon as a signed distance, in pixels: negative inside. A polygon is where several
/// half-planes overlap, a circle all points within a radius.
/// </summary>
internal struct Outline
{
    private const int MaxCorners = 4;

    private Corners _corners;
    private Sides _sides;
    private int _count;
    private float _radius, _x, _y;

    public static Outline Circle(double radius) => new() { _radius = (float)radius };

    /// <summary>A square at any angle, a little more than the circle of this radius in area, so that size tells nothing.</summary>
    public static Outline Square(double radius, ref Rng rng)
    {
        double angle = rng.NextDouble(0, Math.PI / 2);
        // At a slant its diagonal must still leave a margin in a image of radius / 0.42 pixels.
        return Polygon(1.1 * radius, [angle, angle + Math.PI / 2, angle + Math.PI, angle + 1.5 * Math.PI]);
    }

    /// <summary>A triangle, equilateral, right-angled or in between, at any angle.</summary>
    public static Outline Triangle(double radius, ref Rng rng)
    {
        // By the inscribed angle theorem an arc of 2α faces a corner of α: all corners are at least 39°.
        double first = rng.NextDouble(Math.PI / 2, Math.PI), rest = 2 * Math.PI - first;
        double second = rest / 2 * rng.NextDouble(0.9, 1.1);
        double angle = rng.NextDouble(0, 2 * Math.PI);
        return Polygon(1.12 * radius, [angle, angle + first, angle + first + second]);
    }

    /// <summary>Moves it to a random place where all of it lies in the image, a pixel from the edge if it can.</summary>
    public void Place(int size, ref Rng rng)
    {
        double left = -_radius, right = _radius, top = -_radius, bottom = _radius;
        for (int k = 0; k < _count; k++)
        {
            left = k == 0 ? _corners[k].X : Math.Min(left, _corners[k].X);
            right = k == 0 ? _corners[k].X : Math.Max(right, _corners[k].X);
            top = k == 0 ? _corners[k].Y : Math.Min(top, _corners[k].Y);
            bottom = k == 0 ? _corners[k].Y : Math.Max(bottom, _corners[k].Y);
        }
        _x = (float)Between(0.5 - left, size - 1.5 - right, ref rng);
        _y = (float)Between(0.5 - top, size - 1.5 - bottom, ref rng);
    }

    /// <summary>The signed distance of a pixel's centre; beyond a polygon's corners, a lower bound of it.</summary>
    public readonly float Distance(float x, float y)
    {
        x -= _x;
        y -= _y;
        if (_count == 0)
            return MathF.Sqrt(x * x + y * y) - _radius;
        float distance = float.MinValue;
        for (int k = 0; k < _count; k++)
            distance = Math.Max(distance, x * _sides[k].X + y * _sides[k].Y - _sides[k].Offset);
        return distance;
    }

    private static double Between(double low, double high, ref Rng rng) =>
        low < high ? rng.NextDouble(low, high) : (low + high) / 2;

    /// <summary>The polygon whose corners lie on a circle at these angles, in clockwise order on the screen.</summary>
    private static Outline Polygon(double radius, ReadOnlySpan<double> angles)
    {
        var outline = new Outline { _count = angles.Length };
        for (int k = 0; k < angles.Length; k++)
        {
            (double sin, double cos) = Math.SinCos(angles[k]);
            outline._corners[k] = new Point(radius * cos, radius * sin);
        }
        for (int k = 0; k < angles.Length; k++)
        {
            Point from = outline._corners[k], side = outline._corners[(k + 1) % angles.Length] - from;
            double length = Math.Sqrt(side.X * side.X + side.Y * side.Y);
            double x = side.Y / length, y = -side.X / length;
            outline._sides[k] = new Side((float)x, (float)y, (float)(x * from.X + y * from.Y));
        }
        return outline;
    }

    /// <summary>A half-plane's outward normal, and its distance from the origin.</summary>
    private readonly record struct Side(float X, float Y, float Offset);

    [InlineArray(MaxCorners)]
    private struct Corners
    {
        private Point _first;
    }

    [InlineArray(MaxCorners)]
    private struct Sides
    {
        private Side _first;
    }
}
