using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Fovea.Imaging.Png;

namespace Fovea.Imaging.Tests.Png;

/// <summary>Makes PNG files chunk by chunk, right and wrong.</summary>
internal static class PngBuilder
{
    public static byte[] File(params byte[][] chunks) => [.. PngChunks.Signature, .. chunks.SelectMany(chunk => chunk)];

    public static byte[] Header(int width, int height, int depth, int colour, int interlace = 0)
    {
        var data = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(data, width);
        BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(4), height);
        (data[8], data[9], data[12]) = ((byte)depth, (byte)colour, (byte)interlace);
        return Chunk("IHDR", data);
    }

    public static byte[] Data(params byte[] rows) => Chunk("IDAT", Deflate(rows));

    public static byte[] End() => Chunk("IEND");

    public static byte[] Deflate(byte[] bytes)
    {
        var result = new MemoryStream();
        using (var deflater = new ZLibStream(result, CompressionLevel.Optimal))
            deflater.Write(bytes);
        return result.ToArray();
    }

    public static byte[] Chunk(string name, params byte[] data)
    {
        byte[] type = Encoding.ASCII.GetBytes(name);
        var chunk = new byte[12 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        type.CopyTo(chunk, 4);
        data.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), Sum([.. type, .. data]));
        return chunk;
    }

    /// <summary>The check sum bit by bit, as its definition has it.</summary>
    public static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = uint.MaxValue;
        foreach (byte value in bytes)
        {
            sum ^= value;
            for (int bit = 0; bit < 8; bit++)
                sum = (sum & 1) != 0 ? (sum >> 1) ^ 0xEDB88320 : sum >> 1;
        }
        return ~sum;
    }

    /// <summary>Writes right check sums into every chunk that still fits the file.</summary>
    public static void FixSums(byte[] file)
    {
        int position = 8;
        while (file.Length - position >= 12)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(position));
            if (length > file.Length - position - 12)
                return;
            Span<byte> content = file.AsSpan(position + 4, 4 + (int)length);
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(position + 8 + (int)length), Crc32.Compute(content));
            position += 12 + (int)length;
        }
    }
}
