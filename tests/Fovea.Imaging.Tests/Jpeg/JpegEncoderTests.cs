using System.Globalization;
using Fovea.Imaging.Jpeg;

namespace Fovea.Imaging.Tests.Jpeg;

public class JpegEncoderTests
{
    [Fact]
    public void Files_are_those_of_libjpeg_to_the_byte()
    {
        List<string> wrong = [];
        int files = 0;
        foreach (string[] line in JpegGolden.Of("encode"))
        {
            int[] numbers = [.. line[1..5].Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
            Image image = JpegGolden.Image(numbers[0], numbers[1], line[0] == "L" ? 1 : 3);
            byte[] file = JpegEncoder.Encode(image, numbers[2], numbers[3] == 444 ? JpegSampling.Full : JpegSampling.Halved);
            if (JpegGolden.Hash(file) != line[5])
                wrong.Add(string.Join(' ', line[..5]));
            files++;
        }
        Assert.Empty(wrong);
        Assert.Equal(90, files);
    }

    [Theory]
    [InlineData(1, 25, 21.0)]
    [InlineData(1, 100, 50.0)]
    [InlineData(3, 50, 19.0)]
    [InlineData(3, 100, 40.0)]
    public void Pictures_come_back_nearly_as_they_were(int channels, int quality, double decibels)
    {
        Image image = TestData.Image(61, 43, channels);
        Image back = ImageFile.Decode(JpegEncoder.Encode(image, quality, JpegSampling.Full));
        Assert.Equal(JpegGolden.Size(image), JpegGolden.Size(back));
        Assert.InRange(PeakSignalToNoise(image, back), decibels, 80);
    }

    [Fact]
    public void Colour_may_be_halved_where_it_changes_slowly()
    {
        var image = new Image(50, 38, 3);
        for (int i = 0; i < image.Pixels.Length; i++)
            image.Pixels[i] = (byte)(((i / 3 % 50) + (i / 150)) * (1 + (i % 3)));
        byte[] full = JpegEncoder.Encode(image, 95, JpegSampling.Full), halved = JpegEncoder.Encode(image, 95);
        Assert.True(halved.Length < full.Length);
        Assert.InRange(PeakSignalToNoise(image, ImageFile.Decode(halved)), 35, 80);
    }

    [Fact]
    public void A_file_is_written_and_read_again()
    {
        string folder = Directory.CreateTempSubdirectory("fovea-jpeg").FullName;
        try
        {
            string path = Path.Combine(folder, "image.jpg");
            ImageFile.SaveJpeg(TestData.Image(20, 10, 3), path, 100);
            Assert.Equal("20 10 3", JpegGolden.Size(ImageFile.Load(path)));
            Assert.Single(Directory.GetFiles(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void What_JPEG_cannot_hold_is_refused()
    {
        Assert.Contains("transparency", Assert.Throws<ArgumentException>(() => JpegEncoder.Encode(new Image(2, 2, 4))).Message, StringComparison.Ordinal);
        Assert.Contains("65535", Assert.Throws<ArgumentException>(() => JpegEncoder.Encode(new Image(65_536, 1, 1))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => JpegEncoder.Encode(new Image(2, 2, 1), 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => JpegEncoder.Encode(new Image(2, 2, 1), 101));
        Assert.Throws<ArgumentOutOfRangeException>(() => JpegEncoder.Encode(new Image(2, 2, 1), 90, (JpegSampling)2));
    }

    private static double PeakSignalToNoise(Image a, Image b)
    {
        double sum = 0;
        for (int i = 0; i < a.Pixels.Length; i++)
            sum += Math.Pow(a.Pixels[i] - b.Pixels[i], 2);
        return 10 * Math.Log10(255.0 * 255.0 * a.Pixels.Length / sum);
    }
}
