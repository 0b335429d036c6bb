namespace Fovea.Imaging.Tiff.Compression;

/// <summary>How segments are compressed (field 259).</summary>
internal enum TiffCompression
{
    None,
    FaxRows,
    Fax3,
    Fax4,
    Lzw,
    Jpeg,
    Deflate,
    PackBits,
}

internal static class TiffCompressions
{
    /// <exception cref="ImageFormatException">It cannot be read.</exception>
    public static TiffCompression Of(long value) => value switch
    {
        1 => TiffCompression.None,
        2 => TiffCompression.FaxRows,
        3 => TiffCompression.Fax3,
        4 => TiffCompression.Fax4,
        5 => TiffCompression.Lzw,
        7 => TiffCompression.Jpeg,
        8 or 32946 => TiffCompression.Deflate,
        32773 => TiffCompression.PackBits,
        _ => throw new ImageFormatException($"TIFF: {Name(value)} is not supported; none, PackBits, LZW, Deflate, JPEG and CCITT fax are"),
    };

    private static string Name(long value) => value switch
    {
        6 => "old-style JPEG (compression 6)",
        34712 or 33003 or 33005 => "JPEG 2000 compression",
        34925 => "LZMA compression",
        34926 or 50000 => "Zstandard compression",
        34927 or 50001 => "WebP compression",
        34676 or 34677 => "LogLuv compression",
        _ => $"compression {value}",
    };
}
