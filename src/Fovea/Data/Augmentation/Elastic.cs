using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Fovea.Kernels;
using Fovea.Tensors;

namespace Fovea.Data.Augmentation;

/// <summary>
/// Bends images as if on rubber: every pixel is displaced by uniform noise in [−1, 1] that a Gaussian of deviation
/// <see cref="Sigma"/> has smoothed, times <see cref="Alpha"/>; both in pixels, noise outside the image counting as none
/// (Simard, Steinkraus and Platt, 2003: α = 34, σ = 4 for digits of 28 pixels).
/// </summary>
public sealed record Elastic : AugmentationStep
{
    private const int MaxRadius = 96;
    private const int Chunk = 32;
    private readonly float[] _taps;

    /// <summary>Distortions of this strength and smoothness.</summary>
    /// <param name="alpha">The strength, 0 to 10,000.</param>
    /// <param name="sigma">The smoothness, 0.5 to 32 pixels.</param>
    public Elastic(double alpha, double sigma)
    {
        Alpha = Guard.Between(alpha, 0, 10_000, "the strength of elastic");
        Sigma = Guard.Between(sigma, 0.5, MaxRadius / 3.0, "the smoothness of elastic");
        _taps = new float[2 * GaussianTaps.Radius(sigma) + 1];
        GaussianTaps.Fill(sigma, _taps);
    }

    /// <summary>The strength.</summary>
    public double Alpha { get; }

    /// <summary>The smoothness in pixels.</summary>
    public double Sigma { get; }

    /// <summary>Whether strength and smoothness are equal.</summary>
    public bool Equals(Elastic? other) => other is not null && base.Equals(other) && Alpha == other.Alpha && Sigma == other.Sigma;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Alpha, Sigma);

    /// <inheritdoc/>
    internal override void Apply(ref Rng rng, Canvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        int height = canvas.Shape.Height, width = canvas.Shape.Width, radius = _taps.Length / 2;
        // A row's zeros on the right are the next row's on the left; the same goes for the two fields, one above the other.
        int pitch = width + radius, field = (height + radius) * pitch, rows = 2 * height * pitch;
        Span<float> noise = canvas.Scratch(rows + 2 * radius);
        Span<float> smoothed = canvas.Scratch(2 * field + radius * pitch, 1);
        FillWithNoise(ref rng, noise, width, radius, 2 * height);
        smoothed.Clear();
        for (int f = 0; f < 2; f++)
            ShiftedSum.Sum(noise[(f * height * pitch)..], 1, _taps, smoothed.Slice(f * field + radius * pitch, height * pitch));
        canvas.Displacement(out Span<float> x, out Span<float> y);
        Span<float> result = noise[..(height * pitch)];
        for (int f = 0; f < 2; f++)
        {
            ShiftedSum.Sum(smoothed[(f * field)..], pitch, _taps, result);
            Span<float> displacement = f == 0 ? x : y;
            for (int row = 0; row < height; row++)
            {
                Span<float> line = displacement.Slice(row * width, width);
                TensorPrimitives.MultiplyAdd(result.Slice(row * pitch, width), (float)Alpha, line, line);
            }
        }
    }

    /// <summary>Rows of noise with zeros between; 16 bits a value, four values a draw.</summary>
    private static void FillWithNoise(ref Rng rng, Span<float> noise, int width, int radius, int rows)
    {
        const float Scale = 1f / 32768;
        Span<short> bits = stackalloc short[Chunk];
        noise[..radius].Clear();
        for (int row = 0; row < rows; row++)
        {
            Span<float> line = noise.Slice(radius + row * (width + radius), width + radius);
            for (int column = 0; column < width; column += Chunk)
            {
                foreach (ref ulong draw in MemoryMarshal.Cast<short, ulong>(bits))
                    draw = rng.NextUInt64();
                Span<float> values = line[column..Math.Min(column + Chunk, width)];
                int i = 0;
                for (; i <= values.Length - Vector<short>.Count; i += Vector<short>.Count)
                {
                    Vector.Widen(new Vector<short>(bits[i..]), out Vector<int> low, out Vector<int> high);
                    (Vector.ConvertToSingle(low) * Scale).CopyTo(values[i..]);
                    (Vector.ConvertToSingle(high) * Scale).CopyTo(values[(i + Vector<int>.Count)..]);
                }
                for (; i < values.Length; i++)
                    values[i] = bits[i] * Scale;
            }
            line[width..].Clear();
        }
    }
}
