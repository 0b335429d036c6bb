namespace Fovea.Imaging.Tests;

public class ImageFileTests
{
    [Theory]
    [InlineData("474946383961", "GIF: the file ends at byte 6")]
    [InlineData("474946383761", "GIF: the file ends at byte 6")]
    [InlineData("524946460000000057454250", "WebP: the file has no image")]
    [InlineData("49492A00", "TIFF: the file ends at byte 4")]
    [InlineData("", "the file is empty")]
    [InlineData("00112233445566778899", "begins with the bytes 0011223344556677")]
    [InlineData("3C21444F43545950452068746D6C3E0A", "a web page, not an image")]
    [InlineData("255044462D312E37", "a PDF document, not an image")]
    [InlineData("3C3F786D6C2076657273696F6E3D22312E30223F3E3C73766720", "an SVG drawing")]
    [InlineData("76657273696F6E2068747470733A2F2F6769742D6C66732E6769746875622E636F6D2F", "a Git LFS pointer")]
    [InlineData("6869", "text, not an image; JPEG, PNG")]
    public void Other_files_are_named(string hex, string reason)
    {
        var thrown = Assert.Throws<ImageFormatException>(() => ImageFile.Decode(Convert.FromHexString(hex)));
        Assert.Contains(reason, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Content_and_not_the_name_decides()
    {
        string folder = Directory.CreateTempSubdirectory("fovea-imaging").FullName;
        try
        {
            string path = Path.Combine(folder, "image.bmp");
            Image image = TestData.Image(5, 4, 3);
            ImageFile.SavePng(image, path);
            Assert.True(image.Pixels.SequenceEqual(ImageFile.Load(path).Pixels));
            Assert.Single(Directory.GetFiles(folder));
            Assert.Contains("over the limit of 10", Assert.Throws<ImageFormatException>(() => ImageFile.Load(path, new ImageLimits { MaxFileBytes = 10 })).Message, StringComparison.Ordinal);
            Assert.Contains("limit of 19 pixels", Assert.Throws<ImageFormatException>(() => ImageFile.Load(path, new ImageLimits { MaxPixels = 19 })).Message, StringComparison.Ordinal);
            Assert.Throws<FileNotFoundException>(() => ImageFile.Load(path + "x"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_host_may_add_a_reader()
    {
        Assert.Throws<ImageFormatException>(() => ImageFile.Decode("host format"u8));
        ImageFile.Register(new HostDecoder());
        Image image = ImageFile.Decode("host format"u8);
        Assert.Equal(7, image.Pixels[0]);
        Assert.Equal(["half of it is missing"], image.Notes);
    }

    private sealed class HostDecoder : ImageDecoder
    {
        public override string FormatName => "host";

        public override bool CanDecode(ReadOnlySpan<byte> header) => header.StartsWith("host"u8);

        public override Image Decode(ReadOnlySpan<byte> file, ImageLimits limits) => new(1, 1, 1, [7]) { Notes = ["half of it is missing"] };
    }
}
