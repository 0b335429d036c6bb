using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fovea.Data;

/// <summary>Bytes to floats: <c>x · scale + shift</c> in one pass, the inner loop of every batch.</summary>
internal static class PixelConversion
{
    /// <summary>
    /// Converts as many bytes as there are floats. Multiplies and adds with two roundings, so that every processor
    /// gives the same bits.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // Unoptimised, every vector of the first ten thousand pictures would be a call.
    public static void ToFloat(ReadOnlySpan<byte> source, Span<float> destination, float scale, float shift)
    {
        source = source[..destination.Length];
        var scales = new Vector<float>(scale);
        var shifts = new Vector<float>(shift);
        int quarter = Vector<float>.Count, i = 0;
        for (; i <= destination.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(source[i..]), out Vector<ushort> low, out Vector<ushort> high);
            Span<float> target = destination.Slice(i, Vector<byte>.Count);
            Vector.Widen(low, out Vector<uint> first, out Vector<uint> second);
            Vector.Widen(high, out Vector<uint> third, out Vector<uint> fourth);
            // Bytes fit into signed integers, whose conversion every processor has.
            (Vector.ConvertToSingle(first.As<uint, int>()) * scales + shifts).CopyTo(target);
            (Vector.ConvertToSingle(second.As<uint, int>()) * scales + shifts).CopyTo(target[quarter..]);
            (Vector.ConvertToSingle(third.As<uint, int>()) * scales + shifts).CopyTo(target[(2 * quarter)..]);
            (Vector.ConvertToSingle(fourth.As<uint, int>()) * scales + shifts).CopyTo(target[(3 * quarter)..]);
        }
        for (; i < destination.Length; i++)
            destination[i] = source[i] * scale + shift;
    }

    /// <summary>Rounds floats in [0, 1] to bytes, to the nearest; what lies outside is clamped, NaN becomes 0.</summary>
    public static void ToByte(ReadOnlySpan<float> source, Span<byte> destination)
    {
        destination = destination[..source.Length];
        for (int i = 0; i < source.Length; i++)
        {
            float value = source[i] * 255 + 0.5f;
            destination[i] = value >= 255 ? (byte)255 : value > 0 ? (byte)value : (byte)0;
        }
    }
}
