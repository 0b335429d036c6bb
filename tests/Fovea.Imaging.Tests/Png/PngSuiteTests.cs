using Fovea.Imaging.Png;

namespace Fovea.Imaging.Tests.Png;

/// <summary>Willem van Schaik's PngSuite: every valid file against its reference pixels, every corrupt one rejected.</summary>
public class PngSuiteTests
{
    [Fact]
    public void Valid_files_give_the_reference_pixels()
    {
        if (TestData.Find("images/pngsuite") is not string suite)
            return;
        int compared = 0;
        foreach (string path in Directory.GetFiles(Path.Combine(suite, "png"), "*.png"))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            if (name.StartsWith('x'))
                continue;
            byte[] actual = TestData.Rgba(ImageFile.Load(path));
            byte[] expected = TestData.Rgba(ImageFile.Load(Path.Combine(suite, "bmp", name + ".bmp")));
            Assert.Equal(expected.Length, actual.Length);
            // Greys of 16 bits went through some other arithmetic in the references (31232 = 121.5 · 257 is 121 there,
            // 33536 = 130.5 · 257 is 131); of all other files, every byte is the same.
            byte[] file = File.ReadAllBytes(path);
            int tolerance = (file[24], file[25]) == (16, 0) ? 1 : 0;
            // And this one has black in place of the white that its tRNS chunk makes transparent.
            bool hiddenColours = name == "tbbn0g04";
            for (int i = 0; i < actual.Length; i++)
                if (!hiddenColours || i % 4 == 3 || expected[i | 3] > 0)
                    Assert.True(Math.Abs(actual[i] - expected[i]) <= tolerance, $"{name}: byte {i} is {actual[i]}, the reference {expected[i]}");
            compared++;
        }
        Assert.Equal(161, compared);
    }

    [Fact]
    public void Corrupt_files_are_rejected()
    {
        if (TestData.Find("images/pngsuite/png") is not string folder)
            return;
        string[] corrupt = Directory.GetFiles(folder, "x*.png");
        Assert.Equal(14, corrupt.Length);
        foreach (string path in corrupt)
        {
            var thrown = Assert.Throws<ImageFormatException>(() => ImageFile.Load(path));
            Assert.Contains($"{path}: PNG: ", thrown.Message, StringComparison.Ordinal);
            string reason = Path.GetFileName(path)[..3] switch
            {
                "xs1" or "xs2" or "xs4" or "xs7" or "xcr" or "xlf" => "instead of 89504E470D0A1A0A",
                "xc1" => "no colour type 1 ",
                "xc9" => "no colour type 9 ",
                "xd0" => "bit depth 0",
                "xd3" => "bit depth 3",
                "xd9" => "bit depth 99",
                "xdt" => "no IDAT chunk",
                "xhd" => "the check sum of the IHDR chunk",
                _ => "the check sum of the IDAT chunk",
            };
            Assert.Contains(reason, thrown.Message, StringComparison.Ordinal);
            Assert.Throws<ImageFormatException>(() => new PngDecoder().Decode(File.ReadAllBytes(path), ImageLimits.Default));
        }
    }
}
