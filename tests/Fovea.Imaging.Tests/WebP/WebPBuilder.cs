using System.Buffers.Binary;
using System.Globalization;

namespace Fovea.Imaging.Tests.WebP;

/// <summary>The files of Golden/webp.txt, which tools/golden/webp.py wrote with libwebp, and others put together from their parts.</summary>
internal static class WebPBuilder
{
    /// <summary>Files, and the pixels that libwebp finds in them.</summary>
    public static IReadOnlyList<(string Name, int Width, int Height, int Channels, string Hash, byte[] File)> Golden { get; } = Read();

    /// <summary>The golden file of a name.</summary>
    public static byte[] Of(string name) => Golden.Single(golden => golden.Name == name).File;

    public static byte[] Chunk(string name, params byte[] content)
    {
        byte[] size = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(size, content.Length);
        return [.. name.Select(letter => (byte)letter), .. size, .. content, .. new byte[content.Length % 2]];
    }

    /// <summary>A file of some chunks.</summary>
    public static byte[] File(params byte[][] chunks) => Chunk("RIFF", [.. "WEBP"u8, .. chunks.SelectMany(chunk => chunk)]);

    /// <summary>The chunk that says what else there is: 16 for alpha, 8 for EXIF, 2 for an animation.</summary>
    public static byte[] Extended(int flags, int width, int height) => Chunk("VP8X", [(byte)flags, 0, 0, 0, .. UInt24(width - 1), .. UInt24(height - 1)]);

    /// <summary>A image of an animation.</summary>
    public static byte[] Frame(int left, int top, int width, int height, params byte[][] chunks) =>
        Chunk("ANMF", [.. UInt24(left / 2), .. UInt24(top / 2), .. UInt24(width - 1), .. UInt24(height - 1), 50, 0, 0, 0, .. chunks.SelectMany(chunk => chunk)]);

    /// <summary>A file's first chunk of a name, with its name and size.</summary>
    public static byte[] ChunkOf(byte[] file, string name)
    {
        for (int at = 12; ; at += 8 + (Size(file, at) + 1) / 2 * 2)
            if (file.AsSpan(at, 4).SequenceEqual(name.Select(letter => (byte)letter).ToArray()))
                return file[at..(at + 8 + ((Size(file, at) + 1) / 2 * 2))];
    }

    /// <summary>An orientation as cameras write it.</summary>
    public static byte[] Exif(int orientation) => [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0];

    private static int Size(byte[] file, int at) => BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 4));

    private static byte[] UInt24(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16)];

    private static List<(string, int, int, int, string, byte[])> Read()
    {
        using Stream stream = typeof(WebPBuilder).Assembly.GetManifestResourceStream("webp.txt")!;
        using var reader = new StreamReader(stream);
        int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
        return
        [
            .. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))
                .Select(f => (f[0], Number(f[1]), Number(f[2]), Number(f[3]), f[4], Convert.FromBase64String(f[5]))),
        ];
    }
}
