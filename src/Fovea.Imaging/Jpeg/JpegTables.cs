using System.Buffers.Binary;

namespace Fovea.Imaging.Jpeg;

/// <summary>What segments between the scans set: quantization and Huffman tables, and the restart interval.</summary>
internal sealed class JpegTables
{
    private readonly short[]?[] _quantization = new short[4][];
    private readonly HuffmanTable?[] _huffman = new HuffmanTable[8];

    /// <summary>Units between two restart markers; 0 where there are none.</summary>
    public int RestartInterval { get; private set; }

    /// <summary>The steps of a component's coefficients, laid out as <see cref="BlockLayout"/> says.</summary>
    /// <exception cref="ImageFormatException">The file has not defined the table.</exception>
    public short[] Quantization(int index) =>
        _quantization[index] ?? throw new ImageFormatException($"JPEG: a scan needs the quantization table {index}, which the file does not define before it");

    /// <summary>A Huffman table.</summary>
    /// <param name="kind">0 for DC, 1 for AC.</param>
    /// <param name="index">0 to 3.</param>
    /// <exception cref="ImageFormatException">The file has not defined the table, and it is none of the usual.</exception>
    public HuffmanTable Huffman(int kind, int index)
    {
        if (_huffman[(4 * kind) + index] is HuffmanTable table)
            return table;
        return index < 2
            ? StandardTables.ForDecoding(kind, index)
            : throw new ImageFormatException($"JPEG: a scan needs the {KindName(kind)} Huffman table {index}, which the file does not define before it");
    }

    public void ReadQuantization(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            int bytes = (data[0] >> 4) + 1, index = data[0] & 15;
            if (bytes > 2 || index > 3)
                throw new ImageFormatException($"JPEG: there is no quantization table {index} of {8 * bytes} bits; tables are 0 to 3, of 8 or 16 bits");
            if (data.Length < 1 + (BlockLayout.Size * bytes))
                throw new ImageFormatException($"JPEG: the quantization table {index} takes {BlockLayout.Size * bytes} bytes, and the DQT segment has {data.Length - 1} of them");
            var table = new short[BlockLayout.Size];
            for (int i = 0; i < table.Length; i++)
                table[BlockLayout.Positions[i]] = bytes == 1 ? data[1 + i] : BinaryPrimitives.ReadInt16BigEndian(data[(1 + (2 * i))..]);
            _quantization[index] = table;
            data = data[(1 + (BlockLayout.Size * bytes))..];
        }
    }

    public void ReadHuffman(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            int kind = data[0] >> 4, index = data[0] & 15;
            if (kind > 1 || index > 3)
                throw new ImageFormatException($"JPEG: there is no Huffman table {index} of class {kind}; tables are 0 to 3, of class 0 or 1");
            int symbols = 0;
            for (int i = 1; i <= 16 && i < data.Length; i++)
                symbols += data[i];
            if (data.Length < 17 + symbols || symbols > 256)
                throw new ImageFormatException($"JPEG: the {KindName(kind)} Huffman table {index} has {symbols} codes, and the DHT segment {data.Length} bytes; 17 and one a code, at most 256, would be right");
            if (kind == 0 && data.Slice(17, symbols).IndexOfAnyExceptInRange((byte)0, (byte)15) >= 0)
                throw new ImageFormatException($"JPEG: the DC Huffman table {index} has codes for more than 15 bits");
            _huffman[(4 * kind) + index] = new HuffmanTable(data.Slice(1, 16), data.Slice(17, symbols));
            data = data[(17 + symbols)..];
        }
    }

    public void ReadRestartInterval(ReadOnlySpan<byte> data)
    {
        if (data.Length < 2)
            throw new ImageFormatException($"JPEG: the DRI segment has {data.Length} bytes of content instead of 2");
        RestartInterval = BinaryPrimitives.ReadUInt16BigEndian(data);
    }

    private static string KindName(int kind) => kind == 0 ? "DC" : "AC";
}
