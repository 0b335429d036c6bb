using System.Buffers.Binary;

namespace Fovea.Imaging.Tiff.Compression;

/// <summary>
/// TIFF's variant of Lempel, Ziv and Welch's compression (TIFF 6.0, section 13): codes of 9 to 12 bits, the highest bit
/// first, that grow one code early. Files from before TIFF 5 have the lowest bit first and do not.
/// </summary>
internal static class TiffLzw
{
    private const int Clear = 256, End = 257, FirstCode = 258, MinBits = 9, MaxBits = 12;

    /// <summary>Decodes until the output is full, the end code comes or the data end.</summary>
    /// <returns>How much of the output was written.</returns>
    /// <exception cref="ImageFormatException">A code stands for nothing.</exception>
    public static int Decode(ReadOnlySpan<byte> data, Span<byte> output)
    {
        // The first code empties the table: 256 in 9 bits.
        bool old = data.Length >= 2 && data[0] == 0 && (data[1] & 1) != 0;
        // Every string of the table was written out when it was made: its place and length there are all that is kept.
        Span<(int Start, int Length)> strings = stackalloc (int, int)[1 << MaxBits];
        int next = FirstCode, width = MinBits, early = old ? 0 : 1, written = 0, previous = 0, previousLength = 0, at = 0, bits = 0;
        ulong window = 0;
        while (written < output.Length)
        {
            if (bits < width)
            {
                if (at <= data.Length - 4)
                {
                    uint more = BinaryPrimitives.ReadUInt32BigEndian(data[at..]);
                    window = old ? window | ((ulong)BinaryPrimitives.ReverseEndianness(more) << bits) : (window << 32) | more;
                    (bits, at) = (bits + 32, at + 4);
                }
                else
                {
                    for (; bits < width; bits += 8)
                    {
                        if (at == data.Length)
                            return written;
                        window = old ? window | ((ulong)data[at] << bits) : (window << 8) | data[at];
                        at++;
                    }
                }
            }
            int code = (int)(old ? window : window >> (bits - width)) & ((1 << width) - 1);
            bits -= width;
            if (old)
                window >>= width;
            if (code is Clear or End)
            {
                if (code == End)
                    return written;
                (next, width, previousLength) = (FirstCode, MinBits, 0);
                continue;
            }

            // The string before and the first byte of this one. That byte follows it in the output, or is about to:
            // a code may stand for the very string that it completes.
            if (previousLength > 0 && next < 1 << MaxBits)
            {
                strings[next] = (previous, previousLength + 1);
                if (++next + early == 1 << width && width < MaxBits)
                    width++;
            }
            if (code >= next)
                throw new ImageFormatException($"TIFF: code {code} of the LZW data stands for nothing; the table ends at {next - 1}");
            previous = written;
            if (code < Clear)
            {
                output[written++] = (byte)code;
            }
            else
            {
                (int from, int length) = strings[code];
                written += Copy(output, from, written, length);
            }
            previousLength = written - previous;
        }
        return written;
    }

    private static int Copy(Span<byte> output, int from, int to, int length)
    {
        // Eight bytes at a time where they may be written beyond the string's end, and do not overlap those they come from.
        if (to - from >= 8 && to + length + 8 <= output.Length)
        {
            for (int i = 0; i < length; i += 8)
                BinaryPrimitives.WriteUInt64LittleEndian(output[(to + i)..], BinaryPrimitives.ReadUInt64LittleEndian(output[(from + i)..]));
            return length;
        }
        length = Math.Min(length, output.Length - to);
        for (int i = 0; i < length; i++)
            output[to + i] = output[from + i];
        return length;
    }
}
