using Fovea.Imaging.Filters;
using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Imaging.Tests.Filters;

public class ImageFilterTests
{
    /// <summary>The example that introductions to convolution compute by hand: a 5×5 image of zeros and ones.</summary>
    [Fact]
    public void The_textbook_example_gives_the_textbook_numbers()
    {
        var image = new Image(5, 5, 1, [1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0]);
        FilteredImage result = ImageFilter.Apply(image, FilterKernel.Parse("1,0,1;0,1,0;1,0,1"));
        Assert.Equal(new Shape(1, 3, 3), result.Shape);
        Assert.Equal([4, 3, 4, 2, 4, 3, 2, 3, 4], result.Values.ToArray());
    }

    [Theory]
    [InlineData(7, 9, 1, "edge", 1, 0, false, FilterPool.None, 1)]
    [InlineData(7, 9, 3, "sharpen", 1, 2, false, FilterPool.None, 1)]
    [InlineData(61, 40, 3, "blur", 2, 1, true, FilterPool.Max, 2)]
    [InlineData(250, 133, 1, "emboss", 1, 1, false, FilterPool.None, 1)]
    [InlineData(133, 250, 3, "sobel-x", 1, 0, true, FilterPool.Average, 3)]
    [InlineData(201, 301, 1, "1,-2;3,4;-5,6;7,8", 3, 4, false, FilterPool.Max, 5)]
    [InlineData(300, 5, 4, "right-edge", 1, 1, true, FilterPool.Max, 2)]
    [InlineData(400, 300, 1, "0.5", 64, 0, false, FilterPool.None, 1)]
    [InlineData(400, 300, 1, "1,1;1,2", 5, 3, false, FilterPool.Max, 40)]
    public void The_numbers_are_those_of_the_definition(
        int width, int height, int channels, string kernel, int stride, int padding, bool relu, FilterPool pool, int window)
    {
        Image image = TestData.Image(width, height, channels);
        FilterKernel filter = FilterKernel.Parse(kernel);
        var options = new FilterOptions { Stride = stride, Padding = padding, ReLU = relu, Pool = pool, PoolSize = window };
        FilteredImage result = ImageFilter.Apply(image, filter, options);

        Image opaque = ImageConversion.Flatten(image, Colour.White);
        Assert.Equal(opaque.Channels, result.Shape.Channels);
        int at = 0;
        for (int c = 0; c < opaque.Channels; c++)
        {
            double[,] expected = Reference(opaque, c, filter, options);
            Assert.Equal((expected.GetLength(0), expected.GetLength(1)), (result.Shape.Height, result.Shape.Width));
            foreach (double value in expected)
                Assert.Equal(value, result.Values[at++], 1e-3);
        }
    }

    [Theory]
    [InlineData("edge", 1)]
    [InlineData("blur", 1)]
    [InlineData("sobel-y", 3)]
    [InlineData("1,2;3,4", 2)]
    public void Padding_same_keeps_the_size(string kernel, int stride)
    {
        Image image = TestData.Image(100, 75, 1);
        FilterKernel filter = FilterKernel.Parse(kernel);
        FilteredImage result = ImageFilter.Apply(image, filter, new FilterOptions { Padding = Padding.Same, Stride = stride });
        Assert.Equal(new Shape(1, (75 + stride - 1) / stride, (100 + stride - 1) / stride), result.Shape);
        int Before(int size, int cells) => Math.Max(0, ((((size + stride - 1) / stride) - 1) * stride) + cells - size) / 2;
        int top = Before(75, filter.Height), left = Before(100, filter.Width);
        for (int y = 0; y < result.Shape.Height; y++)
            for (int x = 0; x < result.Shape.Width; x++)
                Assert.Equal(Sum(image, 0, filter, (y * stride) - top, (x * stride) - left) / filter.Divisor, result.Values[(y * result.Shape.Width) + x], 1e-3);
    }

    [Fact]
    public void Sums_of_whole_numbers_are_exact_for_any_number_of_threads()
    {
        Image image = TestData.Image(333, 222, 3);
        float[] one = Run(1), two = Run(2);
        Assert.Equal(one, two);
        Assert.All(one, value => Assert.Equal(MathF.Round(value), value));

        float[] Run(int threads) => ImageFilter.Apply(image, FilterPresets.Find("sharpen")!, new FilterOptions { Threads = threads }).Values.ToArray();
    }

    [Fact]
    public void A_preset_leaves_flat_surfaces_as_its_sum_says()
    {
        var image = new Image(20, 10, 1);
        image.Pixels.Fill(90);
        foreach (FilterKernel kernel in FilterPresets.All)
        {
            FilteredImage result = ImageFilter.Apply(image, kernel);
            Assert.Equal((90 * kernel.Sum / kernel.Divisor), result.Minimum, 1e-4);
            Assert.Equal(result.Minimum, result.Maximum);
        }
    }

