using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Fovea.Imaging.WebP.Lossy;

/// <summary>Four pixels on either side of an edge, 16 times: P3 to P0 before it, Q0 to Q3 behind it.</summary>
internal struct Columns
{
    public Vector128<byte> P3, P2, P1, P0, Q0, Q1, Q2, Q3;

    /// <summary>Reads two times 8 rows of 8 pixels, and turns them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Columns Load(ReadOnlySpan<byte> first, int at, ReadOnlySpan<byte> second, int secondAt, int stride)
    {
        Columns rows;
        rows.P3 = Pair(first, at, second, secondAt);
        rows.P2 = Pair(first, at + stride, second, secondAt + stride);
        rows.P1 = Pair(first, at + (2 * stride), second, secondAt + (2 * stride));
        rows.P0 = Pair(first, at + (3 * stride), second, secondAt + (3 * stride));
        rows.Q0 = Pair(first, at + (4 * stride), second, secondAt + (4 * stride));
        rows.Q1 = Pair(first, at + (5 * stride), second, secondAt + (5 * stride));
        rows.Q2 = Pair(first, at + (6 * stride), second, secondAt + (6 * stride));
        rows.Q3 = Pair(first, at + (7 * stride), second, secondAt + (7 * stride));
        rows.Turn();
        return rows;
    }

    /// <summary>Turns the pixels back, and writes them where they came from.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Span<byte> first, int at, Span<byte> second, int secondAt, int stride)
    {
        Turn();
        Split(P3, first, at, second, secondAt);
        Split(P2, first, at + stride, second, secondAt + stride);
        Split(P1, first, at + (2 * stride), second, secondAt + (2 * stride));
        Split(P0, first, at + (3 * stride), second, secondAt + (3 * stride));
        Split(Q0, first, at + (4 * stride), second, secondAt + (4 * stride));
        Split(Q1, first, at + (5 * stride), second, secondAt + (5 * stride));
        Split(Q2, first, at + (6 * stride), second, secondAt + (6 * stride));
        Split(Q3, first, at + (7 * stride), second, secondAt + (7 * stride));
    }

    /// <summary>Transposes both halves, 8×8 each; done twice it changes nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Turn()
    {
        // Rows of both halves are woven together four times; in the end each vector holds a column of either half.
        (Vector128<byte> a0, Vector128<byte> b0) = Weave(P3, Q0);
        (Vector128<byte> a1, Vector128<byte> b1) = Weave(P2, Q1);
        (Vector128<byte> a2, Vector128<byte> b2) = Weave(P1, Q2);
        (Vector128<byte> a3, Vector128<byte> b3) = Weave(P0, Q3);
        (Vector128<byte> c0, Vector128<byte> c1) = Weave(a0, a2);
        (Vector128<byte> c2, Vector128<byte> c3) = Weave(a1, a3);
        (Vector128<byte> d0, Vector128<byte> d1) = Weave(b0, b2);
        (Vector128<byte> d2, Vector128<byte> d3) = Weave(b1, b3);
        (Vector128<byte> e0, Vector128<byte> e1) = Weave(c0, c2);
        (Vector128<byte> e2, Vector128<byte> e3) = Weave(c1, c3);
        (Vector128<byte> f0, Vector128<byte> f1) = Weave(d0, d2);
        (Vector128<byte> f2, Vector128<byte> f3) = Weave(d1, d3);
        (P3, P2) = Join(e0, f0);
        (P1, P0) = Join(e1, f1);
        (Q0, Q1) = Join(e2, f2);
        (Q2, Q3) = Join(e3, f3);
    }

    /// <summary>The bytes of two vectors in turns: those of the lower halves, and of the upper ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<byte> Low, Vector128<byte> High) Weave(Vector128<byte> a, Vector128<byte> b)
    {
        if (Sse2.IsSupported)
            return (Sse2.UnpackLow(a, b), Sse2.UnpackHigh(a, b));
        if (AdvSimd.Arm64.IsSupported)
            return (AdvSimd.Arm64.ZipLow(a, b), AdvSimd.Arm64.ZipHigh(a, b));
        Vector128<ushort> low = Vector128.WidenLower(a) | (Vector128.WidenLower(b) << 8), high = Vector128.WidenUpper(a) | (Vector128.WidenUpper(b) << 8);
        return (low.AsByte(), high.AsByte());
    }

    /// <summary>The lower halves of two vectors, and their upper halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<byte> Low, Vector128<byte> High) Join(Vector128<byte> a, Vector128<byte> b) =>
        (Vector128.Create(a.GetLower(), b.GetLower()), Vector128.Create(a.GetUpper(), b.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Pair(ReadOnlySpan<byte> first, int at, ReadOnlySpan<byte> second, int secondAt) =>
        Vector128.Create(BinaryPrimitives.ReadUInt64LittleEndian(first[at..]), BinaryPrimitives.ReadUInt64LittleEndian(second[secondAt..])).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Split(Vector128<byte> values, Span<byte> first, int at, Span<byte> second, int secondAt)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(first[at..], values.AsUInt64().GetElement(0));
        BinaryPrimitives.WriteUInt64LittleEndian(second[secondAt..], values.AsUInt64().GetElement(1));
    }
}
