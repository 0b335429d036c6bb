using System.Numerics;
using System.Runtime.InteropServices;

namespace Fovea.Optimizers;

/// <summary>
/// The arithmetic of one optimiser for one vector of elements. Only operations that IEEE 754 rounds exactly (no estimates,
/// no fused multiply-add that one machine has and another lacks), so that an element's result depends on that element alone.
/// </summary>
internal interface IUpdateRule
{
    /// <summary>How many states it uses: 0, 1 (<c>first</c>) or 2.</summary>
    static abstract int StateCount { get; }

    /// <summary>Moves the values and the states by one step.</summary>
    void Apply(ref Vector<float> value, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second);
}

/// <summary>
/// Runs a rule over a range. What is left after the last whole vector goes through the same rule in a padded vector:
/// how a parameter is cut into ranges can't change a bit of the result.
/// </summary>
internal static class UpdateLoop
{
    public static void Run<TRule>(
        TRule rule, Span<float> values, ReadOnlySpan<float> gradient, Span<float> first, Span<float> second)
        where TRule : struct, IUpdateRule
    {
        if (gradient.Length != values.Length)
            throw new ArgumentException($"a range of {values.Length} values needs as many gradients, got {gradient.Length}");

        int remainder = values.Length % Vector<float>.Count;
        RunVectors(rule, Vectors(values), Vectors(gradient), Vectors(first), Vectors(second));
        if (remainder == 0)
            return;

        values = values[^remainder..];
        gradient = gradient[^remainder..];
        first = first.IsEmpty ? first : first[^remainder..];
        second = second.IsEmpty ? second : second[^remainder..];
        Vector<float> value = Load(values), firstState = Load(first), secondState = Load(second);
        rule.Apply(ref value, Load(gradient), ref firstState, ref secondState);
        Store(value, values);
        Store(firstState, first);
        Store(secondState, second);
    }

    private static void RunVectors<TRule>(
        TRule rule, Span<Vector<float>> values, ReadOnlySpan<Vector<float>> gradient,
        Span<Vector<float>> first, Span<Vector<float>> second)
        where TRule : struct, IUpdateRule
    {
        Vector<float> none = default;
        for (int i = 0; i < values.Length; i++)
        {
            if (TRule.StateCount == 0)
                rule.Apply(ref values[i], gradient[i], ref none, ref none);
            else if (TRule.StateCount == 1)
                rule.Apply(ref values[i], gradient[i], ref first[i], ref none);
            else
                rule.Apply(ref values[i], gradient[i], ref first[i], ref second[i]);
        }
    }

    private static Span<Vector<float>> Vectors(Span<float> span) => MemoryMarshal.Cast<float, Vector<float>>(span);

    private static ReadOnlySpan<Vector<float>> Vectors(ReadOnlySpan<float> span) =>
        MemoryMarshal.Cast<float, Vector<float>>(span);

    private static Vector<float> Load(ReadOnlySpan<float> part)
    {
        Span<float> padded = stackalloc float[Vector<float>.Count];
        padded.Clear();
        part.CopyTo(padded);
        return new Vector<float>(padded);
    }

    private static void Store(Vector<float> vector, Span<float> part)
    {
        for (int i = 0; i < part.Length; i++)
            part[i] = vector[i];
    }
}
