using System.Globalization;
using Fovea.Imaging.Jpeg;

namespace Fovea.Imaging.Tests.Jpeg;

public class JpegDecoderTests
{
    private static Image Decode(byte[] file) => ImageFile.Decode(file);

    [Fact]
    public void Every_sampling_colour_and_order_gives_the_pixels_of_libjpeg()
    {
        List<string> wrong = [];
        int files = 0;
        foreach ((string name, string size, string hash, byte[] file) in JpegGolden.Files)
        {
            Image image = Decode(file);
            if (JpegGolden.Size(image) != size || JpegGolden.Hash(image.Pixels) != hash)
                wrong.Add($"{name} ({image} for {size})");
            files++;
        }
        Assert.Empty(wrong);
        Assert.True(files > 70);
    }

    [Fact]
    public void Photographs_are_those_of_libjpeg()
    {
        if (TestData.Find("images/photos") is not string folder)
            return;
        foreach (string[] line in JpegGolden.Of("photo"))
        {
            Image image = ImageFile.Load(Path.Combine(folder, line[0]));
            Assert.Equal(string.Join(' ', line[1..4]), JpegGolden.Size(image));
            foreach (string sample in line[5..])
            {
                int[] numbers = [.. sample.Split(',', '=').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
                int at = ((numbers[1] * image.Width) + numbers[0]) * image.Channels;
                Assert.Equal(numbers[2..], image.Pixels.Slice(at, image.Channels).ToArray().Select(value => (int)value));
            }
            Assert.Equal(line[4], JpegGolden.Hash(image.Pixels));
        }
    }

    /// <summary>
    /// The set's images were made with ImageMagick, whose decoder and conversions may round otherwise; two of them are
    /// grey images of 16 bits there.
    /// </summary>
    [Fact]
    public void The_reference_set_is_met_but_for_rounding()
    {
        if (TestData.Find("images/jpeg") is not string folder)
            return;
        string[] files = [.. Directory.GetFiles(folder, "*.jpg"), .. Directory.GetFiles(Path.Combine(folder, "mozilla"), "*.jpg")];
        int compared = 0;
        foreach (string path in files)
        {
            // One file of the set has no image.
            string reference = Path.ChangeExtension(path, ".png");
            if (!File.Exists(reference))
                continue;
            Image image = ImageConversion.Flatten(ImageFile.Load(path)), expected = ImageConversion.Flatten(ImageFile.Load(reference));
            if (image.Channels != expected.Channels)
                (image, expected) = (ImageConversion.ToRgb(image), ImageConversion.ToRgb(expected));
            Assert.Equal((image.Width, image.Height), (expected.Width, expected.Height));
            int most = 0;
            double sum = 0;
            for (int i = 0; i < image.Pixels.Length; i++)
            {
                int difference = Math.Abs(image.Pixels[i] - expected.Pixels[i]);
                most = Math.Max(most, difference);
                sum += difference;
            }
            // Two references have 16 bits, of which reading them keeps the higher 8: half a step less, on average.
            double mean = File.ReadAllBytes(reference)[24] == 16 ? 0.5 : 0.25;
            Assert.True(most <= 3 && sum <= mean * image.Pixels.Length, $"{path}: {most} at most, {sum / image.Pixels.Length} on average");
            compared++;
        }
        Assert.True(compared > 35, $"{compared} compared");
    }

    [Fact]
    public void Lossless_files_are_rejected_by_name()
    {
        if (TestData.Find("images/jpeg/lossless/1") is not string folder)
            return;
        foreach (string path in Directory.GetFiles(folder, "*.jpg"))
            Assert.Contains("lossless images (SOF3)", Assert.Throws<ImageFormatException>(() => ImageFile.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Orientation_is_applied()
    {
        byte[] plain = JpegGolden.File("orientation-1");
        Image upright = Decode(plain);
        Assert.Equal("9 5 3", JpegGolden.Size(upright));
        Image quarter = Decode(JpegGolden.File("orientation-6"));
        Assert.Equal("5 9 3", JpegGolden.Size(quarter));
        Assert.Equal(upright.Pixels[..3].ToArray(), quarter.Row(0)[^3..].ToArray());
        // Directories that lead nowhere are no reason not to show the image.
        byte[] broken = [.. JpegGolden.File("orientation-6")];
        int directory = broken.AsSpan().IndexOf("Exif\0\0"u8) + 10;
        broken.AsSpan(directory, 4).Fill(0xFF);
        Assert.Equal("9 5 3", JpegGolden.Size(Decode(broken)));
    }

    [Fact]
    public void Restart_markers_may_have_any_number()
    {
        byte[] file = [.. JpegGolden.File("restart-444")];
        string hash = JpegGolden.Hash(Decode(file).Pixels);
        for (int i = Find(file, JpegMarker.Scan); i < file.Length; i++)
            if (file[i - 1] == 0xFF && file[i] is >= JpegMarker.FirstRestart and <= JpegMarker.LastRestart)
                file[i] = JpegMarker.FirstRestart + 5;
        Assert.Equal(hash, JpegGolden.Hash(Decode(file).Pixels));
    }

    [Fact]
    public void What_follows_the_picture_does_no_harm_and_neither_does_a_missing_end()
    {
        foreach (string name in (string[])["baseline-420-17", "progressive-420-17", "scans-apart", "restart-420"])
        {
            byte[] file = JpegGolden.File(name);
            string hash = JpegGolden.Hash(Decode(file).Pixels);
            Assert.Equal(hash, JpegGolden.Hash(Decode(file[..^2]).Pixels));
            Assert.Equal(hash, JpegGolden.Hash(Decode([.. file, 0xFF, 0xFF, 1, 2, 3, 0xFF, JpegMarker.Scan, 0, 0]).Pixels));
            Assert.Equal(hash, JpegGolden.Hash(Decode([.. file[..^2], 1, 2, 3, 0xFF, 0xD9]).Pixels));
        }
    }

    [Fact]
    public void Files_that_break_off_are_rejected_wherever_they_do()
    {
        foreach (string name in (string[])["baseline-420-17", "progressive-420-17", "scans-apart", "restart-420", "grey-3", "ycck"])
        {
            byte[] file = JpegGolden.File(name);
            // The last byte of coded data may hold nothing but filling.
            for (int length = 3; length < file.Length - 3; length += 1 + (file.Length / 400))
            {
                string message = Assert.Throws<ImageFormatException>(() => Decode(file[..length])).Message;
                Assert.StartsWith("JPEG: ", message, StringComparison.Ordinal);
            }
        }
    }

    public static TheoryData<string, string> Damages() => new()
    {
        { "precision", "12-bit images (SOF0)" },
        { "arithmetic", "arithmetic-coded images (SOF9)" },
        { "hierarchical", "hierarchical images (SOF5)" },
        { "no height", "the size 17×0 is empty" },
        { "huge", "cannot hold 20000×4999 pixels" },
        { "huge progressive", "cannot hold 20000×4999 pixels" },
        { "over the limit", "over the limit of 100000000 pixels" },
        { "two components", "2 components" },
        { "sampling", "sampling factors 0×1" },
        { "no such table", "sampling factors 2×2 and quantization table 4" },
        { "same name", "two components 1" },
        { "no quantization", "quantization table 0" },
        { "no Huffman", "DC Huffman table 3" },
        { "unknown component", "the component 9" },
        { "component twice", "the component 1 twice" },
        { "scan first", "a scan before the frame header" },
        { "two frames", "two frame headers" },
        { "no frame", "without a frame header" },
        { "short segment", "says it is 1 bytes long" },
        { "Huffman overflow", "more codes of 1 bits" },
        { "no restart", "a restart marker should be, and there is 0xFFD9" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Bad_files_are_rejected_with_the_reason(string damage, string reason)
    {
        byte[] file = [.. JpegGolden.File(damage == "no restart" ? "restart-444" : "baseline-420-17")];
        int frame = Find(file, JpegMarker.BaselineFrame), scan = Find(file, JpegMarker.Scan), tables = Find(file, JpegMarker.HuffmanTables);
        switch (damage)
        {
            case "precision": file[frame + 4] = 12; break;
            case "arithmetic": file[frame + 1] = 0xC9; break;
            case "hierarchical": file[frame + 1] = 0xC5; break;
            case "no height": file.AsSpan(frame + 5, 2).Clear(); break;
            case "huge": ((byte[])[0x13, 0x87, 0x4E, 0x20]).CopyTo(file, frame + 5); break;
            case "huge progressive":
                ((byte[])[0x13, 0x87, 0x4E, 0x20]).CopyTo(file, frame + 5);
                file[frame + 1] = JpegMarker.ProgressiveFrame;
                break;
            case "over the limit": file.AsSpan(frame + 5, 4).Fill(0xFF); break;
            case "two components": file[frame + 9] = 2; break;
            case "sampling": file[frame + 11] = 1; break;
            case "no such table": file[frame + 12] = 4; break;
            case "same name": file[frame + 13] = 1; break;
            case "no quantization": file[Find(file, JpegMarker.QuantizationTables) + 4] = 2; break;
            case "no Huffman": file[scan + 6] = 0x30; break;
            case "unknown component": file[scan + 5] = 9; break;
            case "component twice": file[scan + 7] = 1; break;
            case "scan first": (file[frame + 1], file[frame]) = (0xFE, 0xFF); break;
            case "two frames": file = [.. file[..scan], .. file[frame..]]; break;
            case "no frame": file = [.. file[..frame], 0xFF, JpegMarker.End]; break;
            case "short segment": ((byte[])[0, 1]).CopyTo(file, tables + 2); break;
            case "Huffman overflow": (file[tables + 5], file[tables + 7]) = (3, 2); break;
            case "no restart": file[Find(file, JpegMarker.FirstRestart) + 1] = JpegMarker.End; break;
        }
        var thrown = Assert.Throws<ImageFormatException>(() => Decode(file));
        Assert.True(thrown.Message.Contains(reason, StringComparison.Ordinal), $"{damage}: {thrown.Message}");
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ImageFormatException>(() => Decode(file));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    private static int Find(byte[] file, byte marker) => file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, marker]);
}
