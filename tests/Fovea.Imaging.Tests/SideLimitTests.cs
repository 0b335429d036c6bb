using Fovea.Imaging.Pnm;
using Fovea.Imaging.Tests.Bmp;
using Fovea.Imaging.Tests.Gif;
using Fovea.Imaging.Tests.Png;
using Fovea.Imaging.Tests.Tiff;
using Fovea.Imaging.Tests.WebP;

namespace Fovea.Imaging.Tests;

/// <summary>Rows, columns and the weights of resizing cost by the side, so that few pixels can be much work: every format has the limit.</summary>
public class SideLimitTests
{
    /// <summary>GIF and JPEG say their sides in 16 bits.</summary>
    public static TheoryData<string, byte[]> TooLong() => new()
    {
        { "BMP", BmpBuilder.File(65_536, 1, 1, BmpBuilder.Palette(2, 4), new byte[8192]) },
        { "BMP", BmpBuilder.File(1, -65_536, 1, BmpBuilder.Palette(2, 4), new byte[4 * 65_536]) },
        { "PNG", PngBuilder.File(PngBuilder.Header(65_536, 1, 1, 0), PngBuilder.Data(new byte[8193]), PngBuilder.End()) },
        { "PNM", [.. "P5 65536 1 255\n"u8, .. new byte[65_536]] },
        { "PNM", [.. "P4 1 65536\n"u8, .. new byte[65_536]] },
        { "TIFF", TiffBuilder.Grey(65_536, 1, new byte[65_536]) },
        { "TIFF", TiffBuilder.Grey(1, 65_536, new byte[65_536]) },
        { "WebP", WebPBuilder.File(WebPBuilder.Extended(2, 65_536, 1), WebPBuilder.Chunk("ANIM", new byte[6]), WebPBuilder.Frame(0, 0, 1, 1, WebPBuilder.ChunkOf(WebPBuilder.Golden[0].File, "VP8 "))) },
    };

    [Theory]
    [MemberData(nameof(TooLong))]
    public void Sides_end_at_65535(string format, byte[] file)
    {
        string message = Assert.Throws<ImageFormatException>(() => ImageFile.Decode(file)).Message;
        Assert.StartsWith(format, message, StringComparison.Ordinal);
        Assert.EndsWith("is over the limit of 65535 a side", message, StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[]> Images() => new()
    {
        { "BMP", BmpBuilder.File(23, 5, 1, BmpBuilder.Palette(2, 4), BmpBuilder.Pack(new byte[115], 23, 1)) },
        { "GIF", GifBuilder.File(23, 9, GifBuilder.Colours(2), GifBuilder.Frame(0, 0, 9, 3, new byte[27], 2)) },
        { "JPEG", Imaging.Jpeg.JpegEncoder.Encode(TestData.Image(23, 9, 3)) },
        { "PNG", Imaging.Png.PngEncoder.Encode(TestData.Image(9, 23, 3)) },
        { "PNM", PnmEncoder.Encode(TestData.Image(23, 9, 3)) },
        { "TIFF", TiffBuilder.Grey(9, 23, new byte[23 * 9]) },
    };

    [Theory]
    [MemberData(nameof(Images))]
    public void Every_format_has_the_limit(string format, byte[] file)
    {
        string message = Assert.Throws<ImageFormatException>(() => ImageFile.Decode(file, new ImageLimits { MaxSide = 22 })).Message;
        Assert.StartsWith(format, message, StringComparison.Ordinal);
        Assert.EndsWith("is over the limit of 22 a side", message, StringComparison.Ordinal);
        ImageFile.Decode(file, new ImageLimits { MaxSide = 23 });
    }

    [Fact]
    public void Every_webp_has_the_limit()
    {
        foreach ((string name, int width, int height, _, _, byte[] file) in WebPBuilder.Golden)
        {
            int side = Math.Max(width, height);
            if (side > 1)
                Assert.EndsWith($"over the limit of {side - 1} a side", Assert.Throws<ImageFormatException>(() => ImageFile.Decode(file, new ImageLimits { MaxSide = side - 1 })).Message, StringComparison.Ordinal);
            Assert.NotNull(name);
        }
    }
}
