using System.Globalization;

namespace Fovea.Onnx.Operators.Calls;

/// <summary>Arithmetic of shapes.</summary>
internal static class Sizes
{
    /// <summary>The number of elements.</summary>
    public static int Count(ReadOnlySpan<int> sizes)
    {
        long count = 1;
        foreach (int size in sizes)
        {
            if (size == 0)
                return 0;
            count = Math.Min(count * size, (long)int.MaxValue + 1);
        }
        return checked((int)count);
    }

    /// <summary>How far apart neighbours along every axis lie, row-major.</summary>
    public static int[] Strides(ReadOnlySpan<int> sizes)
    {
        var strides = new int[sizes.Length];
        for (int i = sizes.Length - 1, stride = 1; i >= 0; stride *= Math.Max(1, sizes[i]), i--)
            strides[i] = stride;
        return strides;
    }

    /// <summary>Shapes in messages: (2, 3).</summary>
    public static string Text(ReadOnlySpan<int> sizes) => $"({string.Join(", ", sizes.ToArray())})";

    /// <inheritdoc cref="Text(ReadOnlySpan{int})"/>
    public static string Text(ReadOnlySpan<long> sizes) => $"({string.Join(", ", sizes.ToArray().Select(size => size.ToString(CultureInfo.InvariantCulture)))})";
}
