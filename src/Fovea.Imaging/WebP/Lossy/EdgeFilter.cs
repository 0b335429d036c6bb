using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fovea.Imaging.WebP.Lossy;

/// <summary>
/// Smooths one edge of 16 pixels, all at once. An edge of two halves is of two places of 8 pixels each: of the two
/// colours, or of one component. Each filter stays a function of its own: what it calls is no longer inlined where the
/// compiler makes one of several.
/// </summary>
internal static class EdgeFilter
{
    /// <summary>The simple filter at an edge between rows.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void SimpleHorizontal(Span<byte> samples, int at, int stride, int limit)
    {
        Vector128<byte> p1 = Vector128.Create<byte>(samples[(at - (2 * stride))..]), p0 = Vector128.Create<byte>(samples[(at - stride)..]);
        Vector128<byte> q0 = Vector128.Create<byte>(samples[at..]), q1 = Vector128.Create<byte>(samples[(at + stride)..]);
        Smooth2(p1, ref p0, ref q0, q1, IsSmall(p1, p0, q0, q1, limit));
        p0.CopyTo(samples[(at - stride)..]);
        q0.CopyTo(samples[at..]);
    }

    /// <summary>The simple filter at an edge between columns.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void SimpleVertical(Span<byte> samples, int at, int stride, int limit)
    {
        Columns c = Columns.Load(samples, at - 4, samples, at - 4 + (8 * stride), stride);
        Smooth2(c.P1, ref c.P0, ref c.Q0, c.Q1, IsSmall(c.P1, c.P0, c.Q0, c.Q1, limit));
        c.Store(samples, at - 4, samples, at - 4 + (8 * stride), stride);
    }

    /// <summary>The normal filter at an edge between rows.</summary>
    /// <param name="first">Where the first 8 pixels are.</param>
    /// <param name="at">The first pixel below the edge.</param>
    /// <param name="second">Where the other 8 pixels are.</param>
    /// <param name="secondAt">The first of them below the edge.</param>
    /// <param name="stride">From one row to the next.</param>
    /// <param name="strength">How strongly to smooth.</param>
    /// <param name="outer">Whether it is a macroblock's edge.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Horizontal(Span<byte> first, int at, Span<byte> second, int secondAt, int stride, in FilterStrength strength, bool outer)
    {
        Columns c;
        c.P3 = Load(first, at - (4 * stride), second, secondAt - (4 * stride));
        c.P2 = Load(first, at - (3 * stride), second, secondAt - (3 * stride));
        c.P1 = Load(first, at - (2 * stride), second, secondAt - (2 * stride));
        c.P0 = Load(first, at - stride, second, secondAt - stride);
        c.Q0 = Load(first, at, second, secondAt);
        c.Q1 = Load(first, at + stride, second, secondAt + stride);
        c.Q2 = Load(first, at + (2 * stride), second, secondAt + (2 * stride));
        c.Q3 = Load(first, at + (3 * stride), second, secondAt + (3 * stride));
        if (!Smooth(ref c, strength, outer))
            return;
        if (outer)
        {
            Store(c.P2, first, at - (3 * stride), second, secondAt - (3 * stride));
            Store(c.Q2, first, at + (2 * stride), second, secondAt + (2 * stride));
        }
        Store(c.P1, first, at - (2 * stride), second, secondAt - (2 * stride));
        Store(c.P0, first, at - stride, second, secondAt - stride);
        Store(c.Q0, first, at, second, secondAt);
        Store(c.Q1, first, at + stride, second, secondAt + stride);
    }

    /// <summary>The normal filter at an edge between columns.</summary>
    /// <param name="first">Where the upper 8 pixels are.</param>
    /// <param name="at">The first pixel right of the edge.</param>
    /// <param name="second">Where the other 8 pixels are.</param>
    /// <param name="secondAt">The first of them right of the edge.</param>
    /// <param name="stride">From one row to the next.</param>
    /// <param name="strength">How strongly to smooth.</param>
    /// <param name="outer">Whether it is a macroblock's edge.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Vertical(Span<byte> first, int at, Span<byte> second, int secondAt, int stride, in FilterStrength strength, bool outer)
    {
        Columns c = Columns.Load(first, at - 4, second, secondAt - 4, stride);
        if (Smooth(ref c, strength, outer))
            c.Store(first, at - 4, second, secondAt - 4, stride);
    }

    private static Vector128<byte> Load(ReadOnlySpan<byte> first, int at, ReadOnlySpan<byte> second, int secondAt) =>
        Vector128.Create(BinaryPrimitives.ReadUInt64LittleEndian(first[at..]), BinaryPrimitives.ReadUInt64LittleEndian(second[secondAt..])).AsByte();

