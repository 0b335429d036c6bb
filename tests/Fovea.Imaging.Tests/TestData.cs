using Fovea.Tensors;

namespace Fovea.Imaging.Tests;

/// <summary>Finds the real data, and makes images to test with.</summary>
internal static class TestData
{
    /// <summary>The path of something in the data folder, or null, said on the console, if it is not there.</summary>
    public static string? Find(string relative)
    {
        string? root = Environment.GetEnvironmentVariable("FOVEA_DATA");
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); root is null && folder is not null; folder = folder.Parent)
            if (Directory.Exists(Path.Combine(folder.FullName, "shared", "data")))
                root = Path.Combine(folder.FullName, "shared", "data");
        string? path = root is null ? null : Path.GetFullPath(Path.Combine(root, relative));
        if (Path.Exists(path))
            return path;
        Console.WriteLine($"skipped: {relative} is not in the data folder ({root ?? "none found"})");
        return null;
    }

    /// <summary>A image with slopes, edges and noise, so that every filter and code is met.</summary>
    public static Image Image(int width, int height, int channels, ulong seed = 1)
    {
        var rng = new Rng(seed);
        var image = new Image(width, height, channels);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                for (int c = 0; c < channels; c++)
                {
                    int value = ((x * (3 + c)) + (y * (7 - c)) + ((x / 5) + (y / 7)) % 2 * 90 + rng.NextInt(9)) % 256;
                    image.Row(y)[(x * channels) + c] = (byte)value;
                }
        return image;
    }

    /// <summary>The image as red, green, blue, alpha.</summary>
    public static byte[] Rgba(Image image)
    {
        var result = new byte[image.Width * image.Height * 4];
        int n = image.Channels;
        for (int i = 0; i < image.Width * image.Height; i++)
        {
            ReadOnlySpan<byte> pixel = image.Pixels.Slice(i * n, n);
            for (int c = 0; c < 3; c++)
                result[(4 * i) + c] = image.IsGrey ? pixel[0] : pixel[c];
            result[(4 * i) + 3] = image.HasAlpha ? pixel[n - 1] : (byte)255;
        }
        return result;
    }
}
