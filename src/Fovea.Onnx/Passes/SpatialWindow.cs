using Fovea.Onnx.Graphs;
using Fovea.Serialization;

namespace Fovea.Onnx.Passes;

/// <summary>The window of a convolution or pooling as its attributes and its input's sizes decide it, axis by axis.</summary>
internal sealed record SpatialWindow(int[] Kernel, int[] Strides, int[] Dilations, int[] Begin, int[] End, int[] Outputs, bool Ceil)
{
    /// <summary>Reads the attributes; null if they are unusual, so that the operator's own code has to judge.</summary>
    /// <param name="node">Conv or a pooling.</param>
    /// <param name="input">(N, C, …).</param>
    /// <param name="weight">(O, I, …) of a convolution.</param>
    /// <exception cref="ModelFormatException">The window does not fit.</exception>
    public static SpatialWindow? Of(OnnxNode node, int[] input, int[]? weight)
    {
        int axes = input.Length - 2;
        int[]? kernel = Ints(node, "kernel_shape") ?? weight?[2..];
        if (axes < 1 || kernel is null || kernel.Length != axes || weight is not null && !kernel.AsSpan().SequenceEqual(weight.AsSpan(2)))
            return null;
        int[] strides = Ints(node, "strides") ?? Ones(axes), dilations = Ints(node, "dilations") ?? Ones(axes), pads = Ints(node, "pads") ?? new int[2 * axes];
        if (strides.Length != axes || dilations.Length != axes || pads.Length != 2 * axes || HasLess(1, strides) || HasLess(1, dilations) || HasLess(1, kernel))
            return null;
        string auto = node.Find("auto_pad")?.String ?? "NOTSET";
        bool ceil = node.Find("ceil_mode")?.Int is not (null or 0);
        int[] begin = new int[axes], end = new int[axes], outputs = new int[axes];
        for (int i = 0; i < axes; i++)
        {
            long size = input[i + 2], span = (long)dilations[i] * (kernel[i] - 1) + 1;
            switch (auto)
            {
                case "NOTSET":
                    (begin[i], end[i]) = (pads[i], pads[i + axes]);
                    break;
                case "VALID":
                    break;
                case "SAME_UPPER" or "SAME_LOWER":
                    long total = Math.Max(0, ((size + strides[i] - 1) / strides[i] - 1) * strides[i] + span - size);
                    if (total > int.MaxValue)
                        return null;
                    (int less, int more) = ((int)(total / 2), (int)(total - total / 2));
                    (begin[i], end[i]) = auto == "SAME_UPPER" ? (less, more) : (more, less);
                    break;
                default:
                    return null;
            }
            long room = size + begin[i] + end[i] - span;
            if (room < 0)
                throw new ModelFormatException($"node {node.Label}: a window of {span} does not fit in {size} pixels with {begin[i]} and {end[i]} around them");
            outputs[i] = checked((int)((ceil ? room + strides[i] - 1 : room) / strides[i] + 1));
        }
        return new SpatialWindow(kernel, strides, dilations, begin, end, outputs, ceil);
    }

    /// <summary>Whether there is a frame around the input.</summary>
    public bool IsPadded => Array.Exists(Begin, size => size != 0) || Array.Exists(End, size => size != 0);

    /// <summary>As many ones. Plain loops here and below, for what every node asks must not wait for the JIT.</summary>
    public static int[] Ones(int count)
    {
        var ones = new int[count];
        for (int i = 0; i < count; i++)
            ones[i] = 1;
        return ones;
    }

    private static bool HasLess(int least, int[] sizes) => Array.Exists(sizes, size => size < least);

    private static int[]? Ints(OnnxNode node, string name) => node.Find(name) is { } found ? Narrowed(found.Ints) : null;

    private static int[] Narrowed(IReadOnlyList<long> values)
    {
        var narrow = new int[values.Count];
        for (int i = 0; i < narrow.Length; i++)
            narrow[i] = (int)Math.Clamp(values[i], int.MinValue, int.MaxValue);
        return narrow;
    }
}
