using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Fovea.Imaging.WebP.Lossy;

/// <summary>
/// Twice as many samples of colour in both directions: each is 9/16 of the nearest, 3/16 of the two next to it and 1/16 of
/// the one across, with the roundings of libwebp's "fancy upsampling".
/// </summary>
internal static class ChromaUpsampling
{
    /// <summary>How many bytes behind a line are written, too.</summary>
    public const int Overhang = 16;

    /// <summary>Makes the two lines of the image that lie between two lines of samples.</summary>
    /// <param name="above">The upper line of samples.</param>
    /// <param name="below">The lower line; at the image's edges the same.</param>
    /// <param name="upper">The line nearer to the upper one: (W), and room for <see cref="Overhang"/> more.</param>
    /// <param name="lower">The line nearer to the lower one, likewise.</param>
    /// <param name="width">The image's columns.</param>
    public static void Run(ReadOnlySpan<byte> above, ReadOnlySpan<byte> below, Span<byte> upper, Span<byte> lower, int width)
    {
        upper[0] = Edge(above[0], below[0]);
        lower[0] = Edge(below[0], above[0]);
        int pairs = (width - 1) / 2, x = 0;
        Vector128<ushort> eight = Vector128.Create((ushort)8);
        for (; x < pairs && x + 9 <= above.Length; x += 8)
        {
            Vector128<ushort> above0 = Load(above, x), above1 = Load(above, x + 1), below0 = Load(below, x), below1 = Load(below, x + 1);
            Vector128<ushort> rising = below0 + above1, falling = above0 + below1, sum = rising + falling + eight;
            rising = (sum + rising + rising) >> 3;
            falling = (sum + falling + falling) >> 3;
            Store((rising + above0) >> 1, (falling + above1) >> 1, upper[((2 * x) + 1)..]);
            Store((falling + below0) >> 1, (rising + below1) >> 1, lower[((2 * x) + 1)..]);
        }
        for (; x < pairs; x++)
        {
            int rising = below[x] + above[x + 1], falling = above[x] + below[x + 1], sum = rising + falling + 8;
            rising = (sum + (2 * rising)) >> 3;
            falling = (sum + (2 * falling)) >> 3;
            upper[(2 * x) + 1] = (byte)((rising + above[x]) >> 1);
            upper[(2 * x) + 2] = (byte)((falling + above[x + 1]) >> 1);
            lower[(2 * x) + 1] = (byte)((falling + below[x]) >> 1);
            lower[(2 * x) + 2] = (byte)((rising + below[x + 1]) >> 1);
        }
        if (width % 2 == 0)
        {
            upper[width - 1] = Edge(above[pairs], below[pairs]);
            lower[width - 1] = Edge(below[pairs], above[pairs]);
        }
    }

    private static byte Edge(int near, int far) => (byte)(((3 * near) + far + 2) >> 2);

    private static Vector128<ushort> Load(ReadOnlySpan<byte> samples, int at) =>
        Vector128.WidenLower(Vector128.CreateScalar(BinaryPrimitives.ReadUInt64LittleEndian(samples[at..])).AsByte());

    private static void Store(Vector128<ushort> left, Vector128<ushort> right, Span<byte> target) => (left | (right << 8)).AsByte().CopyTo(target);
}
