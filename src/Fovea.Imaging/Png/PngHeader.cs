using System.Buffers.Binary;

namespace Fovea.Imaging.Png;

/// <summary>How colours are written in a PNG file.</summary>
internal enum PngColour
{
    Grey = 0,
    Rgb = 2,
    Palette = 3,
    GreyAlpha = 4,
    Rgba = 6,
}

/// <summary>The IHDR chunk.</summary>
internal sealed record PngHeader(int Width, int Height, int BitDepth, PngColour Colour, bool Interlaced)
{
    /// <summary>Samples of a pixel as they are in the file.</summary>
    public int Samples => Colour switch
    {
        PngColour.Rgb => 3,
        PngColour.GreyAlpha => 2,
        PngColour.Rgba => 4,
        _ => 1,
    };

    /// <summary>The distance in bytes to the pixel on the left, as the filters count it: at least 1.</summary>
    public int FilterDistance => Math.Max(1, Samples * BitDepth / 8);

    /// <summary>Bytes of a row of so many pixels, without its filter byte.</summary>
    public long RowBytes(long width) => ((width * Samples * BitDepth) + 7) / 8;

    /// <exception cref="ImageFormatException">The header breaks the specification.</exception>
    public static PngHeader Parse(ReadOnlySpan<byte> data, ImageLimits limits)
    {
        if (data.Length != 13)
            throw new ImageFormatException($"PNG: the IHDR chunk has {data.Length} bytes instead of 13");
        uint width = BinaryPrimitives.ReadUInt32BigEndian(data);
        uint height = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        limits.Check("PNG", width, height);
        int depth = data[8], colour = data[9];
        bool legal = colour switch
        {
            0 => depth is 1 or 2 or 4 or 8 or 16,
            3 => depth is 1 or 2 or 4 or 8,
            2 or 4 or 6 => depth is 8 or 16,
            _ => false,
        };
        if (!legal)
            throw new ImageFormatException($"PNG: there is no colour type {colour} with bit depth {depth}");
        if (data[10] != 0 || data[11] != 0)
            throw new ImageFormatException($"PNG: compression method {data[10]} and filter method {data[11]} must both be 0");
        if (data[12] > 1)
            throw new ImageFormatException($"PNG: interlace method {data[12]} must be 0 or 1");
        return new PngHeader((int)width, (int)height, depth, (PngColour)colour, data[12] == 1);
    }
}
