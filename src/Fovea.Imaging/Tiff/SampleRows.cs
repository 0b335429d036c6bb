using System.Runtime.InteropServices;

namespace Fovea.Imaging.Tiff;

/// <summary>Samples of 1 to 16 bits to bytes.</summary>
internal static class SampleRows
{
    private static readonly ulong[] SpreadTable = [.. Enumerable.Range(0, 256).Select(SpreadBits)];

    /// <summary>
    /// Few bits are spread over 0 to 255, of more than 8 the highest 8 are kept, as Pillow does; numbers of colours of a
    /// palette stay as they are.
    /// </summary>
    /// <param name="row">The row as it is in the file; samples of other sizes than 16 bits begin at the highest bit.</param>
    /// <param name="header">The size of samples, and the order of their bytes.</param>
    /// <param name="samples">The samples.</param>
    public static void Expand(ReadOnlySpan<byte> row, TiffHeader header, Span<byte> samples)
    {
        int bits = header.Bits;
        bool index = header.Photometric == Photometric.Palette;
        if (bits == 8)
        {
            row[..samples.Length].CopyTo(samples);
        }
        else if (bits == 16)
        {
            row = row[(header.IsLittleEndian ? 1 : 0)..];
            for (int i = 0; i < samples.Length; i++)
                samples[i] = row[2 * i];
        }
        else if (bits == 1 && !index)
        {
            int whole = samples.Length / 8;
            Span<ulong> eights = MemoryMarshal.Cast<byte, ulong>(samples);
            for (int i = 0; i < whole; i++)
                eights[i] = SpreadTable[row[i]];
            for (int i = 8 * whole; i < samples.Length; i++)
                samples[i] = (byte)-((row[i >> 3] >> (7 - (i & 7))) & 1);
        }
        else
        {
            int most = (1 << bits) - 1, window = 0, left = 0, at = 0;
            for (int i = 0; i < samples.Length; i++)
            {
                for (; left < bits; left += 8)
                    window = (window << 8) | row[at++];
                left -= bits;
                int sample = (window >> left) & most;
                samples[i] = (byte)(index ? sample : bits > 8 ? sample >> (bits - 8) : sample * 255 / most);
            }
        }
    }

    /// <summary>Eight bits, the highest first, to eight bytes of 0 or 255.</summary>
    private static ulong SpreadBits(int bits)
    {
        Span<byte> bytes = stackalloc byte[8];
        for (int i = 0; i < 8; i++)
            bytes[i] = (byte)-((bits >> (7 - i)) & 1);
        return MemoryMarshal.Read<ulong>(bytes);
    }
}
