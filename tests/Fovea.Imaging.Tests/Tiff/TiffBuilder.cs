using System.Buffers.Binary;
using System.Globalization;

namespace Fovea.Imaging.Tests.Tiff;

/// <summary>The files of Golden/tiff.txt, which tools/golden/tiff.py wrote with libtiff, and small ones put together here.</summary>
internal static class TiffBuilder
{
    /// <summary>Files, and the pixels that Pillow finds in them.</summary>
    public static IReadOnlyList<(string Name, int Width, int Height, int Channels, string Hash, byte[] File)> Golden { get; } = Read();

    /// <summary>The golden file of a name.</summary>
    public static byte[] Of(string name) => Golden.Single(golden => golden.Name == name).File;

    /// <summary>A grey file of one strip, little-endian, with some fields changed or added (by LONG values).</summary>
    public static byte[] Grey(int width, int height, byte[] data, params (int Tag, uint[] Values)[] fields)
    {
        var all = new SortedDictionary<int, uint[]>
        {
            [256] = [(uint)width],
            [257] = [(uint)height],
            [258] = [8],
            [259] = [1],
            [262] = [1],
            [273] = [8],
            [278] = [(uint)height],
            [279] = [(uint)data.Length],
        };
        foreach ((int tag, uint[] values) in fields)
            if (values.Length == 0)
                all.Remove(tag);
            else
                all[tag] = values;
        int directory = 8 + data.Length, extra = directory + 2 + (12 * all.Count) + 4;
        var file = new List<byte>([.. "II*\0"u8, .. Long(directory), .. data, (byte)all.Count, 0]);
        var behind = new List<byte>();
        foreach ((int tag, uint[] values) in all)
        {
            file.AddRange([(byte)tag, (byte)(tag >> 8), 4, 0, .. Long(values.Length)]);
            byte[] content = [.. values.SelectMany(value => Long((int)value))];
            file.AddRange(values.Length == 1 ? content : Long(extra + behind.Count));
            if (values.Length > 1)
                behind.AddRange(content);
        }
        return [.. file, 0, 0, 0, 0, .. behind];
    }

    private static byte[] Long(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static List<(string, int, int, int, string, byte[])> Read()
    {
        using Stream stream = typeof(TiffBuilder).Assembly.GetManifestResourceStream("tiff.txt")!;
        using var reader = new StreamReader(stream);
        int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
        return
        [
            .. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))
                .Select(f => (f[0], Number(f[1]), Number(f[2]), Number(f[3]), f[4], Convert.FromBase64String(f[5]))),
        ];
    }
}
