using Fovea.Kernels.Quantized;

namespace Fovea.Execution;

/// <summary>What the bytes of an activation mean: value = scale · (byte − zero point), bytes from 0 to 127.</summary>
/// <param name="Scale">The step from one byte to the next; positive.</param>
/// <param name="ZeroPoint">The byte of the value 0, from 0 to 127: padding must be exact.</param>
public readonly record struct ActivationRange(float Scale, int ZeroPoint)
{
    /// <summary>The largest byte.</summary>
    public const int Levels = QuantizedCorrelation.MaxActivation;

    /// <summary>The range whose bytes reach from the least value to the largest, widened to hold 0.</summary>
    /// <exception cref="ArgumentException">A bound is not finite.</exception>
    public static ActivationRange Of(double least, double largest)
    {
        if (!double.IsFinite(least) || !double.IsFinite(largest))
            throw new ArgumentException($"an activation's bounds must be finite, got {least} and {largest}");
        least = Math.Min(least, 0);
        largest = Math.Max(largest, 0);
        double scale = (largest - least) / Levels;
        // A step must be a normal float; an activation that is always 0 may have any.
        return (float)scale >= 1e-30f ? new ActivationRange((float)scale, (int)Math.Round(-least / scale)) : new ActivationRange(1, 0);
    }

    /// <summary>Whether step and zero point are such as bytes may have.</summary>
    public bool IsSound => float.IsFinite(Scale) && Scale >= 1e-30f && ZeroPoint is >= 0 and <= Levels;
}
