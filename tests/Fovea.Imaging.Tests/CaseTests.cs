using System.IO.Compression;
using System.Security.Cryptography;
using Fovea.Imaging.Preparing;
using Fovea.Tensors;

namespace Fovea.Imaging.Tests;

/// <summary>Files that were found in use: small ones that ask for much, and faulty ones that others show.</summary>
public class CaseTests
{
    [Fact]
    public void No_small_file_takes_more_memory_than_its_pixels_justify()
    {
        if (TestData.Find("cases/bombs") is not string folder)
            return;
        foreach (string path in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
        {
            if (path.EndsWith(".safetensors", StringComparison.Ordinal))
                continue;
            byte[] file = Read(path);
            Check(Path.GetFileName(path), () => ImageFile.Decode(file) is var image ? ((long)image.Width * image.Height, image.ToString()) : default);
            // A small model's input: what is read beside the pixels that it takes does not depend on their number.
            Check(Path.GetFileName(path), () =>
            {
                Image image = ImageFile.DecodeReduced(file, new MinSize(40, 40, KeepsProportions: false), out _);
                ModelInput.Prepare(image, new Shape(3, 20, 20));
                return ((long)image.Width * image.Height, $"reduced to {image}");
            });
        }

        static void Check(string name, Func<(long Pixels, string Text)> read)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            (long Pixels, string Text) result = (0, "");
            try
            {
                result = read();
            }
            catch (ImageFormatException e)
            {
                result.Text = e.Message;
            }
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Console.WriteLine($"{name}: {allocated >> 20} MiB: {result.Text}");
            Assert.DoesNotContain('\n', result.Text);
            Assert.True(allocated <= (4 * result.Pixels) + (16 << 20), $"{name}: {allocated} bytes for {result.Pixels} pixels: {result.Text}");
        }
    }

    [Fact]
    public void Only_pictures_whose_pixels_cannot_be_known_are_refused()
    {
        if (TestData.Find("cases/decode") is not string folder)
            return;
        string[] unknown = ["chunk_before_ihdr.png", "cut_half_with_eoi.jpg", "ids_dup.jpg", "rst_one_missing.jpg"];
        var refused = new List<string>();
        foreach (string path in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
            try
            {
                ImageFile.Load(path);
            }
            catch (ImageFormatException e)
            {
                Console.WriteLine(e.Message);
                refused.Add(Path.GetFileName(path));
            }
        Assert.Equal(unknown, refused);
    }

    /// <summary>tools/golden/cases.py, Pillow 9.4.</summary>
    [Fact]
    public void Faulty_pictures_have_the_pixels_that_others_show()
    {
        if (TestData.Find("cases/decode") is not string folder)
            return;
        using var reader = new StreamReader(typeof(CaseTests).Assembly.GetManifestResourceStream("cases.txt")!);
        int files = 0;
        for (; reader.ReadLine() is string line; files++)
        {
            string name = line.Split(' ')[0];
            Image image = ImageFile.Load(Path.Combine(folder, name));
            Assert.Equal(line, $"{name} {image.Width} {image.Height} {Convert.ToHexStringLower(SHA256.HashData(TestData.Rgba(image)))}");
        }
        Assert.Equal(30, files);
    }

    private static byte[] Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        if (!path.EndsWith(".gz", StringComparison.Ordinal))
            return file;
        var result = new MemoryStream();
        using var unpacked = new GZipStream(new MemoryStream(file), CompressionMode.Decompress);
        unpacked.CopyTo(result);
        return result.ToArray();
    }
}