    /// <summary>A light square on dark ground: each side is found by its own filter, as positive numbers.</summary>
    [Theory]
    [InlineData("top-edge", 5, 2)]
    [InlineData("left-edge", 2, 5)]
    [InlineData("bottom-edge", 5, 7)]
    [InlineData("right-edge", 7, 5)]
    public void Each_side_of_a_shape_answers_to_its_own_filter(string kernel, int x, int y)
    {
        var image = new Image(10, 10, 1);
        for (int row = 2; row < 8; row++)
            image.Row(row)[2..8].Fill(255);
        FilteredImage result = ImageFilter.Apply(image, FilterPresets.Find(kernel)!, new FilterOptions { Padding = Padding.Same });
        (int, int)[] sides = [(5, 2), (2, 5), (5, 7), (7, 5)];
        foreach ((int sideX, int sideY) in sides)
            Assert.Equal((sideX, sideY) == (x, y) ? 3 * 255 : 0, result.Values[(sideY * 10) + sideX]);
    }

    [Fact]
    public void Values_are_cut_off_or_scaled_into_a_picture()
    {
        // The middle of three pixels minus the one before: 0-9, 255-0 and so on.
        var image = new Image(6, 1, 1, [9, 0, 255, 128, 128, 255]);
        FilteredImage result = ImageFilter.Apply(image, FilterKernel.Parse("-1,1"));
        Assert.Equal([-9, 255, -127, 0, 127], result.Values.ToArray());
        Assert.Equal((-127, 255), (result.Minimum, result.Maximum));
        Assert.Equal(0.4, result.ShareOutside);
        Assert.Equal([0, 255, 0, 0, 127], result.ToImage().Pixels.ToArray());
        // 382 values between -127 and 255.
        Assert.Equal([79, 255, 0, 85, 170], result.ToImage(normalize: true).Pixels.ToArray());
    }

    [Fact]
    public void Channels_are_scaled_alike_and_nothing_is_made_of_one_value()
    {
        var image = new Image(1, 1, 3, [10, 20, 30]);
        Assert.Equal([0, 128, 255], ImageFilter.Apply(image, FilterKernel.Parse("1")).ToImage(normalize: true).Pixels.ToArray());
        FilteredImage flat = ImageFilter.Apply(new Image(1, 1, 1, [70]), FilterKernel.Parse("2"));
        Assert.Equal(140, flat.ToImage(normalize: true).Pixels[0]);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Image image = TestData.Image(4, 4, 1);
        FilterKernel blur = FilterPresets.Find("blur")!;
        Assert.Contains("5×5", Assert.Throws<ShapeException>(() => ImageFilter.Apply(image, blur)).Message, StringComparison.Ordinal);
        FilteredImage padded = ImageFilter.Apply(image, blur, new FilterOptions { Padding = 1 });
        Assert.Equal(new Shape(1, 2, 2), padded.Shape);
        Assert.Throws<ShapeException>(() => ImageFilter.Apply(image, blur, new FilterOptions { Padding = 1, Pool = FilterPool.Max, PoolSize = 3 }));
        Assert.Throws<ArgumentException>(() => ImageFilter.Apply(image, blur, new FilterOptions { Stride = 0 }));
        Assert.Throws<ArgumentException>(() => ImageFilter.Apply(image, blur, new FilterOptions { Stride = 65 }));
        Assert.Throws<ArgumentException>(() => ImageFilter.Apply(image, blur, new FilterOptions { PoolSize = 65 }));
        Assert.Throws<ArgumentException>(() => ImageFilter.Apply(image, blur, new FilterOptions { Padding = -1 }));
    }

    private static double[,] Reference(Image image, int channel, FilterKernel kernel, FilterOptions options)
    {
        int pad = options.Padding.Top, stride = options.Stride, pool = options.Pool == FilterPool.None ? 1 : options.PoolSize;
        int height = ((image.Height + (2 * pad) - kernel.Height) / stride) + 1, width = ((image.Width + (2 * pad) - kernel.Width) / stride) + 1;
        var result = new double[height / pool, width / pool];
        for (int y = 0; y < height / pool; y++)
            for (int x = 0; x < width / pool; x++)
            {
                var window = new List<double>();
                for (int i = 0; i < pool * pool; i++)
                {
                    double sum = Sum(image, channel, kernel, (((y * pool) + (i / pool)) * stride) - pad, (((x * pool) + (i % pool)) * stride) - pad) / kernel.Divisor;
                    window.Add(options.ReLU ? Math.Max(sum, 0) : sum);
                }
                result[y, x] = options.Pool == FilterPool.Average ? window.Average() : window.Max();
            }
        return result;
    }

    private static double Sum(Image image, int channel, FilterKernel kernel, int top, int left)
    {
        double sum = 0;
        for (int kh = 0; kh < kernel.Height; kh++)
            for (int kw = 0; kw < kernel.Width; kw++)
                if (top + kh >= 0 && top + kh < image.Height && left + kw >= 0 && left + kw < image.Width)
                    sum += kernel.Cells[(kh * kernel.Width) + kw] * (double)image.Row(top + kh)[((left + kw) * image.Channels) + channel];
        return sum;
    }
}
