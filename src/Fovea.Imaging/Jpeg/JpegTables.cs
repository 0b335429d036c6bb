using System.Buffers.Binary;

namespace Fovea.Imaging.Jpeg;

/// <summary>What segments between the scans set: quantization and Huffman tables, and the restart interval.</summary>
internal sealed class JpegTables
{
    /// <summary>The most tables that scans may use. They are all kept, and usual files have about ten.</summary>
    private const int MaxTables = 1024;

    private readonly short[]?[] _quantization = new short[4][];
    private readonly HuffmanTable?[] _huffman = new HuffmanTable[8];

    /// <summary>The definitions as they are in the file, which become codes only where a scan needs them.</summary>
    private readonly byte[]?[] _definitions = new byte[8][];
    private readonly bool[] _isNew = new bool[8];
    private int _tables;

    /// <summary>Units between two restart markers; 0 where there are none.</summary>
    public int RestartInterval { get; private set; }

    /// <summary>A copy of the steps of a component's coefficients, laid out as <see cref="BlockLayout"/> says.</summary>
    /// <exception cref="ImageFormatException">The file has not defined the table.</exception>
    public short[] Quantization(int index) =>
        _quantization[index] is short[] table
            ? [.. table]
            : throw new ImageFormatException($"JPEG: a scan needs the quantization table {index}, which the file does not define before it");

    /// <summary>A Huffman table.</summary>
    /// <param name="kind">0 for DC, 1 for AC.</param>
    /// <param name="index">0 to 3.</param>
    /// <exception cref="ImageFormatException">The file has not defined the table, and it is none of the usual; or it is no code.</exception>
    public HuffmanTable Huffman(int kind, int index)
    {
        int place = (4 * kind) + index;
        if (_isNew[place])
        {
            ReadOnlySpan<byte> definition = _definitions[place];
            // Scans are decoded side by side, so the table before may still be in use.
            if (++_tables > MaxTables)
                throw new ImageFormatException($"JPEG: the scans use more than {MaxTables} Huffman tables");
            _huffman[place] = new HuffmanTable(definition[..16], definition.Slice(16, Symbols(definition)));
            _isNew[place] = false;
        }
        if (_huffman[place] is HuffmanTable table)
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
            short[] table = _quantization[index] ??= new short[BlockLayout.Size];
            for (int i = 0; i < table.Length; i++)
                table[BlockLayout.Positions[i]] = bytes == 1 ? data[1 + i] : BinaryPrimitives.ReadInt16BigEndian(data[(1 + (2 * i))..]);
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
            int symbols = Symbols(data[1..]);
            if (data.Length < 17 + symbols || symbols > 256)
                throw new ImageFormatException($"JPEG: the {KindName(kind)} Huffman table {index} has {symbols} codes, and the DHT segment {data.Length} bytes; 17 and one a code, at most 256, would be right");
            if (kind == 0 && data.Slice(17, symbols).IndexOfAnyExceptInRange((byte)0, (byte)15) >= 0)
                throw new ImageFormatException($"JPEG: the DC Huffman table {index} has codes for more than 15 bits");
            int place = (4 * kind) + index;
            data.Slice(1, 16 + symbols).CopyTo(_definitions[place] ??= new byte[16 + 256]);
            _isNew[place] = true;
            data = data[(17 + symbols)..];
        }
    }

    public void ReadRestartInterval(ReadOnlySpan<byte> data)
    {
        if (data.Length < 2)
            throw new ImageFormatException($"JPEG: the DRI segment has {data.Length} bytes of content instead of 2");
        RestartInterval = BinaryPrimitives.ReadUInt16BigEndian(data);
    }

    /// <summary>How many codes a definition has.</summary>
    private static int Symbols(ReadOnlySpan<byte> definition)
    {
        int symbols = 0;
        foreach (byte count in definition[..Math.Min(16, definition.Length)])
            symbols += count;
        return symbols;
    }

    private static string KindName(int kind) => kind == 0 ? "DC" : "AC";
}
