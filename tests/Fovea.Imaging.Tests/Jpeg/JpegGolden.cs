using System.Globalization;
using System.Security.Cryptography;

namespace Fovea.Imaging.Tests.Jpeg;

/// <summary>The lines of Golden/jpeg.txt, which tools/golden/jpeg.py wrote with Pillow.</summary>
internal static class JpegGolden
{
    private static readonly string[][] Lines = Read();

    /// <summary>The files to decode.</summary>
    public static IEnumerable<(string Name, string Size, string Hash, byte[] File)> Files =>
        Lines.Where(line => line[0] == "decode").Select(line => (line[1], string.Join(' ', line[2..5]), line[5], Convert.FromBase64String(line[6])));

    /// <summary>The fields of all lines of a kind, without its name.</summary>
    public static IEnumerable<string[]> Of(string kind) => Lines.Where(line => line[0] == kind).Select(line => line[1..]);

    /// <summary>The file of a name.</summary>
    public static byte[] File(string name) => Files.Single(file => file.Name == name).File;

    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static string Size(Image image) => string.Create(CultureInfo.InvariantCulture, $"{image.Width} {image.Height} {image.Channels}");

    /// <summary>The image that the script draws.</summary>
    public static Image Image(int width, int height, int channels)
    {
        var image = new Image(width, height, channels);
        int i = 0;
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                for (int c = 0; c < channels; c++)
                    image.Pixels[i++] = (byte)((((x * x * 3) + (y * x * 7) + (y * 29) + (c * 61)) / 9) ^ (((x / 5) + (y / 4)) % 2 * 100));
        return image;
    }

    private static string[][] Read()
    {
        using Stream stream = typeof(JpegGolden).Assembly.GetManifestResourceStream("jpeg.txt")!;
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))];
    }
}
