using Fovea.Onnx.Graphs;

namespace Fovea.Onnx.Operators.Calls;

/// <summary>An operation that moves elements and never looks at them.</summary>
internal interface IMovement
{
    /// <summary>Fills the target, row-major of these sizes, with elements of one source or two.</summary>
    void Run<T>(OnnxTensor first, OnnxTensor? second, ReadOnlySpan<T> source, ReadOnlySpan<T> other, int[] sizes, Span<T> target);
}

/// <summary>Runs movements for every element type, by the size of the elements alone.</summary>
internal static class Movement
{
    /// <summary>A new tensor, filled by a movement of one source or two of the same type.</summary>
    public static OnnxTensor Apply<TMovement>(OperatorCall call, OnnxElementType type, int[] sizes, OnnxTensor first, OnnxTensor? second, TMovement movement)
        where TMovement : struct, IMovement
    {
        switch (type.Size())
        {
            case 1: return Run<byte, TMovement>(call, type, sizes, first, second, movement);
            case 2: return Run<ushort, TMovement>(call, type, sizes, first, second, movement);
            case 4: return Run<uint, TMovement>(call, type, sizes, first, second, movement);
            case 8: return Run<ulong, TMovement>(call, type, sizes, first, second, movement);
            case 16: return Run<UInt128, TMovement>(call, type, sizes, first, second, movement);
            case 0 when type == OnnxElementType.String:
                call.CheckSizes([.. sizes.Select(size => (long)size)], IntPtr.Size);
                var strings = new string[Sizes.Count(sizes)];
                movement.Run(first, second, [.. first.Strings], second is null ? default : (ReadOnlySpan<string>)[.. second.Strings], sizes, strings);
                foreach (ref string text in strings.AsSpan())
                    text ??= "";
                return new OnnxTensor(sizes, strings);
            default: throw call.Error($"it does not take {type}");
        }
    }

    private static OnnxTensor Run<T, TMovement>(OperatorCall call, OnnxElementType type, int[] sizes, OnnxTensor first, OnnxTensor? second, TMovement movement)
        where T : unmanaged
        where TMovement : struct, IMovement
    {
        OnnxTensor result = call.New(type, sizes, out Span<T> target);
        movement.Run(first, second, first.Values<T>(), second is null ? default : second.Values<T>(), sizes, target);
        return result;
    }
}
