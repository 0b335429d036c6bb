using Fovea.Kernels.Elementwise;

namespace Fovea.Layers;

/// <summary>min(max(x, min), max): PyTorch's Hardtanh. No gradient passes where the input is not strictly between the bounds.</summary>
public sealed record Clamp : Activation
{
    /// <summary>Describes a clamp.</summary>
    /// <param name="min">The least output.</param>
    /// <param name="max">The largest output.</param>
    /// <exception cref="ArgumentException">A bound is not finite, or max is not above min.</exception>
    public Clamp(double min = -1, double max = 1)
    {
        Min = Guard.Finite(min, "Clamp: min");
        Max = Guard.Above(Guard.Finite(max, "Clamp: max"), min, "Clamp: max");
    }

    /// <summary>The least output.</summary>
    public double Min { get; }

    /// <summary>The largest output.</summary>
    public double Max { get; }

    internal override ElementwiseFunction Function => ElementwiseFunction.Of(new ClampFunction((float)Min, (float)Max));
}
