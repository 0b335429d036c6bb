namespace Fovea.Imaging.Gif;

/// <summary>The first image of a GIF file: where it lies on the screen, its palette, and its data still compressed.</summary>
internal sealed class GifFrame
{
    private const byte Extension = 0x21, ImageSeparator = 0x2C, Trailer = 0x3B, GraphicControl = 0xF9, PlainText = 0x01;

    /// <summary>The size of the image as a whole, which the frame may fill in part.</summary>
    public (int Width, int Height) Screen { get; private set; }

    public int Left { get; private set; }
    public int Top { get; private set; }
    public int Width { get; private set; }
    public int Height { get; private set; }

    /// <summary>Whether the rows come in four passes.</summary>
    public bool Interlaced { get; private set; }

    /// <summary>Red, green, blue of every colour.</summary>
    public byte[] Palette { get; private set; } = [];

    /// <summary>The colour that is none, or -1.</summary>
    public int Transparent { get; private set; } = -1;

    public int LiteralBits { get; private set; }

    /// <summary>What was passed over.</summary>
    public ReadingNotes Notes { get; } = new();

    /// <summary>The codes.</summary>
    public byte[] Data { get; private set; } = [];

    /// <exception cref="ImageFormatException">The file is damaged or has no image.</exception>
    public static GifFrame Read(ReadOnlySpan<byte> file)
    {
        var reader = new ByteReader("GIF", file);
        ReadOnlySpan<byte> signature = reader.Take(6, "signature");
        if (!GifDecoder.IsSignature(signature))
            throw new ImageFormatException("GIF: the file begins with neither GIF87a nor GIF89a");
        var frame = new GifFrame { Screen = (reader.UInt16("screen"), reader.UInt16("screen")) };
        int flags = reader.Take(3, "screen")[0];
        byte[] colours = ReadPalette(ref reader, flags, "global palette");
        while (true)
        {
            switch (reader.Take(1, "file before its first image")[0])
            {
                case Extension:
                    frame.ReadExtension(ref reader);
                    break;
                case ImageSeparator:
                    frame.ReadImage(ref reader, colours);
                    return frame;
                case Trailer:
                    throw new ImageFormatException("GIF: the file has no image");
                default:
                    frame.Notes.Add("bytes between blocks are passed over");
                    break;
            }
        }
    }

    private void ReadExtension(ref ByteReader reader)
    {
        byte label = reader.Take(1, "extension")[0];
        for (int length; (length = reader.Take(1, "extension")[0]) > 0;)
        {
            ReadOnlySpan<byte> block = reader.Take(length, "extension");
            if (label == GraphicControl && length >= 4)
                Transparent = (block[0] & 1) != 0 ? block[3] : -1;
        }
        // What was said before a text was about the text, which is not shown.
        if (label == PlainText)
            Transparent = -1;
    }

    private void ReadImage(ref ByteReader reader, byte[] globalColours)
    {
        (Left, Top) = (reader.UInt16("frame"), reader.UInt16("frame"));
        (Width, Height) = (reader.UInt16("frame"), reader.UInt16("frame"));
        // Some files have an empty screen, or one that the frame overhangs; what is meant is to show all of it.
        (int Width, int Height) shown = (Math.Max(Screen.Width, Left + Width), Math.Max(Screen.Height, Top + Height));
        if (shown != Screen)
            Notes.Add("the image is larger than its screen: all of it is shown");
        Screen = shown;
        int flags = reader.Take(1, "frame")[0];
        Interlaced = (flags & 0x40) != 0;
        byte[] local = ReadPalette(ref reader, flags, "local palette");
        Palette = local.Length == 0 ? globalColours : local;
        LiteralBits = reader.Take(1, "image's data")[0];
        if (LiteralBits is < 2 or > 8)
            throw new ImageFormatException($"GIF: literals have 2 to 8 bits, got {LiteralBits}");
        Data = ReadBlocks(ref reader);
        if (reader.Remaining == 0)
            Notes.Add(ReadingNotes.EndIsMissing);
    }

    private static byte[] ReadPalette(ref ByteReader reader, int flags, string what) =>
        (flags & 0x80) != 0 ? reader.Take(3 << ((flags & 7) + 1), what).ToArray() : [];

    /// <summary>The data of sub-blocks, of at most 255 bytes each, up to an empty one or the end of the file.</summary>
    private static byte[] ReadBlocks(ref ByteReader reader)
    {
        // The length first: the data of animations are a small part of what is left.
        ByteReader ahead = reader;
        var data = new byte[Gather(ref ahead, default)];
        Gather(ref reader, data);
        return data;
    }

    private static int Gather(ref ByteReader reader, Span<byte> data)
    {
        int count = 0;
        while (reader.Remaining > 0)
        {
            int length = Math.Min(reader.Take(1, "image's data")[0], reader.Remaining);
            if (length == 0)
                break;
            ReadOnlySpan<byte> block = reader.Take(length, "image's data");
            if (!data.IsEmpty)
                block.CopyTo(data[count..]);
            count += length;
        }
        return count;
    }
}