    private static void Store(Vector128<byte> values, Span<byte> first, int at, Span<byte> second, int secondAt)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(first[at..], values.AsUInt64().GetElement(0));
        BinaryPrimitives.WriteUInt64LittleEndian(second[secondAt..], values.AsUInt64().GetElement(1));
    }

    /// <returns>Whether anything was changed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Smooth(ref Columns c, in FilterStrength strength, bool outer)
    {
        Vector128<byte> inner = Vector128.Create((byte)strength.Inner);
        Vector128<byte> most = Vector128.Max(Vector128.Max(Difference(c.P3, c.P2), Difference(c.P2, c.P1)), Vector128.Max(Difference(c.Q3, c.Q2), Difference(c.Q2, c.Q1)));
        Vector128<byte> near = Vector128.Max(Difference(c.P1, c.P0), Difference(c.Q1, c.Q0));
        Vector128<byte> mask = Vector128.LessThanOrEqual(Vector128.Max(most, near), inner) & IsSmall(c.P1, c.P0, c.Q0, c.Q1, strength.Limit + (outer ? 4 : 0));
        if (mask == Vector128<byte>.Zero)
            return false;
        Vector128<byte> high = Vector128.GreaterThan(near, Vector128.Create((byte)strength.HighVariance));
        if (outer)
            Smooth6(ref c, mask, high);
        else
            Smooth4(ref c, mask, high);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Difference(Vector128<byte> a, Vector128<byte> b) => Vector128.Max(a, b) - Vector128.Min(a, b);

    /// <summary>Where 2·|p0 − q0| + |p1 − q1|/2 is at most the limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> IsSmall(Vector128<byte> p1, Vector128<byte> p0, Vector128<byte> q0, Vector128<byte> q1, int limit)
    {
        Vector128<byte> near = Difference(p0, q0), far = Difference(p1, q1) >> 1;
        Vector128<byte> sum = Vector128.AddSaturate(Vector128.AddSaturate(near, near), far);
        return Vector128.LessThanOrEqual(sum, Vector128.Create((byte)limit));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> Signed(Vector128<byte> values) => (values ^ Vector128.Create((byte)0x80)).AsSByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Unsigned(Vector128<sbyte> values) => values.AsByte() ^ Vector128.Create((byte)0x80);

    /// <summary>3·(q0 − p0) + (p1 − q1), or without the latter, within the bounds of a byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> Step(Vector128<sbyte> far, Vector128<sbyte> p0, Vector128<sbyte> q0)
    {
        Vector128<sbyte> near = Vector128.SubtractSaturate(q0, p0);
        return Vector128.AddSaturate(Vector128.AddSaturate(Vector128.AddSaturate(far, near), near), near);
    }

    /// <summary>Moves the two pixels at the edge towards each other by about an eighth of the step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> Approach(ref Vector128<sbyte> p0, ref Vector128<sbyte> q0, Vector128<sbyte> step)
    {
        Vector128<sbyte> down = Vector128.AddSaturate(step, Vector128.Create((sbyte)3)) >> 3, up = Vector128.AddSaturate(step, Vector128.Create((sbyte)4)) >> 3;
        p0 = Vector128.AddSaturate(p0, down);
        q0 = Vector128.SubtractSaturate(q0, up);
        return up;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Smooth2(Vector128<byte> p1, ref Vector128<byte> p0, ref Vector128<byte> q0, Vector128<byte> q1, Vector128<byte> mask)
    {
        Vector128<sbyte> p = Signed(p0), q = Signed(q0);
        Vector128<sbyte> step = Step(Vector128.SubtractSaturate(Signed(p1), Signed(q1)), p, q) & mask.AsSByte();
        Approach(ref p, ref q, step);
        (p0, q0) = (Unsigned(p), Unsigned(q));
    }

    /// <summary>Edges within a macroblock: two pixels on either side, or one where the variance is high.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Smooth4(ref Columns c, Vector128<byte> mask, Vector128<byte> high)
    {
        Vector128<sbyte> p1 = Signed(c.P1), p0 = Signed(c.P0), q0 = Signed(c.Q0), q1 = Signed(c.Q1);
        Vector128<sbyte> step = Step(Vector128.SubtractSaturate(p1, q1) & high.AsSByte(), p0, q0) & mask.AsSByte();
        Vector128<sbyte> half = Vector128.AndNot((Approach(ref p0, ref q0, step) + Vector128<sbyte>.One) >> 1, high.AsSByte());
        c.P1 = Unsigned(Vector128.AddSaturate(p1, half));
        c.P0 = Unsigned(p0);
        c.Q0 = Unsigned(q0);
        c.Q1 = Unsigned(Vector128.SubtractSaturate(q1, half));
    }

    /// <summary>Edges of macroblocks: three pixels on either side, or one where the variance is high.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Smooth6(ref Columns c, Vector128<byte> mask, Vector128<byte> high)
    {
        Vector128<sbyte> p2 = Signed(c.P2), p1 = Signed(c.P1), p0 = Signed(c.P0), q0 = Signed(c.Q0), q1 = Signed(c.Q1), q2 = Signed(c.Q2);
        Vector128<sbyte> step = Step(Vector128.SubtractSaturate(p1, q1), p0, q0) & mask.AsSByte();
        Approach(ref p0, ref q0, step & high.AsSByte());
        step = Vector128.AndNot(step, high.AsSByte());
        Vector128<short> low = Vector128.WidenLower(step) * 9, upper = Vector128.WidenUpper(step) * 9, round = Vector128.Create((short)63);
        Vector128<short> lowSum = low + round, upperSum = upper + round;
        Vector128<sbyte> ninth = Vector128.Narrow(lowSum >> 7, upperSum >> 7);
        Vector128<sbyte> eighteenth = Vector128.Narrow((lowSum + low) >> 7, (upperSum + upper) >> 7);
        Vector128<sbyte> most = Vector128.Narrow((lowSum + low + low) >> 7, (upperSum + upper + upper) >> 7);
        c.P2 = Unsigned(Vector128.AddSaturate(p2, ninth));
        c.Q2 = Unsigned(Vector128.SubtractSaturate(q2, ninth));
        c.P1 = Unsigned(Vector128.AddSaturate(p1, eighteenth));
        c.Q1 = Unsigned(Vector128.SubtractSaturate(q1, eighteenth));
        c.P0 = Unsigned(Vector128.AddSaturate(p0, most));
        c.Q0 = Unsigned(Vector128.SubtractSaturate(q0, most));
    }
}
