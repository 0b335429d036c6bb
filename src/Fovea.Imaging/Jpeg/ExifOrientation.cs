using System.Buffers.Binary;

namespace Fovea.Imaging.Jpeg;

/// <summary>How a camera was held (Exif 2.3, tag 274), and turning its picture upright.</summary>
internal static class ExifOrientation
{
    /// <summary>The picture is as it should be.</summary>
    public const int Upright = 1;

    private const int Tag = 274, TypeShort = 3, TypeLong = 4;

    /// <summary>Reads the orientation, 1 to 8, of an APP1 segment; 1 if there is none or it makes no sense.</summary>
    public static int Read(ReadOnlySpan<byte> segment) => segment.StartsWith("Exif\0\0"u8) ? ReadTiff(segment[6..]) : Upright;

    /// <summary>Reads the orientation, 1 to 8, of a TIFF file; 1 if there is none or it makes no sense.</summary>
    public static int ReadTiff(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8)
            return Upright;
        bool little = tiff.StartsWith("II"u8);
        if (!little && !tiff.StartsWith("MM"u8))
            return Upright;
        uint directory = UInt32(tiff[4..], little);
        if (directory > tiff.Length - 2)
            return Upright;
        int count = UInt16(tiff[(int)directory..], little);
        ReadOnlySpan<byte> entries = tiff[((int)directory + 2)..];
        for (; count > 0 && entries.Length >= 12; count--, entries = entries[12..])
            if (UInt16(entries, little) == Tag && UInt16(entries[2..], little) is var type and (TypeShort or TypeLong))
                return (type == TypeShort ? UInt16(entries[8..], little) : UInt32(entries[8..], little)) is var value and >= 1 and <= 8 ? (int)value : Upright;
        return Upright;
    }

    /// <summary>Whether rows become columns.</summary>
    public static bool Transposes(int orientation) => orientation >= 5;

    /// <summary>The picture turned and mirrored so that it is upright.</summary>
    /// <param name="image">The picture as it is in the file.</param>
    /// <param name="orientation">1 to 8.</param>
    public static Image Apply(Image image, int orientation)
    {
        if (orientation == Upright)
            return image;
        // 2 and 3 have the last column first, 3 and 4 the last row; 5 to 8 are transposed, with 7 and 8 from the right
        // of the new picture, 6 and 7 from below the old one.
        bool transposed = Transposes(orientation);
        bool fromRight = orientation is 2 or 3 or 7 or 8, fromBelow = orientation is 3 or 4 or 6 or 7;
        int width = image.Width, height = image.Height, channels = image.Channels;
        Image result = transposed ? new Image(height, width, channels) : new Image(width, height, channels);
        ReadOnlySpan<byte> source = image.Pixels;
        for (int y = 0; y < result.Height; y++)
        {
            Span<byte> row = result.Row(y);
            for (int x = 0; x < result.Width; x++)
            {
                (int fromX, int fromY) = transposed ? (y, x) : (x, y);
                fromX = fromRight ? width - 1 - fromX : fromX;
                fromY = fromBelow ? height - 1 - fromY : fromY;
                source.Slice(((fromY * width) + fromX) * channels, channels).CopyTo(row[(x * channels)..]);
            }
        }
        return result;
    }

    private static ushort UInt16(ReadOnlySpan<byte> data, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(data) : BinaryPrimitives.ReadUInt16BigEndian(data);

    private static uint UInt32(ReadOnlySpan<byte> data, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(data) : BinaryPrimitives.ReadUInt32BigEndian(data);
}
