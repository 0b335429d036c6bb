using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>Several tensors as one.</summary>
internal static class Joining
{
    public static IEnumerable<OperatorDefinition> Definitions =>
    [
        OperatorDefinition.Of("Concat", 4, (1, OperatorDefinition.Many), "axis", Concat),
    ];

    private static OnnxTensor Concat(OperatorCall call) =>
        Concat(call, [.. Enumerable.Range(0, call.InputCount).Select(call.Input)], call.Axis(call.RequiredInt("axis"), call.Input(0).Rank));

    /// <summary>The tensors one after the other along an axis.</summary>
    public static OnnxTensor Concat(OperatorCall call, OnnxTensor[] parts, int axis)
    {
        OnnxTensor first = parts[0];
        long size = 0;
        foreach (OnnxTensor part in parts)
        {
            call.SameType(first, part);
            bool fits = part.Rank == first.Rank;
            for (int d = 0; fits && d < part.Rank; d++)
                fits = d == axis || part.Dimensions[d] == first.Dimensions[d];
            call.Require(fits, $"{Sizes.Text(part.Dimensions)} does not join {Sizes.Text(first.Dimensions)} along axis {axis}");
            size += part.Dimensions[axis];
        }
        long[] sizes = [.. first.Dimensions.ToArray().Select(one => (long)one)];
        sizes[axis] = size;
        int[] shape = call.CheckSizes(sizes, first.ElementType.Size());
        if (first.ElementType == OnnxElementType.String)
        {
            var strings = new string[Sizes.Count(shape)];
            Join<string>(parts, axis, shape, 1, part => part.Strings.ToArray(), strings);
            return new OnnxTensor(shape, strings);
        }
        OnnxTensor result = call.New(first.ElementType, shape, out Span<byte> bytes);
        Join(parts, axis, shape, first.ElementType.Size(), part => part.Bytes, bytes);
        return result;
    }

    /// <summary>Row by row: what lies behind the axis is one piece.</summary>
    private static void Join<T>(OnnxTensor[] parts, int axis, int[] shape, int scale, Func<OnnxTensor, ReadOnlyMemory<T>> elements, Span<T> target)
    {
        int rows = Sizes.Count(shape.AsSpan(0, axis)), inner = Sizes.Count(shape.AsSpan(axis)) * scale, at = 0;
        foreach (OnnxTensor part in parts)
        {
            int length = Sizes.Count(part.Dimensions[axis..]) * scale;
            ReadOnlySpan<T> source = elements(part).Span;
            for (int row = 0; row < rows; row++)
                source.Slice(row * length, length).CopyTo(target[((row * inner) + at)..]);
            at += length;
        }
    }
}
