using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Tests.Layers;

/// <summary>Numbers to try layers on, and comparison with finite differences of a reference.</summary>
internal static class LayerData
{
    private const double Step = 1e-5;

    /// <summary>
    /// (count, shape): the values of a sample lie at least 0.6 steps of a grid over ±2 apart and 0.3 away from zero, in
    /// random order, so that no finite difference meets the kink of a rectifier or of a maximum.
    /// </summary>
    public static float[] Inputs(Shape shape, int count, ulong seed)
    {
        float[] values = new float[count * shape.Length];
        int n = shape.Length;
        for (int sample = 0; sample < count; sample++)
        {
            var rng = new Rng(seed, (ulong)sample);
            Span<float> row = values.AsSpan(sample * n, n);
            for (int i = 0; i < n; i++)
                row[i] = (float)((i - n / 2 + 0.5 + rng.NextDouble(-0.2, 0.2)) * 4 / n);
            rng.Shuffle(row);
        }
        return values;
    }

    /// <summary>Normal random numbers.</summary>
    public static float[] Normal(int length, ulong seed)
    {
        var rng = new Rng(seed);
        float[] values = new float[length];
        foreach (ref float value in values.AsSpan())
            value = (float)rng.NextGaussian();
        return values;
    }

    /// <summary>Gives every parameter, running statistics among them, values of its own.</summary>
    public static void Randomize(Network network, ulong seed)
    {
        var rng = new Rng(seed);
        foreach (Parameter parameter in network.Parameters)
            foreach (ref float value in parameter.Value.Span)
                value = (float)(parameter.Spec.Name == "running_var" ? rng.NextDouble(0.5, 2) : 0.7 * rng.NextGaussian());
    }

    public static double[][] Rows(ReadOnlySpan<float> values, int count)
    {
        int length = values.Length / count;
        double[][] rows = new double[count][];
        for (int n = 0; n < count; n++)
            rows[n] = Doubles(values.Slice(n * length, length));
        return rows;
    }

    public static double[] Doubles(ReadOnlySpan<float> values)
    {
        double[] result = new double[values.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = values[i];
        return result;
    }

    public static double[][] Parameters(Network network) => [.. network.Parameters.Select(parameter => Doubles(parameter.Value.Span))];

    /// <summary>
    /// Asserts that some elements of a gradient are the central differences of Σ upstream · output. The elements are the
    /// first, the last and random ones.
    /// </summary>
    public static void AssertGradient(string what, ReadOnlySpan<float> gradient, Func<int, (double[] Array, int Index)> variable, Func<double[][]> outputs, double[][] upstream, ulong seed)
    {
        var rng = new Rng(seed);
        for (int trial = 0; trial < 12; trial++)
        {
            int i = trial == 0 ? 0 : trial == 1 ? gradient.Length - 1 : rng.NextInt(gradient.Length);
            (double[] array, int index) = variable(i);
            double kept = array[index];
            array[index] = kept + Step;
            double up = Dot(outputs(), upstream);
            array[index] = kept - Step;
            double down = Dot(outputs(), upstream);
            array[index] = kept;
            double expected = (up - down) / (2 * Step);
            Assert.True(
                Math.Abs(expected - gradient[i]) <= 1e-4 + 1e-4 * Math.Abs(expected),
                $"{what}: element {i} of {gradient.Length}: expected {expected}, got {gradient[i]}");
        }
    }

    private static double Dot(double[][] left, double[][] right)
    {
        double sum = 0;
        for (int n = 0; n < left.Length; n++)
            for (int i = 0; i < left[n].Length; i++)
                sum += left[n][i] * right[n][i];
        return sum;
    }
}
