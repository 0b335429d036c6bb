namespace Fovea.Imaging.Tests;

public class ImageTests
{
    [Fact]
    public void Sizes_and_samples_must_agree()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Image(0, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Image(1, -1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Image(1, 1, 5));
        Assert.Throws<ArgumentException>(() => new Image(2, 2, 3, new byte[11]));
        Assert.Throws<ArgumentException>(() => new Image(50_000, 50_000, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Image(4, 4, 1).Crop(2, 0, 3, 1));
        Assert.Equal([3, 4], new Image(2, 3, 1, [1, 2, 3, 4, 5, 6]).Crop(0, 1, 2, 1).Pixels.ToArray());
    }

    [Theory]
    [InlineData("white", 255, 255, 255, "white")]
    [InlineData("black", 0, 0, 0, "black")]
    [InlineData("grey", 128, 128, 128, "#808080")]
    [InlineData("gray", 128, 128, 128, "#808080")]
    [InlineData("#ff8000", 255, 128, 0, "#ff8000")]
    [InlineData("#FFFFFF", 255, 255, 255, "white")]
    public void Colours_are_read_and_written(string text, byte red, byte green, byte blue, string written)
    {
        Assert.True(Colour.TryParse(text, out Colour colour));
        Assert.Equal(new Colour(red, green, blue), colour);
        Assert.Equal(written, colour.ToString());
        Assert.True(Colour.TryParse(written, out Colour again));
        Assert.Equal(colour, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("White")]
    [InlineData("#fff")]
    [InlineData("#ff80001")]
    [InlineData("# f8000")]
    [InlineData("#-f8000")]
    [InlineData(null)]
    public void What_is_no_colour_is_not_read(string? text) => Assert.False(Colour.TryParse(text, out _));

    [Fact]
    public void Transparency_is_laid_over_the_background()
    {
        var image = new Image(3, 1, 4, [255, 0, 0, 255, 255, 0, 0, 0, 255, 0, 0, 51]);
        Assert.Equal([255, 0, 0, 10, 20, 30, 59, 16, 24], ImageConversion.Flatten(image, new Colour(10, 20, 30)).Pixels.ToArray());
        Assert.Equal([76, 255, 219], ImageConversion.ToGrey(image, Colour.White).Pixels.ToArray());
        Assert.Equal([9, 9, 9], ImageConversion.ToRgb(new Image(1, 1, 1, [9])).Pixels.ToArray());
    }

    [Fact]
    public void Greys_are_known_in_colour_pictures_too()
    {
        Assert.True(ImageConversion.HasOnlyGreys(new Image(2, 1, 3, [1, 1, 1, 9, 9, 9])));
        Assert.False(ImageConversion.HasOnlyGreys(new Image(2, 1, 3, [1, 1, 1, 9, 9, 8])));
        Assert.True(ImageConversion.HasOnlyGreys(new Image(2, 1, 2, [1, 7, 9, 8])));
    }

    [Fact]
    public void Planes_hold_one_channel_each()
    {
        var planes = new byte[6];
        ImageConversion.ToPlanes(new Image(2, 1, 3, [1, 2, 3, 4, 5, 6]), planes);
        Assert.Equal([1, 4, 2, 5, 3, 6], planes);
        Assert.Throws<ArgumentException>(() => ImageConversion.ToPlanes(new Image(2, 1, 3), new byte[5]));
    }
}
