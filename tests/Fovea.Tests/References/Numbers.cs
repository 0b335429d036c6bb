using Fovea.Tensors;

namespace Fovea.Tests.References;

/// <summary>Random numbers for tests, and samples laid side by side, written independently of the library's.</summary>
internal static class Numbers
{
    public static float[] Gaussian(ref Rng rng, int length)
    {
        var values = new float[length];
        foreach (ref float value in values.AsSpan())
            value = (float)rng.NextGaussian();
        return values;
    }

    /// <summary>(samples, length) as (length, lanes), zeros in lanes without a sample.</summary>
    public static float[] SideBySide(ReadOnlySpan<float> rows, int length, int lanes)
    {
        var result = new float[length * lanes];
        for (int i = 0; i < rows.Length; i++)
            result[i % length * lanes + i / length] = rows[i];
        return result;
    }

    /// <summary>(length, lanes) as (samples, length).</summary>
    public static float[] Apart(ReadOnlySpan<float> sideBySide, int samples, int lanes)
    {
        int length = sideBySide.Length / lanes;
        var result = new float[samples * length];
        for (int i = 0; i < result.Length; i++)
            result[i] = sideBySide[i % length * lanes + i / length];
        return result;
    }

    /// <summary>Σ left · right in double precision.</summary>
    public static double Inner(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
            sum += (double)left[i] * right[i];
        return sum;
    }

    public static T Pick<T>(this ref Rng rng, params ReadOnlySpan<T> choices) => choices[rng.NextInt(choices.Length)];
}
