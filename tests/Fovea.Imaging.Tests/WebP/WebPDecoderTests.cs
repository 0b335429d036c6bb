using System.Security.Cryptography;
using Fovea.Tensors;
using static Fovea.Imaging.Tests.WebP.WebPBuilder;

namespace Fovea.Imaging.Tests.WebP;

public class WebPDecoderTests
{
    private static Image Decode(byte[] file, ImageLimits? limits = null) => ImageFile.Decode(file, limits);

    private static string Refusal(byte[] file, ImageLimits? limits = null) => Assert.Throws<ImageFormatException>(() => Decode(file, limits)).Message;

    [Fact]
    public void Files_of_libwebp_are_read_as_libwebp_reads_them()
    {
        Assert.Equal(118, Golden.Count);
        foreach ((string name, int width, int height, int channels, string hash, byte[] file) in Golden)
        {
            Image image = Decode(file);
            Assert.Equal((name, width, height, channels), (name, image.Width, image.Height, image.Channels));
            Assert.Equal((name, hash), (name, Convert.ToHexStringLower(SHA256.HashData(image.Pixels))));
        }
    }

    [Fact]
    public void Chunks_that_are_not_known_are_passed_over()
    {
        byte[] file = Of("lossy-33x50-q75"), image = ChunkOf(file, "VP8 ");
        byte[] strange = File(Extended(0, 33, 50), Chunk("ICCP", 1, 2, 3), Chunk("wxyz", 9), image, Chunk("XMP ", 60), Chunk("abcd"));
        Assert.Equal(Decode(file).Pixels.ToArray(), Decode(strange).Pixels.ToArray());
        // Nor does a size of the whole matter that is not right.
        strange[4] ^= 0x55;
        Assert.Equal(Decode(file).Pixels.ToArray(), Decode(strange).Pixels.ToArray());
        Assert.Equal(Decode(file).Pixels.ToArray(), Decode(strange[..^3]).Pixels.ToArray());
    }

    [Fact]
    public void Orientation_is_applied()
    {
        foreach (string name in (string[])["lossy-33x50-q75", "lossless-33x50-m3"])
        {
            Image plain = Decode(Of(name));
            byte[] image = ChunkOf(Of(name), name.StartsWith("lossy", StringComparison.Ordinal) ? "VP8 " : "VP8L");
            foreach (byte[] exif in (byte[][])[Exif(6), [.. "Exif\0\0"u8, .. Exif(6)]])
            {
                Image turned = Decode(File(Extended(8, 33, 50), image, Chunk("EXIF", exif)));
                Assert.Equal((50, 33, 3), (turned.Width, turned.Height, turned.Channels));
                for (int y = 0; y < 50; y++)
                    for (int x = 0; x < 33; x++)
                        Assert.True(plain.Row(y).Slice(3 * x, 3).SequenceEqual(turned.Row(x).Slice(3 * (49 - y), 3)));
            }
            Assert.Equal(plain.Pixels.ToArray(), Decode(File(Extended(8, 33, 50), image, Chunk("EXIF", Exif(9)))).Pixels.ToArray());
            Assert.Equal(plain.Pixels.ToArray(), Decode(File(Extended(8, 33, 50), image, Chunk("EXIF", 1, 2))).Pixels.ToArray());
        }
    }

