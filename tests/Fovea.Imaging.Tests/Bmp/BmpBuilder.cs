using System.Buffers.Binary;

namespace Fovea.Imaging.Tests.Bmp;

/// <summary>Makes BMP files of every kind from headers and rows.</summary>
internal static class BmpBuilder
{
    /// <summary>A file with a header of 40 bytes or more.</summary>
    public static byte[] File(int width, int height, int bits, byte[] palette, byte[] data, int compression = 0, int headerBytes = 40, uint[]? masks = null, int colours = 0)
    {
        byte[] maskBytes = [.. (masks ?? []).SelectMany(BitConverter.GetBytes)];
        var info = new byte[Math.Max(headerBytes, 40 + (headerBytes == 40 ? maskBytes.Length : 0))];
        BinaryPrimitives.WriteInt32LittleEndian(info, headerBytes);
        BinaryPrimitives.WriteInt32LittleEndian(info.AsSpan(4), width);
        BinaryPrimitives.WriteInt32LittleEndian(info.AsSpan(8), height);
        info[12] = 1;
        info[14] = (byte)bits;
        info[16] = (byte)compression;
        BinaryPrimitives.WriteInt32LittleEndian(info.AsSpan(32), colours);
        maskBytes.CopyTo(info, 40);
        return Join(info, palette, data);
    }

    /// <summary>A file with OS/2's header of 12 bytes.</summary>
    public static byte[] CoreFile(int width, int height, int bits, byte[] palette, byte[] data) =>
        Join([12, 0, 0, 0, (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), 1, 0, (byte)bits, 0], palette, data);

    /// <summary>Indices (H, W), top row first, packed into rows from below.</summary>
    public static byte[] Pack(byte[] indices, int width, int bits, bool topDown = false)
    {
        int height = indices.Length / width, stride = ((width * bits) + 31) / 32 * 4;
        var data = new byte[stride * height];
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
            {
                int row = topDown ? y : height - 1 - y;
                data[(row * stride) + (x * bits / 8)] |= (byte)(indices[(y * width) + x] << (8 - bits - (x * bits % 8)));
            }
        return data;
    }

    /// <summary>Colours in blue, green, red and, for four bytes, 0.</summary>
    public static byte[] Palette(int count, int entryBytes, bool grey = false)
    {
        var result = new byte[count * entryBytes];
        for (int i = 0; i < count; i++)
            for (int c = 0; c < 3; c++)
                result[(i * entryBytes) + c] = (byte)(grey ? i * 255 / (count - 1) : (i * (37 + (50 * c))) + c);
        return result;
    }

    private static byte[] Join(byte[] info, byte[] palette, byte[] data)
    {
        var head = new byte[14];
        (head[0], head[1]) = ((byte)'B', (byte)'M');
        int offset = 14 + info.Length + palette.Length;
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(2), offset + data.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(10), offset);
        return [.. head, .. info, .. palette, .. data];
    }
}
