using System.IO.Compression;

namespace Fovea.Imaging.Tiff.Compression;

/// <summary>A zlib stream (TIFF's compressions 8 and 32946).</summary>
internal static class Deflate
{
    /// <summary>Decodes until the output is full or the data end.</summary>
    /// <returns>How much of the output was written.</returns>
    /// <exception cref="ImageFormatException">The data are damaged.</exception>
    public static unsafe int Decode(ReadOnlySpan<byte> data, Span<byte> output)
    {
        if (data.IsEmpty)
            return 0;
        fixed (byte* start = data)
        {
            using var bytes = new UnmanagedMemoryStream(start, data.Length);
            using var stream = new ZLibStream(bytes, CompressionMode.Decompress);
            try
            {
                return stream.ReadAtLeast(output, output.Length, throwOnEndOfStream: false);
            }
            // An IOException comes of data that ask for a dictionary, which TIFF does not have.
            catch (Exception e) when (e is InvalidDataException or IOException)
            {
                throw new ImageFormatException("TIFF: the Deflate data are damaged", e);
            }
        }
    }
}
