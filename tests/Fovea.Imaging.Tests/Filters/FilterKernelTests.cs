using Fovea.Imaging.Filters;

namespace Fovea.Imaging.Tests.Filters;

public class FilterKernelTests
{
    /// <summary>The presets are the teaching texts' matrices, cell by cell.</summary>
    [Theory]
    [InlineData("edge", "0,1,0;1,-4,1;0,1,0")]
    [InlineData("sharpen", "0,0,0,0,0;0,0,-1,0,0;0,-1,5,-1,0;0,0,-1,0,0;0,0,0,0,0")]
    [InlineData("blur", "0,0,0,0,0;0,1,1,1,0;0,1,1,1,0;0,1,1,1,0;0,0,0,0,0")]
    [InlineData("emboss", "-2,-1,0;-1,1,1;0,1,2")]
    [InlineData("sobel-x", "-1,0,1;-2,0,2;-1,0,1")]
    [InlineData("sobel-y", "-1,-2,-1;0,0,0;1,2,1")]
    [InlineData("top-edge", "-1,-1,-1;1,1,1;0,0,0")]
    [InlineData("left-edge", "-1,1,0;-1,1,0;-1,1,0")]
    [InlineData("bottom-edge", "0,0,0;1,1,1;-1,-1,-1")]
    [InlineData("right-edge", "0,1,-1;0,1,-1;0,1,-1")]
    public void Presets_are_these_matrices(string name, string matrix)
    {
        FilterKernel preset = FilterKernel.Parse(name), own = FilterKernel.Parse(matrix);
        Assert.Equal(name, preset.Name);
        Assert.Equal((own.Height, own.Width), (preset.Height, preset.Width));
        Assert.Equal(own.Cells.ToArray(), preset.Cells.ToArray());
        Assert.Equal(name == "blur" ? 9 : 1, preset.Divisor);
        Assert.Equal(1, own.Divisor);
        Assert.Contains(preset, FilterPresets.All);
    }

    [Theory]
    [InlineData("1", 1, 1, 1)]
    [InlineData(" 1, 2 ; -3, .5 ", 2, 2, 0.5)]
    [InlineData("1 2 3\n4 5 6\r\n", 2, 3, 21)]
    [InlineData("1e1,2", 1, 2, 12)]
    [InlineData("1e1,-1E-1;0,0;", 2, 2, 9.9)]
    public void Matrices_may_be_written_in_several_ways(string text, int height, int width, double sum)
    {
        FilterKernel kernel = FilterKernel.Parse(text);
        Assert.Equal((height, width), (kernel.Height, kernel.Width));
        Assert.Equal(sum, kernel.Sum, 6);
    }

    [Theory]
    [InlineData("", "edge, sharpen, blur")]
    [InlineData("Edge", "'Edge'", "sobel-x")]
    [InlineData("1,x", "row 1", "'x'")]
    [InlineData("1,2;3", "first, which has 2", "row 2 has 1")]
    [InlineData("1,2;3,x", "row 2", "'x'")]
    [InlineData("1;;2", "row 2", "empty")]
    [InlineData("1;-", "row 2", "'-'")]
    [InlineData("0,,0;1,-4,1;0,1,0", "row 1", "nothing between two commas")]
    [InlineData("1,2;3,", "row 2", "at one of its ends")]
    [InlineData("1,1e39;2,3", "row 1", "'1e39'")]
    [InlineData("1;nan", "row 2", "'nan'")]
    public void Other_texts_are_refused(string text, params string[] fragments)
    {
        string message = Assert.Throws<FormatException>(() => FilterKernel.Parse(text)).Message;
        foreach (string fragment in fragments)
            Assert.Contains(fragment, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Sizes_and_divisors_have_limits()
    {
        Assert.Equal(64, FilterKernel.Parse(string.Join(',', Enumerable.Repeat("1", 64))).Width);
        Assert.Throws<FormatException>(() => FilterKernel.Parse(string.Join(',', Enumerable.Repeat("1", 65))));
        Assert.Throws<ArgumentException>(() => new FilterKernel("x", 1, 65, new float[65]));
        Assert.Throws<ArgumentException>(() => new FilterKernel("x", 2, 2, new float[3]));
        Assert.Throws<ArgumentException>(() => new FilterKernel("x", 1, 1, [float.NaN]));
        foreach (double divisor in (double[])[0, -1, double.NaN, double.PositiveInfinity])
            Assert.Throws<ArgumentException>(() => FilterPresets.All[0].DividedBy(divisor));
        Assert.Equal(4.5, FilterPresets.All[0].DividedBy(4.5).Divisor);
    }
}
