using System.Numerics.Tensors;
using Fovea.Tensors;

namespace Fovea.Initializers;

/// <summary>Draws from a normal distribution, whatever the fans.</summary>
/// <param name="Deviation">The standard deviation, zero or more.</param>
/// <param name="Mean">The mean.</param>
public sealed record Gaussian(double Deviation, double Mean = 0) : Initializer
{
    private const int Piece = 256;

    /// <summary>The standard deviation.</summary>
    public double Deviation { get; } = Guard.NotNegative(Deviation, "the deviation");

    /// <summary>The mean.</summary>
    public double Mean { get; } = Guard.Finite(Mean, "the mean");

    internal override bool FillsInPieces => true;

    /// <inheritdoc/>
    /// <remarks>Mean + Deviation · <see cref="Rng.NextGaussian"/> value by value, with logarithms and cosines in vectors.</remarks>
    public override void Fill(Span<float> values, int fanIn, int fanOut, ref Rng rng)
    {
        Span<double> radii = stackalloc double[Piece], angles = stackalloc double[Piece];
        for (; !values.IsEmpty; values = values[radii.Length..])
        {
            radii = radii[..Math.Min(radii.Length, values.Length)];
            angles = angles[..radii.Length];
            for (int i = 0; i < radii.Length; i++)
            {
                radii[i] = 1 - rng.NextDouble();
                angles[i] = 2 * Math.PI * rng.NextDouble();
            }
            TensorPrimitives.Log(radii, radii);
            TensorPrimitives.Multiply(radii, -2, radii);
            TensorPrimitives.Sqrt(radii, radii);
            TensorPrimitives.Cos(angles, angles);
            TensorPrimitives.Multiply(radii, angles, radii);
            for (int i = 0; i < radii.Length; i++)
                values[i] = (float)(Mean + Deviation * radii[i]);
        }
    }
}
