using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fovea.Data;

/// <summary>Bytes to floats: <c>x · scale + shift</c> in one pass, the inner loop of every batch.</summary>
internal static class PixelConversion
{
    /// <summary>
    /// Converts as many bytes as there are floats. Multiplies and adds with two roundings, so that every processor
    /// gives the same bits.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // Unoptimised, every vector of the first ten thousand images would be a call.
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToByte(ReadOnlySpan<float> source, Span<byte> destination)
    {
        destination = destination[..source.Length];
        Vector<float> white = new(255), half = new(0.5f);
        int quarter = Vector<float>.Count, i = 0;
        for (; i <= source.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            ReadOnlySpan<float> part = source.Slice(i, Vector<byte>.Count);
            Vector<ushort> low = Vector.Narrow(Round(part), Round(part[quarter..])), high = Vector.Narrow(Round(part[(2 * quarter)..]), Round(part[(3 * quarter)..]));
            Vector.Narrow(low, high).CopyTo(destination[i..]);
        }
        for (; i < source.Length; i++)
        {
            float value = source[i] * 255 + 0.5f;
            destination[i] = value >= 255 ? (byte)255 : value > 0 ? (byte)value : (byte)0;
        }

        Vector<uint> Round(ReadOnlySpan<float> values)
        {
            Vector<float> value = new Vector<float>(values) * white + half;
            // NaN is not greater than 0.
            value = Vector.ConditionalSelect(Vector.GreaterThan(value, Vector<float>.Zero), value, Vector<float>.Zero);
            return Vector.ConvertToInt32(Vector.Min(value, white)).As<int, uint>();
        }
    }

    /// <summary>Takes the three bytes of every pixel apart.</summary>
    /// <param name="pixels">(N, 3).</param>
    /// <param name="first">(N).</param>
    /// <param name="second">(N).</param>
    /// <param name="third">(N).</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Deinterleave(ReadOnlySpan<byte> pixels, Span<byte> first, Span<byte> second, Span<byte> third)
    {
        const byte X = 0x80;
        int count = pixels.Length / 3, i = 0;
        for (; i <= count - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            ReadOnlySpan<byte> part = pixels.Slice(3 * i, 3 * Vector128<byte>.Count);
            Vector128<byte> a = Vector128.Create(part), b = Vector128.Create(part[16..]), c = Vector128.Create(part[32..]);
            (Vector128.Shuffle(a, Vector128.Create(0, 3, 6, 9, 12, 15, X, X, X, X, X, X, X, X, X, X))
                | Vector128.Shuffle(b, Vector128.Create(X, X, X, X, X, X, 2, 5, 8, 11, 14, X, X, X, X, X))
                | Vector128.Shuffle(c, Vector128.Create(X, X, X, X, X, X, X, X, X, X, X, 1, 4, 7, 10, 13))).CopyTo(first[i..]);
            (Vector128.Shuffle(a, Vector128.Create(1, 4, 7, 10, 13, X, X, X, X, X, X, X, X, X, X, X))
                | Vector128.Shuffle(b, Vector128.Create(X, X, X, X, X, 0, 3, 6, 9, 12, 15, X, X, X, X, X))
                | Vector128.Shuffle(c, Vector128.Create(X, X, X, X, X, X, X, X, X, X, X, 2, 5, 8, 11, 14))).CopyTo(second[i..]);
            (Vector128.Shuffle(a, Vector128.Create(2, 5, 8, 11, 14, X, X, X, X, X, X, X, X, X, X, X))
                | Vector128.Shuffle(b, Vector128.Create(X, X, X, X, X, 1, 4, 7, 10, 13, X, X, X, X, X, X))
                | Vector128.Shuffle(c, Vector128.Create(X, X, X, X, X, X, X, X, X, X, 0, 3, 6, 9, 12, 15))).CopyTo(third[i..]);
        }
        for (; i < count; i++)
            (first[i], second[i], third[i]) = (pixels[3 * i], pixels[(3 * i) + 1], pixels[(3 * i) + 2]);
    }
}
