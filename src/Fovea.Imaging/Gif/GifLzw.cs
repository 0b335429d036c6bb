namespace Fovea.Imaging.Gif;

/// <summary>
/// GIF's variant of Lempel, Ziv and Welch's compression: codes grow from one bit more than the literals to 12 bits, and a
/// code of its own empties the table. (CompuServe, GIF89a, appendix F.)
/// </summary>
internal static class GifLzw
{
    private const int MostBits = 12;

    /// <summary>The longest string that one code can stand for, one more at each code since the table was emptied.</summary>
    public const int LongestString = 1 << MostBits;

    /// <summary>Decodes until the output is full, the end code comes or the data ends.</summary>
    /// <param name="data">The codes, least significant bit first.</param>
    /// <param name="literalBits">Bits of a literal, 2 to 8.</param>
    /// <param name="output">What it becomes.</param>
    /// <returns>How much of the output was written.</returns>
    /// <exception cref="ImageFormatException">A code stands for nothing.</exception>
    public static int Decode(ReadOnlySpan<byte> data, int literalBits, Span<byte> output)
    {
        // Every string of the table was written out when it was made: its place and length there are all that is kept.
        Span<int> starts = stackalloc int[1 << MostBits], lengths = stackalloc int[1 << MostBits];
        int clear = 1 << literalBits, end = clear + 1, next = clear + 2, width = literalBits + 1;
        int position = 0, previous = 0, previousLength = 0, at = 0, bits = 0;
        uint window = 0;
        while (position < output.Length)
        {
            for (; bits < width; bits += 8)
            {
                if (at == data.Length)
                    return position;
                window |= (uint)data[at++] << bits;
            }
            int code = (int)(window & ((1u << width) - 1));
            window >>= width;
            bits -= width;
            if (code == end)
                return position;
            if (code == clear)
            {
                (next, width, previousLength) = (clear + 2, literalBits + 1, 0);
                continue;
            }

            // The string before and the first byte of this one. That byte follows it in the output, or is about to:
            // a code may stand for the very string that it completes.
            if (previousLength > 0 && next < 1 << MostBits)
            {
                (starts[next], lengths[next]) = (previous, previousLength + 1);
                if (++next == 1 << width && width < MostBits)
                    width++;
            }
            if (code >= next)
                throw new ImageFormatException($"GIF: code {code} of the picture's data stands for nothing; the table ends at {next - 1}");
            previous = position;
            if (code < clear)
                output[position++] = (byte)code;
            else
            {
                int from = starts[code];
                for (int to = position + Math.Min(lengths[code], output.Length - position); position < to;)
                    output[position++] = output[from++];
            }
            previousLength = position - previous;
        }
        return position;
    }
}
