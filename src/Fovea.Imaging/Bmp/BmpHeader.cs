namespace Fovea.Imaging.Bmp;

/// <summary>How the pixels of a BMP file are packed.</summary>
internal enum BmpCompression
{
    None = 0,
    Rle8 = 1,
    Rle4 = 2,
    BitFields = 3,

    /// <summary>OS/2's; in the headers of Windows the number stands for JPEG.</summary>
    Rle24 = 4,
    AlphaBitFields = 6,
}

/// <summary>
/// The headers of a BMP file: OS/2's of 12 bytes and of 16 to 64, and those of Windows of 40 (3.x), 52 and 56 (with bit
/// masks), 108 (V4) and 124 (V5).
/// </summary>
internal sealed class BmpHeader
{
    private const int FileHeaderBytes = 14, CoreBytes = 12, InfoBytes = 40, MaxBytes = 124;

    public int Width { get; private init; }
    public int Height { get; private init; }

    /// <summary>Whether the first row in the file is the top one.</summary>
    public bool TopDown { get; private init; }

    public int BitsPerPixel { get; private init; }
    public BmpCompression Compression { get; private set; }

    /// <summary>Blue, green, red of every colour, three bytes each; empty without a palette.</summary>
    public byte[] Palette { get; private set; } = [];

    /// <summary>Which bits are red, green, blue and alpha; alpha is 0 if there is none.</summary>
    public uint[] Masks { get; private set; } = [];

    /// <summary>Where the pixels begin.</summary>
    public int DataOffset { get; private set; }

    /// <summary>Bytes from one uncompressed row to the next: a multiple of 4.</summary>
    public long Stride => ((((long)Width * BitsPerPixel) + 31) / 32) * 4;

    /// <summary>Bytes of an uncompressed row that hold pixels.</summary>
    public long RowBytes => (((long)Width * BitsPerPixel) + 7) / 8;

    /// <exception cref="ImageFormatException">The headers are damaged, not supported or over the limits.</exception>
    public static BmpHeader Parse(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        var reader = new ByteReader("BMP", file);
        if (!reader.Take(2, "signature").SequenceEqual("BM"u8))
            throw new ImageFormatException("BMP: the file does not begin with BM");
        reader.Take(8, "file header");
        uint dataOffset = reader.UInt32("file header");
        uint headerBytes = reader.UInt32("header");
        if (headerBytes is < CoreBytes or (> CoreBytes and < 16) or > MaxBytes)
            throw new ImageFormatException($"BMP: there is no header of {headerBytes} bytes");
        bool core = headerBytes == CoreBytes;

        // OS/2 2.x may cut its header short; what is missing is 0.
        Span<byte> header = new byte[MaxBytes];
        reader.Take(headerBytes - 4, "header").CopyTo(header);
        var fields = new ByteReader("BMP", header);
        long width = core ? fields.UInt16("width") : fields.Int32("width");
        long height = core ? fields.UInt16("height") : fields.Int32("height");
        limits.Check("BMP", width, Math.Abs(height));
        fields.Take(2, "planes");
        int bits = fields.UInt16("bits");
        if (bits is not (1 or 2 or 4 or 8 or 16 or 24 or 32))
            throw new ImageFormatException($"BMP: {bits} bits a pixel; 1, 2, 4, 8, 16, 24 and 32 are known");

        var result = new BmpHeader { Width = (int)width, Height = (int)Math.Abs(height), TopDown = height < 0, BitsPerPixel = bits };
        uint paletteCount = 0;
        if (!core)
        {
            result.Compression = ParseCompression(fields.UInt32("compression"), headerBytes, bits);
            fields.Take(12, "sizes");
            paletteCount = fields.UInt32("colours");
            fields.Take(4, "colours");
        }
        result.ReadMasks(ref reader, ref fields, headerBytes);
        result.ReadPalette(ref reader, paletteCount, core ? 3 : 4, dataOffset);
        result.DataOffset = dataOffset == 0 ? reader.Position : (int)Math.Min(dataOffset, int.MaxValue);
        if (result.DataOffset < FileHeaderBytes + headerBytes || result.DataOffset > file.Length)
            throw new ImageFormatException($"BMP: the pixels are said to begin at byte {dataOffset} of a file of {file.Length} bytes, whose headers take {FileHeaderBytes + headerBytes}");
        return result;
    }

    private static BmpCompression ParseCompression(uint value, uint headerBytes, int bits)
    {
        // In OS/2's header of 64 bytes 3 and 4 are Huffman coding and RLE of 24 bits.
        bool known = value switch
        {
            0 => true,
            1 => bits == 8,
            2 => bits == 4,
            3 => bits is 16 or 32 && headerBytes != 64,
            4 => bits == 24 && headerBytes == 64,
            6 => bits is 16 or 32 && headerBytes >= InfoBytes && headerBytes != 64,
            _ => false,
        };
        return known ? (BmpCompression)value : throw new ImageFormatException($"BMP: compression {value} with {bits} bits a pixel is not known");
    }

    private void ReadMasks(ref ByteReader reader, ref ByteReader fields, uint headerBytes)
    {
        if (BitsPerPixel is not (16 or 32))
            return;
        if (Compression == BmpCompression.None)
        {
            Masks = BitsPerPixel == 16 ? [0x7C00, 0x03E0, 0x001F, 0] : [0xFF0000, 0x00FF00, 0x0000FF, 0];
            // The fourth byte is alpha where a longer header says so.
            fields.Take(12, "bit masks");
            if (BitsPerPixel == 32 && headerBytes >= 56 && headerBytes != 64 && fields.UInt32("bit masks") == 0xFF000000)
                Masks[3] = 0xFF000000;
            return;
        }
        // Behind a header of 40 bytes, inside a longer one; alpha only where the header has a place for it.
        bool inside = headerBytes > InfoBytes;
        bool alpha = inside ? headerBytes >= 56 : Compression == BmpCompression.AlphaBitFields;
        Masks = new uint[4];
        for (int i = 0; i < (alpha ? 4 : 3); i++)
            Masks[i] = inside ? fields.UInt32("bit masks") : reader.UInt32("bit masks");
        uint seen = 0;
        foreach (uint mask in Masks)
        {
            if ((seen & mask) != 0)
                throw new ImageFormatException($"BMP: the bit masks {string.Join(", ", Masks.Select(m => m.ToString("X8", null)))} overlap");
            seen |= mask;
        }
        if (BitsPerPixel == 16 && seen > ushort.MaxValue)
            throw new ImageFormatException($"BMP: the bit masks {string.Join(", ", Masks.Select(m => m.ToString("X8", null)))} do not fit 16 bits");
        if (Masks[0] == 0 && Masks[1] == 0 && Masks[2] == 0)
            throw new ImageFormatException("BMP: the bit masks of red, green and blue are all 0");
    }

    private void ReadPalette(ref ByteReader reader, uint count, int entryBytes, uint dataOffset)
    {
        if (BitsPerPixel > 8)
            return;
        uint most = 1u << BitsPerPixel;
        if (count == 0 || count > most)
            count = most;
        // Some writers leave out the colours that no pixel has; the pixels then begin where the palette ends.
        if (dataOffset > reader.Position)
            count = (uint)Math.Min(count, (dataOffset - reader.Position) / entryBytes);
        Palette = new byte[3 * count];
        for (int i = 0; i < count; i++)
            reader.Take(entryBytes, "palette")[..3].CopyTo(Palette.AsSpan(3 * i));
    }
}
