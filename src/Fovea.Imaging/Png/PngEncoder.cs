using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Fovea.Imaging.Png;

/// <summary>
/// Writes PNG files of 8 bits a channel: grey, grey with alpha, RGB, RGBA. Every row gets the filter whose differences,
/// as signed numbers, have the smallest sum of absolute values (the heuristic of the specification, section 12.7).
/// </summary>
public static class PngEncoder
{
    /// <summary>The bytes of a PNG file.</summary>
    public static byte[] Encode(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], image.Height);
        header[8] = 8;
        header[9] = (byte)(image.Channels switch
        {
            1 => PngColour.Grey,
            2 => PngColour.GreyAlpha,
            3 => PngColour.Rgb,
            _ => PngColour.Rgba,
        });
        header[10..].Clear();

        using var file = new MemoryStream();
        file.Write(PngChunks.Signature);
        WriteChunk(file, "IHDR", header);
        WriteChunk(file, "IDAT", Compress(image));
        WriteChunk(file, "IEND", default);
        return file.ToArray();
    }

    private static ReadOnlySpan<byte> Compress(Image image)
    {
        var compressed = new MemoryStream();
        using (var deflater = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            ReadOnlySpan<byte> above = new byte[image.Stride];
            byte[] best = new byte[1 + image.Stride], trial = new byte[1 + image.Stride];
            for (int y = 0; y < image.Height; y++)
            {
                ReadOnlySpan<byte> row = image.Row(y);
                long bestCost = long.MaxValue;
                for (int filter = 0; filter < PngFilter.Count; filter++)
                {
                    trial[0] = (byte)filter;
                    PngFilter.Encode(filter, row, above, image.Channels, trial.AsSpan(1));
                    long cost = Cost(trial.AsSpan(1));
                    if (cost >= bestCost)
                        continue;
                    bestCost = cost;
                    (best, trial) = (trial, best);
                }
                deflater.Write(best);
                above = row;
            }
        }
        return compressed.GetBuffer().AsSpan(0, (int)compressed.Length);
    }

    private static long Cost(ReadOnlySpan<byte> differences)
    {
        long sum = 0;
        foreach (byte difference in differences)
            sum += Math.Min((int)difference, 256 - difference);
        return sum;
    }

    private static void WriteChunk(MemoryStream file, string name, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        Span<byte> type = stackalloc byte[4];
        Encoding.ASCII.GetBytes(name, type);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Compute(type, data));
        file.Write(number);
    }
}
