using System.Buffers.Binary;

namespace Fovea.Imaging.Jpeg;

/// <summary>
/// Writes baseline JPEG files with the standard's tables: grey, or YCbCr with colour at every pixel or every second one.
/// They are byte for byte those of the Independent JPEG Group's encoder at the same quality.
/// </summary>
public static class JpegEncoder
{
    /// <summary>The quality that is used if none is said: no loss that one would notice.</summary>
    public const int DefaultQuality = 90;

    /// <summary>The bytes of a JPEG file.</summary>
    /// <param name="image">Grey or RGB, up to 65,535 pixels across and down.</param>
    /// <param name="quality">1, the smallest file, to 100, the best image.</param>
    /// <param name="sampling">How finely colour is kept.</param>
    /// <exception cref="ArgumentOutOfRangeException">The quality is not 1 to 100, or there is no such sampling.</exception>
    /// <exception cref="ArgumentException">The image is too large, or transparent, which JPEG cannot be.</exception>
    public static byte[] Encode(Image image, int quality = DefaultQuality, JpegSampling sampling = JpegSampling.Halved)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        if (sampling is not (JpegSampling.Full or JpegSampling.Halved))
            throw new ArgumentOutOfRangeException(nameof(sampling), sampling, "there is no such sampling");
        if (image.HasAlpha)
            throw new ArgumentException($"JPEG has no transparency, and the image is {image}; lay it on a background first", nameof(image));
        if (image.Width > ushort.MaxValue || image.Height > ushort.MaxValue)
            throw new ArgumentException($"JPEG images have up to 65535 pixels across and down, and this one is {image}", nameof(image));

        int factor = image.IsGrey || sampling == JpegSampling.Full ? 1 : 2, components = image.Channels;
        int[][] steps = [Steps(0, quality), Steps(1, quality)];
        using var file = new MemoryStream();
        file.Write([0xFF, JpegMarker.Start]);
        WriteSegment(file, JpegMarker.Jfif, [.. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
        for (int table = 0; table < Math.Min(2, components); table++)
            WriteSegment(file, JpegMarker.QuantizationTables, [(byte)table, .. InFileOrder(steps[table])]);
        WriteFrame(file, image, factor);
        for (int table = 0; table < Math.Min(2, components); table++)
        {
            WriteSegment(file, JpegMarker.HuffmanTables, [(byte)table, .. StandardTables.DcCounts(table), .. StandardTables.DcSymbols]);
            WriteSegment(file, JpegMarker.HuffmanTables, [(byte)(0x10 | table), .. StandardTables.AcCounts(table), .. StandardTables.AcSymbols(table)]);
        }
        WriteSegment(file, JpegMarker.Scan, components == 1 ? [1, 1, 0, 0, 63, 0] : [3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0]);
        WriteBlocks(file, image, factor, steps);
        file.Write([0xFF, JpegMarker.End]);
        return file.ToArray();
    }

    private static void WriteFrame(MemoryStream file, Image image, int factor)
    {
        Span<byte> frame = stackalloc byte[6 + (3 * image.Channels)];
        frame[0] = 8;
        BinaryPrimitives.WriteUInt16BigEndian(frame[1..], (ushort)image.Height);
        BinaryPrimitives.WriteUInt16BigEndian(frame[3..], (ushort)image.Width);
        frame[5] = (byte)image.Channels;
        for (int i = 0; i < image.Channels; i++)
        {
            Span<byte> component = frame.Slice(6 + (3 * i), 3);
            component[0] = (byte)(1 + i);
            component[1] = (byte)(i == 0 ? factor * 0x11 : 0x11);
            component[2] = (byte)Math.Min(i, 1);
        }
        WriteSegment(file, JpegMarker.BaselineFrame, frame);
    }

    private static void WriteBlocks(MemoryStream file, Image image, int factor, int[][] steps)
    {
        var bits = new BitWriter(file);
        var planes = new EncoderPlanes(image, factor);
        var encoders = new HuffmanEncoder[image.Channels];
        for (int i = 0; i < encoders.Length; i++)
            encoders[i] = new HuffmanEncoder(Math.Min(i, 1));
        int unit = 8 * factor, across = (image.Width + unit - 1) / unit, down = (image.Height + unit - 1) / unit;
        int blocksAcross = (image.Width + 7) / 8, blocksDown = (image.Height + 7) / 8;
        Span<int> block = stackalloc int[BlockLayout.Size];
        for (int y = 0; y < down; y++)
        {
            planes.Load(y);
            for (int x = 0; x < across; x++)
                for (int i = 0; i < encoders.Length; i++)
                {
                    int blocks = i == 0 ? factor : 1;
                    for (int row = 0; row < blocks; row++)
                        for (int column = x * blocks; column < (x + 1) * blocks; column++)
                        {
                            if (i == 0 && (column >= blocksAcross || (y * factor) + row >= blocksDown))
                            {
                                encoders[i].WriteFiller(bits);
                                continue;
                            }
                            planes.Read(i, column, row, block);
                            ForwardDct.Transform(block, steps[Math.Min(i, 1)]);
                            encoders[i].Write(bits, block);
                        }
                }
        }
        bits.Finish();
    }

    /// <summary>The standard's steps for a quality, as the Independent JPEG Group scales them: as they are at 50, 1 at 100.</summary>
    private static int[] Steps(int table, int quality)
    {
        int percent = quality < 50 ? 5000 / quality : 200 - (2 * quality);
        var steps = new int[BlockLayout.Size];
        for (int i = 0; i < steps.Length; i++)
            steps[i] = Math.Clamp(((StandardTables.Quantization(table)[i] * percent) + 50) / 100, 1, 255);
        return steps;
    }

    private static byte[] InFileOrder(int[] steps)
    {
        var bytes = new byte[BlockLayout.Size];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)steps[BlockLayout.ZigZag[i]];
        return bytes;
    }

    private static void WriteSegment(MemoryStream file, byte marker, ReadOnlySpan<byte> content)
    {
        int length = content.Length + 2;
        file.Write([0xFF, marker, (byte)(length >> 8), (byte)length]);
        file.Write(content);
    }
}