    [Fact]
    public void A_first_frame_lies_on_a_transparent_canvas()
    {
        byte[] file = Of("lossless-17x15-m3");
        Image frame = Decode(file), image = Decode(File(Extended(2, 30, 40), Chunk("ANIM", 9, 9, 9, 9, 0, 0), Frame(4, 6, 17, 15, ChunkOf(file, "VP8L")), Frame(0, 0, 17, 15, ChunkOf(file, "VP8L"))));
        Assert.Equal((30, 40, 4), (image.Width, image.Height, image.Channels));
        for (int y = 0; y < 40; y++)
            for (int x = 0; x < 30; x++)
            {
                byte[] expected = x is >= 4 and < 21 && y is >= 6 and < 21 ? [.. frame.Row(y - 6).Slice(3 * (x - 4), 3), 255] : [0, 0, 0, 0];
                Assert.Equal(expected, image.Row(y).Slice(4 * x, 4).ToArray());
            }
        Assert.Contains("beyond its canvas of 20×40", Refusal(File(Extended(2, 20, 40), Frame(4, 6, 17, 15, ChunkOf(file, "VP8L")))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lossy-33x50-q75")]
    [InlineData("lossless-33x50-m3")]
    [InlineData("partitions-2")]
    [InlineData("alpha-slope-q100-f1")]
    public void A_picture_that_is_cut_off_is_refused(string name)
    {
        byte[] file = Of(name);
        var rng = new Rng(3);
        for (int i = 0; i < 40; i++)
            Assert.StartsWith("WebP: ", Refusal(file[..(12 + rng.NextInt(file.Length - 16))]), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_possible_is_named()
    {
        byte[] lossless = Of("lossless-17x15-m3"), lossy = Of("lossy-17x15-q75");
        Assert.Contains("has no image", Refusal(File(Chunk("abcd"))), StringComparison.Ordinal);
        Assert.Contains("is no key frame", Refusal(Changed(lossy, 20, 1)), StringComparison.Ordinal);
        Assert.Contains("header is damaged", Refusal(Changed(lossy, 23, 1)), StringComparison.Ordinal);
        Assert.Contains("header is damaged", Refusal(Changed(lossless, 20, 1)), StringComparison.Ordinal);
        Assert.Contains("has version", Refusal(Changed(lossless, 24, 0x80)), StringComparison.Ordinal);
        Assert.Contains("limit of 254 pixels", Refusal(lossy, new ImageLimits { MaxPixels = 254 }), StringComparison.Ordinal);
        Assert.Contains("limit of 254 pixels", Refusal(lossless, new ImageLimits { MaxPixels = 254 }), StringComparison.Ordinal);
        Assert.Contains("limit of 1000 pixels", Refusal(File(Extended(2, 17, 500), Frame(0, 0, 17, 15, ChunkOf(lossy, "VP8 "))), new ImageLimits { MaxPixels = 1000 }), StringComparison.Ordinal);
        Assert.Contains("alpha channel takes 255 bytes, got 3", Refusal(File(Extended(16, 17, 15), Chunk("ALPH", 0, 1, 2, 3), ChunkOf(lossy, "VP8 "))), StringComparison.Ordinal);
        Assert.Contains("alpha channel's header, 2,", Refusal(File(Extended(16, 17, 15), Chunk("ALPH", 2, 1, 2, 3), ChunkOf(lossy, "VP8 "))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(30_000, false)]
    public void Huffman_tables_are_believed_to_an_extent(int groups, bool isRead)
    {
        const int Side = 1024;
        var writer = new LosslessBitWriter(Side, Side);
        // No transform, no cache; squares of 4×4 choose their codes by red and green of an image of their own.
        writer.Write(0b100, 3);
        writer.Write(0, 3);
        writer.Write(0, 1);
        writer.WriteByteCode(280);
        writer.WriteByteCode(256);
        for (int i = 0; i < 3; i++)
            writer.WriteCode(0);
        for (int i = 0; i < Side * Side / 16; i++)
        {
            int group = i % groups;
            writer.Write(Reversed(group & 255), 8);
            writer.Write(Reversed(group >> 8), 8);
        }
        for (int i = 0; i < groups; i++)
        {
            writer.WriteCode(10, 20);
            for (int channel = 0; channel < 3; channel++)
                writer.WriteCode(channel, i & 127);
            writer.WriteCode(0);
        }
        // Pixels of 4 bits each at most.
        for (int i = 0; i < Side * Side; i++)
            writer.Write(0, 4);
        byte[] file = writer.File();
        long before = GC.GetAllocatedBytesForCurrentThread();
        if (isRead)
            Assert.Equal([0, 10, 0], Decode(file).Pixels[..3].ToArray());
        else
            Assert.Contains("Huffman tables", Refusal(file), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (4 * Side * Side) + (16 << 20));
    }

    private static int Reversed(int value) => Enumerable.Range(0, 8).Sum(bit => ((value >> bit) & 1) << (7 - bit));

    private static byte[] Changed(byte[] file, int place, int bits)
    {
        byte[] result = [.. file];
        result[place] ^= (byte)bits;
        return result;
    }
}
