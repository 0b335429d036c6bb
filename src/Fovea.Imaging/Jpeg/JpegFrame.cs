using System.Buffers.Binary;
using Fovea.Imaging.Reducing;

namespace Fovea.Imaging.Jpeg;

/// <summary>The frame header (SOF0 to SOF2): the image's size and its components.</summary>
internal sealed class JpegFrame
{
    private JpegFrame(int width, int height, bool progressive, JpegComponent[] components)
    {
        Width = width;
        Height = height;
        Progressive = progressive;
        Components = components;
        MaxH = components.Max(component => component.H);
        MaxV = components.Max(component => component.V);
        foreach (JpegComponent component in components)
            component.SetSize(width, height, MaxH, MaxV);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Pixels that a block of a component of full sampling gives across and down: 8, or 4, 2, 1 in a reduced image.</summary>
    public int BlockSide { get; private set; } = 8;

    /// <summary>Pixels of the image that is made, across and down.</summary>
    public int OutputWidth => Reduced(Width, BlockSide);

    /// <inheritdoc cref="OutputWidth"/>
    public int OutputHeight => Reduced(Height, BlockSide);

    public bool Progressive { get; }

    public JpegComponent[] Components { get; }

    /// <summary>The most samples of a component across and down, to which the others relate.</summary>
    public int MaxH { get; }

    /// <inheritdoc cref="MaxH"/>
    public int MaxV { get; }

    /// <summary>Units of interleaved blocks across: 8 · <see cref="MaxH"/> pixels each.</summary>
    public int UnitsAcross => (Width + (8 * MaxH) - 1) / (8 * MaxH);

    /// <summary>Units of interleaved blocks down: 8 · <see cref="MaxV"/> pixels each.</summary>
    public int UnitsDown => (Height + (8 * MaxV) - 1) / (8 * MaxV);

    /// <summary>Makes the image 1/2, 1/4 or 1/8 as large, as small as it can be without being smaller than this.</summary>
    public void Reduce(MinSize least)
    {
        while (BlockSide > 1 && Suffices(Reduced(Width, BlockSide / 2) >= least.Width, Reduced(Height, BlockSide / 2) >= least.Height))
            BlockSide /= 2;
        foreach (JpegComponent component in Components)
            component.Reduce(this);

        bool Suffices(bool across, bool down) =>
            least.IsDrawing ? (across || down) && (long)Width * Height > PixelTarget.LargeImage : across && down;
    }

    /// <param name="marker">Which kind of frame it is.</param>
    /// <param name="data">The segment.</param>
    /// <param name="fileBytesLeft">How many bytes follow, which must be enough for the image.</param>
    /// <param name="limits">What to accept.</param>
    /// <exception cref="ImageFormatException">The frame is damaged, not supported or over the limits.</exception>
    public static JpegFrame Parse(byte marker, ReadOnlySpan<byte> data, int fileBytesLeft, ImageLimits limits)
    {
        if (data.Length < 6 || data.Length < 6 + (3 * data[5]))
            throw new ImageFormatException($"JPEG: the frame header ({JpegMarker.Name(marker)}) has {data.Length} bytes of content, too few for its components");
        int bits = data[0], height = BinaryPrimitives.ReadUInt16BigEndian(data[1..]), width = BinaryPrimitives.ReadUInt16BigEndian(data[3..]), count = data[5];
        string? unsupported = marker switch
        {
            0xC3 => "lossless",
            0xC5 or 0xC6 or 0xC7 => "hierarchical",
            >= 0xC9 => "arithmetic-coded",
            _ => bits != 8 ? $"{bits}-bit" : null,
        };
        if (unsupported is not null)
            throw new ImageFormatException($"JPEG: {unsupported} images ({JpegMarker.Name(marker)}) are not supported; baseline, extended and progressive ones of 8 bits with Huffman codes are");
        limits.Check("JPEG", width, height);
        if (count is not (1 or 3 or 4))
            throw new ImageFormatException($"JPEG: the image has {count} components; 1 (grey), 3 (colour) or 4 (CMYK) are supported");

        var components = new JpegComponent[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = data.Slice(6 + (3 * i), 3);
            int id = entry[0], h = entry[1] >> 4, v = entry[1] & 15, table = entry[2];
            if (h is 0 or > 4 || v is 0 or > 4 || table > 3)
                throw new ImageFormatException($"JPEG: component {id} has sampling factors {h}×{v} and quantization table {table}; 1 to 4 and 0 to 3 would be right");
            if (Array.Exists(components, other => other?.Id == id))
                throw new ImageFormatException($"JPEG: there are two components {id}");
            // A single component is never interleaved, so its factors mean nothing.
            components[i] = count == 1 ? new JpegComponent(id, 1, 1, table) : new JpegComponent(id, h, v, table);
        }
        var frame = new JpegFrame(width, height, marker == JpegMarker.ProgressiveFrame, components);

        // A block takes a bit for its DC coefficient, and another for the others where they come at once.
        long blocks = components.Sum(component => (long)component.BlocksAcross * component.BlocksDown);
        if ((frame.Progressive ? blocks : 2 * blocks) / 8 > fileBytesLeft)
            throw new ImageFormatException($"JPEG: {fileBytesLeft} bytes of data cannot hold {width}×{height} pixels");
        return frame;
    }

    /// <summary>
    /// Whether the first three components are brightness and differences of colour (YCbCr) rather than colours, guessed
    /// as has become usual: JFIF stands for it; Adobe's segment says it; without either, components named R, G and B
    /// are these, and four are inks.
    /// </summary>
    /// <param name="jfif">Whether there is a JFIF segment.</param>
    /// <param name="adobeTransform">Adobe's transform, or −1 if there is no segment of Adobe.</param>
    public bool HasColourDifferences(bool jfif, int adobeTransform)
    {
        if (Components.Length == 4)
            return adobeTransform > 0;
        bool named = Components is [{ Id: 'R' }, { Id: 'G' }, { Id: 'B' }];
        return jfif || (adobeTransform >= 0 ? adobeTransform != 0 : !named);
    }

    private static int Reduced(int pixels, int side) => ((pixels * side) + 7) / 8;
}
