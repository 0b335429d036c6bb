namespace Fovea.Imaging;

/// <summary>Recognises a format that cannot be read, to say so by its name.</summary>
internal sealed class UnsupportedDecoder : ImageDecoder
{
    private readonly int _offset;
    private readonly byte[] _magic;

    private UnsupportedDecoder(string name, int offset, ReadOnlySpan<byte> magic)
    {
        FormatName = name;
        _offset = offset;
        _magic = magic.ToArray();
    }

    /// <summary>The formats people are most likely to try.</summary>
    public static ImageDecoder[] All { get; } =
    [
        new UnsupportedDecoder("HEIF or AVIF", 4, "ftyp"u8),
        new UnsupportedDecoder("JPEG XL", 0, [0xFF, 0x0A]),
        new UnsupportedDecoder("PAM", 0, "P7\n"u8),
        new UnsupportedDecoder("icon", 0, [0, 0, 1, 0]),
    ];

    public override string FormatName { get; }

    public override bool CanDecode(ReadOnlySpan<byte> header) =>
        header.Length >= _offset && header[_offset..].StartsWith(_magic);

    public override Image Decode(ReadOnlySpan<byte> file, ImageLimits limits) =>
        throw new ImageFormatException($"{FormatName} is not supported yet; {ImageFile.FormatNames} are");
}
