using System.Numerics;

namespace Fovea.Optimizers;

/// <summary>Goes a share of the way to a target, which stands in the gradient's place: v ← v + share (target − v).</summary>
internal readonly struct Approach(float share) : IUpdateRule
{
    public static int StateCount => 0;

    public void Apply(ref Vector<float> value, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second) =>
        value += share * (gradient - value);
}

/// <summary>Adds a multiple: v ← v + factor · gradient.</summary>
internal readonly struct Gather(float factor) : IUpdateRule
{
    public static int StateCount => 0;

    public void Apply(ref Vector<float> value, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second) =>
        value += factor * gradient;
}
