using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Fovea.Imaging.WebP.Lossy;

/// <summary>
/// Twice as many samples of colour in both directions: each is 9/16 of the nearest, 3/16 of the two next to it and 1/16 of
/// the one across, with the roundings of libwebp's "fancy upsampling".
/// </summary>
internal static class ChromaUpsampling
{
    /// <summary>Makes a line of the picture.</summary>
    /// <param name="near">The line of samples that lies nearer.</param>
    /// <param name="far">The line on the other side, or the same at the picture's edge.</param>
    /// <param name="target">(W), and room for 32 more.</param>
    /// <param name="width">The picture's columns.</param>
    public static void Run(ReadOnlySpan<byte> near, ReadOnlySpan<byte> far, Span<byte> target, int width)
    {
        target[0] = Edge(near[0], far[0]);
        int pairs = (width - 1) / 2, x = 0;
        Vector128<ushort> eight = Vector128.Create((ushort)8);
        for (; x < pairs && x + 9 <= near.Length; x += 8)
        {
            Vector128<ushort> near0 = Load(near, x), near1 = Load(near, x + 1), far0 = Load(far, x), far1 = Load(far, x + 1);
            Vector128<ushort> falling = far0 + near1, rising = near0 + far1, sum = falling + rising + eight;
            Vector128<ushort> left = (((sum + falling + falling) >> 3) + near0) >> 1, right = (((sum + rising + rising) >> 3) + near1) >> 1;
            (left | (right << 8)).AsByte().CopyTo(target[((2 * x) + 1)..]);
        }
        for (; x < pairs; x++)
        {
            int falling = far[x] + near[x + 1], rising = near[x] + far[x + 1], sum = falling + rising + 8;
            target[(2 * x) + 1] = (byte)((((sum + (2 * falling)) >> 3) + near[x]) >> 1);
            target[(2 * x) + 2] = (byte)((((sum + (2 * rising)) >> 3) + near[x + 1]) >> 1);
        }
        if (width % 2 == 0)
            target[width - 1] = Edge(near[pairs], far[pairs]);
    }

    private static byte Edge(int near, int far) => (byte)(((3 * near) + far + 2) >> 2);

    private static Vector128<ushort> Load(ReadOnlySpan<byte> samples, int at) =>
        Vector128.WidenLower(Vector128.CreateScalar(BinaryPrimitives.ReadUInt64LittleEndian(samples[at..])).AsByte());
}
