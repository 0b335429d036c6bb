using System.Numerics.Tensors;
using Fovea.Tensors;

namespace Fovea.Data.Augmentation;

/// <summary>Adds normal noise to every value, as a camera does in the dark; pixels stay in [0, 1].</summary>
public sealed record Noise : AugmentationStep
{
    /// <summary>Noise of this deviation, 0 to 1, white being 1.</summary>
    public Noise(double deviation) => Deviation = Guard.Share(deviation, "the deviation of noise");

    /// <summary>The deviation, white being 1.</summary>
    public double Deviation { get; }

    /// <inheritdoc/>
    internal override void Apply(ref Rng rng, Canvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        // Box and Muller (1958), a cosine and a sine from every pair: radius √(−2 ln u), angle 2π v.
        int length = canvas.Shape.Length, half = (length + 1) / 2;
        Span<float> radius = canvas.Scratch(half), angle = canvas.Scratch(3 * half, 1)[..half], parts = canvas.Scratch(3 * half, 1)[half..];
        for (int i = 0; i < half; i++)
        {
            ulong bits = rng.NextUInt64();
            radius[i] = ((uint)(bits >> 40) + 1) * (1f / (1 << 24));
            angle[i] = (uint)(bits & 0xFFFFFF) * (2 * MathF.PI / (1 << 24));
        }
        TensorPrimitives.Log(radius, radius);
        TensorPrimitives.Multiply(radius, (float)(-2 * Deviation * Deviation), radius);
        TensorPrimitives.Sqrt(radius, radius);
        TensorPrimitives.Cos(angle, parts[..half]);
        TensorPrimitives.Sin(angle, parts[half..]);
        TensorPrimitives.Multiply(parts[..half], radius, parts[..half]);
        TensorPrimitives.Multiply(parts[half..], radius, parts[half..]);
        TensorPrimitives.Add(canvas.Pixels, parts[..length], canvas.Pixels);
        Colours.Clamp(canvas.Pixels);
    }
}
