using Fovea.Imaging.Sheets;
using Fovea.Tensors;

namespace Fovea.Imaging.Tests.Sheets;

public class ContactSheetTests
{
    [Fact]
    public void Pictures_stand_in_rows_magnified_behind_their_names()
    {
        var sheet = new ContactSheet(new Shape(3, 2, 4), ["A", "B"]);
        float[] red = [.. Enumerable.Repeat(1f, 8), .. new float[16]], blue = [.. new float[16], .. Enumerable.Repeat(1f, 8)];
        sheet.Add("x", [red, blue]);
        sheet.Add("yy", [blue, red]);
        Image image = sheet.Render();
        // Sixteen times as large; two signs of 3 pixels and one between, at twice the size, with a gap of 4 on both sides.
        Assert.Equal((22 + 2 * 68, 18 + 2 * 36), (image.Width, image.Height));
        Assert.Equal([255, 0, 0], image.Row(18)[(22 * 3)..(22 * 3 + 3)].ToArray());
        Assert.Equal([0, 0, 255], image.Row(18 + 31)[((22 + 68 + 63) * 3)..((22 + 68 + 64) * 3)].ToArray());
        Assert.Equal([0, 0, 255], image.Row(18 + 36)[(22 * 3)..(22 * 3 + 3)].ToArray());
        Assert.Equal([255, 255, 255], image.Row(18 + 33)[(22 * 3)..(22 * 3 + 3)].ToArray());
    }

    [Fact]
    public void Grey_pictures_are_grey_and_large_ones_keep_their_size()
    {
        var sheet = new ContactSheet(new Shape(1, 70, 70), ["a column whose name is longer than the image is wide"]);
        sheet.Add("", [[.. Enumerable.Repeat(0.5f, 4900)]]);
        Image image = sheet.Render();
        Assert.Equal((8 + 74, 18 + 74), (image.Width, image.Height));
        Assert.Equal([128, 128, 128], image.Row(50)[(40 * 3)..(41 * 3)].ToArray());
    }

    [Fact]
    public void Letters_are_drawn_as_they_look()
    {
        var image = new Image(20, 5, 1);
        PixelFont.Write(image, 0, 0, "Te1", 1, 255);
        string[] rows = [.. Enumerable.Range(0, 5).Select(y => string.Concat(image.Row(y)[..11].ToArray().Select(x => x == 255 ? '#' : ' ')))];
        Assert.Equal(["### ###  # ", " #  #   ## ", " #  ##   # ", " #  #    # ", " #  ### ###"], rows);
        Assert.Equal(11, PixelFont.Measure("Te1", 1));
        Assert.Equal(0, PixelFont.Measure("", 3));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new ContactSheet(new Shape(2, 4, 4), ["a"]));
        Assert.Throws<ArgumentException>(() => new ContactSheet(new Shape(1, 4, 4), []));
        var sheet = new ContactSheet(new Shape(1, 4, 4), ["a"]);
        Assert.Throws<InvalidOperationException>(sheet.Render);
        Assert.Throws<ArgumentException>(() => sheet.Add("a", [new float[15]]));
        Assert.Throws<ArgumentException>(() => sheet.Add("a", [new float[16], new float[16]]));
    }
}
