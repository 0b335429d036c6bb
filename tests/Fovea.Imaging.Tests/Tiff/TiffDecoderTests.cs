using System.Security.Cryptography;
using static Fovea.Imaging.Tests.Tiff.TiffBuilder;

namespace Fovea.Imaging.Tests.Tiff;

public class TiffDecoderTests
{
    private static Image Decode(byte[] file, ImageLimits? limits = null) => ImageFile.Decode(file, limits);

    private static string Refusal(byte[] file, ImageLimits? limits = null) => Assert.Throws<ImageFormatException>(() => Decode(file, limits)).Message;

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 37))];

    [Fact]
    public void Files_are_read_as_Pillow_and_libtiff_read_them()
    {
        Assert.True(Golden.Count > 250, $"{Golden.Count} files");
        var wrong = new List<string>();
        foreach ((string name, int width, int height, int channels, string hash, byte[] file) in Golden)
        {
            string found;
            try
            {
                Image image = Decode(file);
                found = $"{image.Width} {image.Height} {image.Channels} {Convert.ToHexStringLower(SHA256.HashData(image.Pixels))}";
            }
            catch (ImageFormatException e)
            {
                found = e.Message;
            }
            if (found != $"{width} {height} {channels} {hash}")
                wrong.Add($"{name}: {found}");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void A_palette_of_8_bits_and_one_that_is_too_short_are_read()
    {
        // 4 colours, red, green and blue one behind the other.
        byte[] file = Grey(4, 1, [0b00011011], (258, [2]), (262, [3]), (320, [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120]));
        Assert.Equal([10, 50, 90, 20, 60, 100, 30, 70, 110, 40, 80, 120], Decode(file).Pixels.ToArray());
        file = Grey(4, 1, [0b00011011], (258, [2]), (262, [3]), (320, [0x1000, 0x2000, 0x3000]));
        Assert.Equal([0x10, 0x20, 0x30, 0, 0, 0, 0, 0, 0, 0, 0, 0], Decode(file).Pixels.ToArray());
    }

    [Fact]
    public void Samples_of_other_sizes_keep_their_highest_bits()
    {
        Assert.Equal([0xAB, 0x12], Decode(Grey(2, 1, [0xAB, 0xC1, 0x23], (258, [12]))).Pixels.ToArray());
        Assert.Equal([255, 0, 36], Decode(Grey(3, 1, [0b11100000, 0b10000000], (258, [3]))).Pixels.ToArray());
    }

    [Fact]
    public void Old_LZW_has_the_lowest_bit_first()
    {
        // 256, 7, 258, 9, 257 in 9 bits each, from the lowest bit on: 7, 7 7, 9.
        int[] codes = [256, 7, 258, 9, 257];
        byte[] data = new byte[6];
        for (int i = 0; i < codes.Length; i++)
            for (int bit = 0; bit < 9; bit++)
                data[((9 * i) + bit) / 8] |= (byte)(((codes[i] >> bit) & 1) << (((9 * i) + bit) % 8));
        Assert.Equal([7, 7, 7, 9], Decode(Grey(4, 1, data, (259, [5]))).Pixels.ToArray());
    }

    [Fact]
    public void Faults_in_optional_parts_do_no_harm()
    {
        byte[] pixels = Bytes(35);
        // An orientation that is none, lengths that are missing or too long, a directory behind which nothing comes.
        foreach ((int, uint[]) field in ((int, uint[])[])[(274, [77]), (279, []), (279, [0]), (279, [100_000]), (278, []), (278, [uint.MaxValue]), (296, [9, 9]), (317, [2])])
            Assert.Equal(pixels, Decode(Grey(7, 5, pixels, field)).Pixels.ToArray());
        byte[] file = Grey(7, 5, pixels);
        Assert.Equal(pixels, Decode(file[..^4]).Pixels.ToArray());
    }

    [Fact]
    public void The_first_page_is_read_and_loops_do_no_harm()
    {
        byte[] pixels = Bytes(35), file = Grey(7, 5, pixels);
        // The next directory is this one.
        file[^4] = 8 + 35;
        Assert.Equal(pixels, Decode(file).Pixels.ToArray());
    }

    /// <summary>A stream may ask for a dictionary that lies elsewhere; the runtime then throws no InvalidDataException.</summary>
    [Fact]
    public void Deflate_data_that_ask_for_a_dictionary_are_damaged() =>
        Assert.Contains("the Deflate data are damaged", Refusal(Grey(2, 2, [0x78, 0x20, 1, 2, 3, 4, 5, 6, 7, 8], (259, [8]))), StringComparison.Ordinal);

    [Fact]
    public void What_is_not_possible_is_named()
    {
        byte[] pixels = Bytes(35);
        Assert.Contains("34 bytes of data cannot hold 7×5 pixels", Refusal(Grey(7, 5, pixels, (279, [34]))), StringComparison.Ordinal);
        Assert.Contains("strip 0 ends after 3 of 35 bytes", Refusal(Grey(7, 5, [2, 1, 2, 3], (259, [32773]))), StringComparison.Ordinal);
        Assert.Contains("CIELab is not supported", Refusal(Grey(7, 5, pixels, (262, [8]))), StringComparison.Ordinal);
        Assert.Contains("camera's raw data is not supported", Refusal(Grey(7, 5, pixels, (262, [32803]))), StringComparison.Ordinal);
        Assert.Contains("old-style JPEG (compression 6) is not supported", Refusal(Grey(7, 5, pixels, (259, [6]))), StringComparison.Ordinal);
        Assert.Contains("Zstandard compression is not supported", Refusal(Grey(7, 5, pixels, (259, [50000]))), StringComparison.Ordinal);
        Assert.Contains("floating-point samples", Refusal(Grey(7, 5, pixels, (258, [32]), (339, [3]))), StringComparison.Ordinal);
        Assert.Contains("samples of 32 bits is not supported", Refusal(Grey(7, 5, pixels, (258, [32]))), StringComparison.Ordinal);
        Assert.Contains("different sizes (5 and 6 bits)", Refusal(Grey(7, 5, pixels, (258, [5, 6, 5]), (262, [2]), (277, [3]))), StringComparison.Ordinal);
        Assert.Contains("RGB takes 3 samples", Refusal(Grey(7, 5, pixels, (262, [2]))), StringComparison.Ordinal);
        Assert.Contains("StripOffsets (273) is missing", Refusal(Grey(7, 5, pixels, (273, []))), StringComparison.Ordinal);
        Assert.Contains("ColorMap (320) is missing", Refusal(Grey(7, 5, pixels, (262, [3]))), StringComparison.Ordinal);
        Assert.Contains("take 5 strips, and the file has 1", Refusal(Grey(7, 5, pixels, (278, [1]))), StringComparison.Ordinal);
        Assert.Contains("predictor 3", Refusal(Grey(7, 5, pixels, (259, [5]), (317, [3]))), StringComparison.Ordinal);
        Assert.Contains("limit of 34 pixels", Refusal(Grey(7, 5, pixels), new ImageLimits { MaxPixels = 34 }), StringComparison.Ordinal);
        Assert.Contains("said to lie at byte 9999", Refusal([.. "II*\0"u8, 0x0F, 0x27, 0, 0, 0, 0]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rgb-lzw2-strips")]
    [InlineData("rgb-zip2-strips")]
    [InlineData("rgb-packbits-strips")]
    [InlineData("fax-g4-msb2lsb")]
    [InlineData("rgb-jpeg-strips")]
    public void Strips_that_are_cut_off_are_refused(string name)
    {
        byte[] cut = [.. Of(name)];
        Assert.NotNull(Decode(cut));
        int entry = BitConverter.ToInt32(cut, 4) + 2;
        while (BitConverter.ToUInt16(cut, entry) != 279)
            entry += 12;
        int size = BitConverter.ToUInt16(cut, entry + 2) == 3 ? 2 : 4, count = BitConverter.ToInt32(cut, entry + 4);
        int values = size * count <= 4 ? entry + 8 : BitConverter.ToInt32(cut, entry + 8);
        for (int at = values; at < values + (size * count); at += size)
            BitConverter.GetBytes((short)(BitConverter.ToUInt16(cut, at) / 2)).CopyTo(cut, at);
        Assert.Matches("end|damaged|cut", Refusal(cut));
    }

    [Fact]
    public void Work_and_memory_follow_from_the_file_and_its_pixels()
    {
        // 60,000 strips of a row that each claim the whole file; tiles far larger than a page.
        uint[] everywhere = [.. Enumerable.Repeat(8u, 60_000)], whole = [.. Enumerable.Repeat(400_000u, 60_000)];
        (byte[] File, string Reason)[] files =
        [
            (Grey(1, 60_000, new byte[100], (278, [1]), (259, [5]), (273, everywhere), (279, whole)), "bytes together, and the file has"),
            (Grey(7, 5, new byte[35], (322, [1 << 30]), (323, [1 << 30]), (324, [8]), (325, [35])), "out of proportion"),
            (Grey(1, 60_000, new byte[35], (322, [60000]), (323, [1]), (324, everywhere), (325, everywhere)), "out of proportion"),
            (Grey(10_000, 10_000, new byte[2000], (259, [5])), "2000 bytes of data cannot hold 10000×10000 pixels"),
            (Grey(10_000, 10_000, new byte[1000], (258, [1]), (259, [4])), "1000 bytes of data cannot hold"),
        ];
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach ((byte[] file, string reason) in files)
            Assert.Contains(reason, Refusal(file), StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4 << 20, "memory");
    }
}
