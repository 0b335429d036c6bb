namespace Fovea.Data.Synthetic;

/// <summary>A place or a displacement in the plane; y points down, as in images.</summary>
internal readonly record struct Point(double X, double Y)
{
    public static Point operator +(Point a, Point b) => new(a.X + b.X, a.Y + b.Y);

    public static Point operator -(Point a, Point b) => new(a.X - b.X, a.Y - b.Y);

    public static Point operator *(double scale, Point a) => new(scale * a.X, scale * a.Y);
}
