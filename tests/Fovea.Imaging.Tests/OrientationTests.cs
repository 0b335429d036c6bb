using Fovea.Imaging.Tests.Png;

namespace Fovea.Imaging.Tests;

/// <summary>Images are turned upright pixel by pixel right, and in the memory that they have.</summary>
public class OrientationTests
{
    [Fact]
    public void Every_pixel_comes_where_its_orientation_says()
    {
        var sizes = new List<(int, int)> { (64, 48), (48, 64), (60, 60), (37, 91), (701, 3), (2, 900), (600, 450), (450, 601) };
        for (int width = 1; width <= 9; width++)
            for (int height = 1; height <= 9; height++)
                sizes.Add((width, height));
        foreach ((int width, int height) in sizes)
            for (int channels = 1; channels <= 4; channels++)
                for (int orientation = 1; orientation <= 8; orientation++)
                {
                    Image image = TestData.Image(width, height, channels), expected = Turned(image, orientation);
                    Image turned = ExifOrientation.Apply(image, orientation);
                    Assert.Equal((expected.Width, expected.Height, channels), (turned.Width, turned.Height, turned.Channels));
                    Assert.True(expected.Pixels.SequenceEqual(turned.Pixels), $"{width}×{height}, {channels} channels, orientation {orientation}");
                }
    }

    [Fact]
    public void Columns_that_do_not_fit_a_band_are_moved_in_several()
    {
        // A row of uints is 4 bytes times 1,100, so a band of 1 MiB holds about a fifth of the columns.
        var matrix = new uint[1100 * 1210];
        for (int i = 0; i < matrix.Length; i++)
            matrix[i] = (uint)i;
        Transposition.Run<uint>(matrix, 1100, 1210);
        for (int x = 0; x < 1210; x++)
            for (int y = 0; y < 1100; y++)
                if (matrix[(x * 1100) + y] != (y * 1210) + x)
                    Assert.Fail($"({y}, {x}) is {matrix[(x * 1100) + y]}");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(7)]
    public void No_second_image_is_made(int orientation)
    {
        const int width = 1500, height = 1400;
        byte[] exif = [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 1, 18, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0];
        byte[] file = PngBuilder.File(
            PngBuilder.Header(width, height, 8, 3), PngBuilder.Chunk("PLTE", new byte[768]), PngBuilder.Chunk("tRNS", new byte[10]),
            PngBuilder.Chunk("eXIf", exif), PngBuilder.Data(new byte[height * (1 + width)]), PngBuilder.End());
        ImageFile.Decode(file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Image image = ImageFile.Decode(file);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (4 * width * height) + (2 << 20));
        Assert.Equal(orientation > 4 ? (height, width, 4) : (width, height, 4), (image.Width, image.Height, image.Channels));
    }

    /// <summary>Exif 2.3, tag 274: where the first row and the first column of the file belong.</summary>
    private static Image Turned(Image image, int orientation)
    {
        int width = image.Width, height = image.Height, channels = image.Channels;
        Image result = orientation > 4 ? new Image(height, width, channels) : new Image(width, height, channels);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
            {
                (int column, int row) = orientation switch
                {
                    1 => (x, y),
                    2 => (width - 1 - x, y),
                    3 => (width - 1 - x, height - 1 - y),
                    4 => (x, height - 1 - y),
                    5 => (y, x),
                    6 => (height - 1 - y, x),
                    7 => (height - 1 - y, width - 1 - x),
                    _ => (y, width - 1 - x),
                };
                image.Row(y).Slice(x * channels, channels).CopyTo(result.Row(row)[(column * channels)..]);
            }
        return result;
    }
}
