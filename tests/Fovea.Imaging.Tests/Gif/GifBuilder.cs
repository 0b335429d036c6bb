namespace Fovea.Imaging.Tests.Gif;

/// <summary>Makes GIF files block by block.</summary>
internal static class GifBuilder
{
    /// <summary>A whole file; without colours it has no global palette.</summary>
    public static byte[] File(int width, int height, byte[] colours, params byte[][] blocks) =>
        [.. "GIF89a"u8, .. Word(width), .. Word(height), PaletteFlags(colours), 0, 0, .. colours, .. blocks.SelectMany(block => block), 0x3B];

    /// <summary>A image of these indices.</summary>
    public static byte[] Frame(int left, int top, int width, int height, byte[] indices, int bits, bool interlaced = false, byte[]? local = null) =>
        [.. Head(left, top, width, height, interlaced, local ?? []), (byte)bits, .. Blocks(Compress(indices, bits))];

    /// <summary>A image of these codes of nine bits, the first of which is usually 256, "empty the table".</summary>
    public static byte[] FrameOfCodes(int width, int height, params int[] codes) =>
        [.. Head(0, 0, width, height, false, []), 8, .. Blocks(Pack(codes.Select(code => (code, 9))))];

    /// <summary>A graphic control extension.</summary>
    public static byte[] Control(int? transparent = null) =>
        [0x21, 0xF9, 4, (byte)(transparent is null ? 0 : 1), 0, 0, (byte)(transparent ?? 0), 0];

    /// <summary>A comment in blocks.</summary>
    public static byte[] Comment(int length) => [0x21, 0xFE, .. Blocks(new byte[length])];

    /// <summary>Distinct colours, a power of two of them.</summary>
    public static byte[] Colours(int count, bool grey = false) =>
        [.. Enumerable.Range(0, count).SelectMany(i => grey ? (byte[])[(byte)i, (byte)i, (byte)i] : [(byte)(i * 11), (byte)(200 - i), (byte)(i ^ 90)])];

    /// <summary>Compresses as the original did, but keeps a full table for as long as it is told.</summary>
    public static byte[] Compress(byte[] indices, int bits, bool emptiesFullTable = true)
    {
        int clear = 1 << bits, next = clear + 2, width = bits + 1;
        var table = new Dictionary<(int, int), int>();
        var codes = new List<(int, int)> { (clear, width) };
        int current = indices[0];
        foreach (byte index in indices.Skip(1))
        {
            if (table.TryGetValue((current, index), out int known))
            {
                current = known;
                continue;
            }
            codes.Add((current, width));
            if (next < 4096)
            {
                table.Add((current, index), next);
                if (next++ == 1 << width)
                    width++;
            }
            else if (emptiesFullTable)
            {
                codes.Add((clear, width));
                table.Clear();
                (next, width) = (clear + 2, bits + 1);
            }
            current = index;
        }
        codes.Add((current, width));
        codes.Add((clear + 1, next == 1 << width && width < 12 ? width + 1 : width));
        return Pack(codes);
    }

    /// <summary>Cut into blocks of at most 255 bytes, and an empty one.</summary>
    public static byte[] Blocks(byte[] data) => [.. data.Chunk(255).SelectMany(chunk => (byte[])[(byte)chunk.Length, .. chunk]), 0];

    /// <summary>tools/golden/gif.py, Pillow 9.4.</summary>
    public static IEnumerable<(int Width, int Height, byte[] File, string PixelHash)> Golden()
    {
        using var reader = new StreamReader(typeof(GifBuilder).Assembly.GetManifestResourceStream("gif.txt")!);
        while (reader.ReadLine() is string line)
        {
            string[] words = line.Split(' ');
            yield return (int.Parse(words[0]), int.Parse(words[1]), Convert.FromBase64String(words[2]), words[3]);
        }
    }

    private static byte[] Head(int left, int top, int width, int height, bool interlaced, byte[] local) =>
        [0x2C, .. Word(left), .. Word(top), .. Word(width), .. Word(height), (byte)(PaletteFlags(local) | (interlaced ? 0x40 : 0)), .. local];

    private static byte PaletteFlags(byte[] colours) => (byte)(colours.Length == 0 ? 0 : 0x80 | (int.Log2(colours.Length / 3) - 1));

    private static byte[] Word(int value) => [(byte)value, (byte)(value >> 8)];

    private static byte[] Pack(IEnumerable<(int Code, int Width)> codes)
    {
        var bytes = new List<byte>();
        int bit = 0;
        foreach ((int code, int width) in codes)
            for (int i = 0; i < width; i++, bit++)
            {
                if (bit % 8 == 0)
                    bytes.Add(0);
                bytes[^1] |= (byte)((code >> i & 1) << (bit % 8));
            }
        return [.. bytes];
    }
}
