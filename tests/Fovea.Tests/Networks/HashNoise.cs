using System.Text;
using Fovea.Networks;

namespace Fovea.Tests.Networks;

/// <summary>The numbers of tools/golden/presets.py: both sides compute weights and images instead of storing them.</summary>
internal static class HashNoise
{
    /// <summary>Multiples of 2⁻²³ in [−1, 1): a hash of each element's number.</summary>
    public static void Fill(uint stream, Span<float> values)
    {
        uint start = unchecked(stream * 2654435761);
        for (int i = 0; i < values.Length; i++)
        {
            uint x = unchecked(start + (uint)i);
            x = unchecked((x ^ (x >> 16)) * 0x7FEB352D);
            x = unchecked((x ^ (x >> 15)) * 0x846CA68B);
            x ^= x >> 16;
            values[i] = (x >> 8) / (float)(1 << 23) - 1;
        }
    }

    public static float[] Images(uint stream, int length)
    {
        float[] images = new float[length];
        Fill(stream, images);
        return images;
    }

    /// <summary>Kernels of the variance that keeps signals' size, scales around 0.75, positive variances, small rest.</summary>
    public static void Fill(Network network) => Fill(network, (_, number) => (uint)number);

    /// <summary>The same with a stream that follows from the parameter's name, so that their order does not matter (FNV-1a).</summary>
    public static void FillByName(Network network) => Fill(network, (parameter, _) =>
        Encoding.UTF8.GetBytes(parameter.Name).Aggregate(2166136261u, (hash, value) => unchecked((hash ^ value) * 16777619u)));

    private static void Fill(Network network, Func<Parameter, int, uint> stream) => Parallel.For(0, network.Parameters.Count, number =>
    {
        Parameter parameter = network.Parameters[number];
        if (parameter.Spec.Name == "value")
            return;
        Span<float> values = parameter.Value.Span;
        Fill(stream(parameter, number), values);
        (float factor, float shift) = parameter.Spec switch
        {
            { Shape.Rank: > 1 } spec => ((float)Math.Sqrt(6.0 / (spec.Shape.Length / spec.Shape[0])), 0),
            { Name: "running_var" } => (0.5f, 1),
            { Name: "weight" } => (0.25f, 0.75f),
            _ => (0.125f, 0f),
        };
        for (int i = 0; i < values.Length; i++)
        {
            float scaled = values[i] * factor;
            values[i] = scaled + shift;
        }
    });
}
