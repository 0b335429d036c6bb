namespace Fovea.Imaging.Tiff.Compression;

/// <summary>Run lengths of bytes (TIFF 6.0, section 9).</summary>
internal static class PackBits
{
    /// <summary>Decodes until the output is full or the data end.</summary>
    /// <returns>How much of the output was written.</returns>
    public static int Decode(ReadOnlySpan<byte> data, Span<byte> output)
    {
        int written = 0, at = 0;
        while (written < output.Length && at < data.Length)
        {
            int code = (sbyte)data[at++];
            if (code >= 0)
            {
                int length = Math.Min(Math.Min(code + 1, data.Length - at), output.Length - written);
                data.Slice(at, length).CopyTo(output[written..]);
                at += length;
                written += length;
            }
            else if (code != -128 && at < data.Length)
            {
                int length = Math.Min(1 - code, output.Length - written);
                output.Slice(written, length).Fill(data[at++]);
                written += length;
            }
        }
        return written;
    }
}
