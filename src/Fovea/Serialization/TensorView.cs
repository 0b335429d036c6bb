namespace Fovea.Serialization;

/// <summary>
/// How a tensor lies in memory: the element (i, j, …) at <c>Offset + i·Strides[0] + j·Strides[1] + …</c> of the elements
/// in <c>Memory</c>. Whoever makes one has checked that all of them lie there.
/// </summary>
/// <param name="Memory">The bytes, those of other tensors among them.</param>
/// <param name="Offset">The first element.</param>
/// <param name="Strides">Elements from one to the next, for every dimension.</param>
/// <param name="BigEndian">Whether the most significant byte of an element comes first.</param>
internal sealed record TensorView(ReadOnlyMemory<byte> Memory, long Offset, long[] Strides, bool BigEndian)
{
    /// <summary>The strides of elements that lie one behind the other, the last dimension's closest, or the first's.</summary>
    /// <param name="shape">The sizes of the dimensions, whose product fits.</param>
    /// <param name="columnMajor">Whether the first dimension's elements are closest, as in Fortran.</param>
    public static long[] DenseStrides(long[] shape, bool columnMajor)
    {
        var strides = new long[shape.Length];
        long stride = 1;
        for (int i = 0; i < strides.Length; i++)
        {
            int dimension = columnMajor ? i : strides.Length - 1 - i;
            strides[dimension] = stride;
            stride *= shape[dimension];
        }
        return strides;
    }

    /// <summary>Whether the elements lie one behind the other in row-major order.</summary>
    private bool IsDense(long[] shape)
    {
        long expected = 1;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            if (shape[i] != 1 && Strides[i] != expected)
                return false;
            expected *= shape[i];
        }
        return true;
    }

    /// <summary>The elements, row-major, little-endian: where they lie if they lie so, else a copy.</summary>
    public ReadOnlyMemory<byte> ToDense(long[] shape, int length, int size)
    {
        if (length == 0)
            return ReadOnlyMemory<byte>.Empty;
        bool reverse = BigEndian && size > 1;
        bool dense = IsDense(shape);
        if (dense && !reverse)
            return Memory.Slice((int)Offset * size, length * size);
        var copy = new byte[length * size];
        if (dense)
            Memory.Span.Slice((int)Offset * size, length * size).CopyTo(copy);
        else
            Gather(copy, shape, size);
        if (reverse)
            Reverse(copy, size);
        return copy;
    }

    private void Gather(Span<byte> destination, long[] shape, int size)
    {
        ReadOnlySpan<byte> source = Memory.Span;
        var index = new long[shape.Length];
        long position = Offset;
        for (int done = 0; done < destination.Length; done += size)
        {
            source.Slice((int)position * size, size).CopyTo(destination[done..]);
            for (int i = shape.Length - 1; i >= 0; i--)
            {
                position += Strides[i];
                if (++index[i] < shape[i])
                    break;
                position -= index[i] * Strides[i];
                index[i] = 0;
            }
        }
    }

    private static void Reverse(Span<byte> elements, int size)
    {
        for (int i = 0; i < elements.Length; i += size)
            elements.Slice(i, size).Reverse();
    }
}
