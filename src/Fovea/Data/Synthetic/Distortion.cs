using System.Runtime.CompilerServices;
using Fovea.Tensors;

namespace Fovea.Data.Synthetic;

/// <summary>
/// The difference between one writer's hand and another's: an affine map (aspect, slant, rotation) after a smooth
/// random warp of the plane, the elastic distortion of Simard, Steinkraus and Platt (2003), here as a cubic B-spline
/// over a coarse grid of random displacements. It moves points rather than pixels, so that ink stays sharp.
/// </summary>
internal struct Distortion
{
    private const int Nodes = 6;
    private const double Spacing = 45;
    private const double Margin = 20;

    private Grid _grid;
    private double _xx, _xy, _yx, _yy, _taper, _sink;

    /// <summary>Draws a distortion.</summary>
    public static Distortion Random(ref Rng rng)
    {
        var distortion = default(Distortion);
        double warp = rng.NextDouble(4, 20);
        for (int k = 0; k < Nodes * Nodes; k++)
            distortion._grid[k] = new Point(rng.NextDouble(-warp, warp), rng.NextDouble(-warp, warp));

        distortion._taper = 0.25 * rng.NextGaussian();
        distortion._sink = 0.3 * rng.NextGaussian();
        double aspect = 1.1 * Math.Exp(0.28 * rng.NextGaussian());
        double slant = 0.15 + 0.3 * rng.NextGaussian();
        double angle = 0.15 * rng.NextGaussian();
        (double sin, double cos) = Math.SinCos(angle);
        // Rotation · slant · aspect; a positive slant leans the top to the right.
        distortion._xx = cos * aspect;
        distortion._xy = -cos * slant - sin;
        distortion._yx = sin * aspect;
        distortion._yy = -sin * slant + cos;
        return distortion;
    }

    /// <summary>Where a point of a digit of height 100 goes.</summary>
    public readonly Point Apply(Point point)
    {
        double t = point.Y / 100;
        double x = 25 + (point.X - 25) * Math.Max(0.3, 1 + _taper * (2 * t - 1));
        double y = point.Y + 100 * _sink * t * (1 - t);
        Point p = new Point(x, y) + Warp(point);
        return new Point(_xx * p.X + _xy * p.Y, _yx * p.X + _yy * p.Y);
    }

    private readonly Point Warp(Point point)
    {
        double u = Math.Clamp((point.X + Margin) / Spacing, 0, Nodes - 3.001);
        double v = Math.Clamp((point.Y + Margin) / Spacing, 0, Nodes - 3.001);
        int column = (int)u, row = (int)v;
        Span<double> across = stackalloc double[4], down = stackalloc double[4];
        Spline(u - column, across);
        Spline(v - row, down);
        Point sum = default;
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < 4; j++)
                sum += down[i] * across[j] * _grid[(row + i) * Nodes + column + j];
        return sum;
    }

    /// <summary>The uniform cubic B-spline's four weights at t in [0, 1).</summary>
    private static void Spline(double t, Span<double> weights)
    {
        double s = 1 - t;
        weights[0] = s * s * s / 6;
        weights[1] = 2.0 / 3 - t * t * (2 - t) / 2;
        weights[2] = 2.0 / 3 - s * s * (2 - s) / 2;
        weights[3] = t * t * t / 6;
    }

    [InlineArray(Nodes * Nodes)]
    private struct Grid
    {
        private Point _first;
    }
}
