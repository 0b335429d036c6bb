using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Fovea.Imaging;

/// <summary>How a camera was held (Exif 2.3, tag 274), and turning its image upright.</summary>
internal static class ExifOrientation
{
    /// <summary>The image is as it should be.</summary>
    public const int Upright = 1;

    private const int Tag = 274, TypeShort = 3, TypeLong = 4;

    /// <summary>Reads the orientation, 1 to 8, of an APP1 segment; 1 if there is none or it makes no sense.</summary>
    public static int Read(ReadOnlySpan<byte> segment, ReadingNotes notes) => segment.StartsWith("Exif\0\0"u8) ? ReadTiff(segment[6..], notes) : Upright;

    /// <summary>Reads the orientation, 1 to 8, of a TIFF file; 1 if there is none or it makes no sense.</summary>
    public static int ReadTiff(ReadOnlySpan<byte> tiff, ReadingNotes notes)
    {
        bool little = tiff.StartsWith("II"u8), known = little || tiff.StartsWith("MM"u8);
        uint directory = known && tiff.Length >= 8 ? UInt32(tiff[4..], little) : uint.MaxValue;
        if (directory > tiff.Length - 2)
        {
            notes.Add("what the camera noted (EXIF) is damaged: it is left out");
            return Upright;
        }
        int count = UInt16(tiff[(int)directory..], little);
        ReadOnlySpan<byte> entries = tiff[((int)directory + 2)..];
        for (; count > 0 && entries.Length >= 12; count--, entries = entries[12..])
            if (UInt16(entries, little) == Tag && UInt16(entries[2..], little) is var type and (TypeShort or TypeLong))
                return (type == TypeShort ? UInt16(entries[8..], little) : UInt32(entries[8..], little)) is var value and >= 1 and <= 8 ? (int)value : Upright;
        return Upright;
    }

    /// <summary>Whether rows become columns.</summary>
    public static bool Transposes(int orientation) => orientation >= 5;

    /// <summary>The image turned and mirrored so that it is upright, in the memory it has.</summary>
    /// <param name="image">The image as it is in the file; spent.</param>
    /// <param name="orientation">1 to 8.</param>
    public static Image Apply(Image image, int orientation)
    {
        if (orientation == Upright)
            return image;
        switch (image.Channels)
        {
            case 1:
                Apply(image.Pixels, image.Width, image.Height, orientation);
                break;
            case 2:
                Apply(MemoryMarshal.Cast<byte, ushort>(image.Pixels), image.Width, image.Height, orientation);
                break;
            case 3:
                Apply(MemoryMarshal.Cast<byte, Colour>(image.Pixels), image.Width, image.Height, orientation);
                break;
            default:
                Apply(MemoryMarshal.Cast<byte, uint>(image.Pixels), image.Width, image.Height, orientation);
                break;
        }
        return Transposes(orientation) ? image.Reshaped(image.Height, image.Width) : image.Reshaped(image.Width, image.Height);
    }

    private static void Apply<T>(Span<T> pixels, int width, int height, int orientation)
        where T : unmanaged
    {
        // The last column comes first, or the last row, or both; then 5 to 8 are transposed.
        bool fromRight = orientation is 2 or 3 or 7 or 8, fromBelow = orientation is 3 or 4 or 6 or 7;
        if (fromRight && fromBelow)
            pixels.Reverse();
        else if (fromRight)
            for (int y = 0; y < height; y++)
                pixels.Slice(y * width, width).Reverse();
        else if (fromBelow)
            SwapRows(pixels, width, height);
        if (Transposes(orientation))
            Transposition.Run(pixels, height, width);
    }

    private static void SwapRows<T>(Span<T> pixels, int width, int height)
        where T : unmanaged
    {
        var row = new T[width];
        for (int y = 0; y < height / 2; y++)
        {
            Span<T> upper = pixels.Slice(y * width, width), lower = pixels.Slice((height - 1 - y) * width, width);
            upper.CopyTo(row);
            lower.CopyTo(upper);
            row.CopyTo(lower);
        }
    }

    private static ushort UInt16(ReadOnlySpan<byte> data, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(data) : BinaryPrimitives.ReadUInt16BigEndian(data);

    private static uint UInt32(ReadOnlySpan<byte> data, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(data) : BinaryPrimitives.ReadUInt32BigEndian(data);
}
