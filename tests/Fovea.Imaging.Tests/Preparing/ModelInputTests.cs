using Fovea.Data;
using Fovea.Imaging.Preparing;
using Fovea.Imaging.Resizing;
using Fovea.Tensors;

namespace Fovea.Imaging.Tests.Preparing;

public class ModelInputTests
{
    private static readonly Shape Mnist = new(1, 28, 28);
    private static readonly PreparationOptions Drawing = new() { LightOnDark = true };

    [Fact]
    public void Pictures_get_the_models_size_and_colours()
    {
        PreparedImage same = ModelInput.Prepare(new Image(2, 1, 3, [0, 51, 255, 102, 153, 204]), new Shape(3, 1, 2));
        Assert.Empty(same.Notes);
        Assert.Equal([0, 0.4f, 0.2f, 0.6f, 1, 0.8f], same.Pixels.Select(value => MathF.Round(value, 6)));

        PreparedImage changed = ModelInput.Prepare(TestData.Image(20, 10, 4), new Shape(1, 5, 5));
        Assert.Equal(25, changed.Pixels.Length);
        Assert.Equal(["transparent parts on white", "colour to grey", "scaled from 20×10 to 5×5"], changed.Notes);
        Assert.Equal(["grey to colour"], ModelInput.Prepare(new Image(5, 5, 1), new Shape(3, 5, 5)).Notes);
        Assert.Equal(["letterboxed from 9×5 to 5×5"], ModelInput.Prepare(new Image(9, 5, 1), new Shape(1, 5, 5), new PreparationOptions { Fit = FitMode.Letterbox }).Notes);
        Assert.Throws<ArgumentException>(() => ModelInput.Prepare(new Image(9, 5, 1), new Shape(45)));
    }

    [Fact]
    public void A_digit_that_is_right_stays_as_it_is()
    {
        Image seven = DigitNormalizer.Normalize(Seven(280, 20, 255, 0), []);
        PreparedImage prepared = ModelInput.Prepare(seven, Mnist, Drawing);
        Assert.Empty(prepared.Notes);
        Assert.Equal(seven.Pixels.ToArray(), prepared.Pixels.Select(value => (byte)MathF.Round(value * 255)));

        // The same in other sizes of model: MNIST's way there, and nothing else.
        PreparedImage padded = ModelInput.Prepare(seven, new Shape(1, 32, 32), Drawing);
        Assert.Equal(["padded from 28×28 to 32×32"], padded.Notes);
        Assert.Equal(prepared.Pixels[0], padded.Pixels[(2 * 32) + 2]);
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(0, -4)]
    public void A_digit_of_the_right_size_in_the_wrong_place_is_centred(int right, int down)
    {
        Image seven = DigitNormalizer.Normalize(Seven(280, 20, 255, 0), []), moved = new(28, 28, 1);
        for (int y = 0; y < 28; y++)
            for (int x = 0; x < 28; x++)
                if (y - down is >= 0 and < 28 && x - right is >= 0 and < 28)
                    moved.Row(y)[x] = seven.Row(y - down)[x - right];
        PreparedImage prepared = ModelInput.Prepare(moved, Mnist, Drawing);
        Assert.Contains(prepared.Notes, note => note.StartsWith("cropped and centred", StringComparison.Ordinal));
        double mass = prepared.Pixels.Sum();
        Assert.Equal(14, prepared.Pixels.Select((value, i) => value * (i % 28 + 0.5)).Sum() / mass, 1.0);
        Assert.Equal(14, prepared.Pixels.Select((value, i) => value * (i / 28 + 0.5)).Sum() / mass, 1.0);
    }

    [Fact]
    public void A_picture_gets_the_models_size_as_a_data_set_in_memory_does()
    {
        var image = new Image(28, 28, 1);
        var rng = new Fovea.Tensors.Rng(1);
        foreach (ref byte pixel in image.Pixels)
            pixel = (byte)rng.NextInt(256);
        var set = new Fovea.Data.MemoryDataset("one", new Shape(1, 28, 28), ["a"], image.Pixels.ToArray(), [0]);
        foreach (Shape shape in (Shape[])[new Shape(1, 32, 32), new Shape(1, 16, 16), new Shape(3, 50, 40), new Shape(1, 28, 28)])
        {
            float[] expected = new float[shape.Length];
            Fovea.Data.DatasetAdapter.Fit(set, shape).Read(0, expected);
            Assert.Equal(expected, ModelInput.Prepare(image, shape).Pixels);
        }
    }

    [Fact]
    public void Dark_on_light_is_inverted()
    {
        Image seven = DigitNormalizer.Normalize(Seven(280, 20, 255, 0), []), dark = new(28, 28, 1);
        for (int i = 0; i < 784; i++)
            dark.Pixels[i] = (byte)(255 - seven.Pixels[i]);
        PreparedImage prepared = ModelInput.Prepare(dark, Mnist, Drawing);
        Assert.Equal(["inverted: dark on light"], prepared.Notes);
        Assert.Equal(ModelInput.Prepare(seven, Mnist, Drawing).Pixels, prepared.Pixels);
    }

    [Theory]
    [InlineData(255, 0)]
    [InlineData(0, 255)]
    [InlineData(60, 130)]
    [InlineData(200, 120)]
    public void A_drawing_is_cropped_scaled_and_centred(byte ink, byte ground)
    {
        foreach (int size in (int[])[40, 280, 1100])
            foreach (int pen in (int[])[Math.Max(size / 100, 2), size / 14])
            {
                PreparedImage prepared = ModelInput.Prepare(Seven(size, pen, ink, ground), Mnist, Drawing);
                Assert.Equal(ink < ground, prepared.Notes.Contains("inverted: dark on light"));
                Assert.Contains($"cropped and centred: {size}×{size} to 28×28", prepared.Notes);
                (int longest, double x, double y, double mass) = Measure(prepared.Pixels);
                Assert.Equal(20, longest);
                Assert.InRange(x, 13.4, 14.6);
                Assert.InRange(y, 13.4, 14.6);
                Assert.Equal(1, prepared.Pixels.Max());
                // The ink of MNIST's digits is 20 to 300 pixels; a thin pen must not leave a shadow.
                Assert.InRange(mass, 20, 200);
            }
    }

    [Fact]
    public void Dirt_does_not_move_the_digit()
    {
        Image clean = Seven(300, 20, 0, 255), dirty = Seven(300, 20, 0, 255);
        foreach ((int x, int y) in ((int, int)[])[(5, 5), (290, 280), (150, 295)])
            for (int i = 0; i < 9; i++)
                dirty.Row(y + (i / 3))[x + (i % 3)] = 0;
        float[] expected = ModelInput.Prepare(clean, Mnist, Drawing).Pixels, actual = ModelInput.Prepare(dirty, Mnist, Drawing).Pixels;
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Transparent_drawings_stand_out_from_their_ground()
    {
        foreach (byte ink in (byte[])[0, 255])
        {
            Image shape = Seven(200, 16, 255, 0), drawing = new(200, 200, 4);
            for (int i = 0; i < shape.Pixels.Length; i++)
            {
                drawing.Pixels.Slice(4 * i, 3).Fill(ink);
                drawing.Pixels[(4 * i) + 3] = shape.Pixels[i];
            }
            Assert.Equal(ModelInput.Prepare(shape, Mnist, Drawing).Pixels, ModelInput.Prepare(drawing, Mnist, Drawing).Pixels);
        }
    }

    [Fact]
    public void Blank_and_faint_pictures_are_refused()
    {
        foreach (int size in (int[])[1, 28, 100])
        {
            var blank = new Image(size, size, 1);
            blank.Pixels.Fill(255);
            Assert.Contains("blank", Assert.Throws<UnusableImageException>(() => ModelInput.Prepare(blank, Mnist, Drawing)).Message, StringComparison.Ordinal);
        }
        Assert.Contains("differ by 20 of 255", Assert.Throws<UnusableImageException>(() => ModelInput.Prepare(Seven(100, 9, 220, 240), Mnist, Drawing)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Real_digits_are_found_again_in_large_drawings()
    {
        if (TestData.Find("mnist") is not string folder)
            return;
        MemoryDataset mnist = IdxReader.Read(Path.Combine(folder, "t10k-images-idx3-ubyte.gz"), Path.Combine(folder, "t10k-labels-idx1-ubyte.gz"));
        var rng = new Rng(7);
        var pixels = new float[784];
        double error = 0;
        const int Count = 100;
        for (int i = 0; i < Count; i++)
        {
            mnist.Read(i, pixels);
            var image = new Image(28, 28, 1, [.. pixels.Select(value => (byte)MathF.Round(value * 255))]);
            Image large = Resizer.Resize(image, 160, 160, ResizeFilter.Bicubic);
            var sheet = new Image(400, 300, 1);
            sheet.Pixels.Fill(230);
            (int left, int top) = (rng.NextInt(240), rng.NextInt(140));
            for (int y = 0; y < 160; y++)
                for (int x = 0; x < 160; x++)
                    sheet.Row(top + y)[left + x] = (byte)(230 - (large.Row(y)[x] * 200 / 255) - rng.NextInt(6));
            PreparedImage prepared = ModelInput.Prepare(sheet, Mnist, Drawing);
            double difference = 0, ink = 0;
            for (int p = 0; p < 784; p++)
            {
                difference += Math.Abs(prepared.Pixels[p] - pixels[p]);
                ink += pixels[p];
            }
            error += difference / ink / Count;
        }
        // One pixel's shift of a whole digit would be about 0.6.
        Assert.True(error < 0.3, $"the digits differ from the originals by {error:F3} of their ink");
        Console.WriteLine($"digits found again: {error:F3} of their ink differs");
    }

    /// <summary>A seven drawn with a square pen, off the centre.</summary>
    private static Image Seven(int size, int pen, byte ink, byte ground)
    {
        var image = new Image(size, size, 1);
        image.Pixels.Fill(ground);
        double unit = size / 100.0;
        for (int step = 0; step <= 1000; step++)
        {
            double t = step / 1000.0;
            Dot((20 + (30 * t)) * unit, 15 * unit);
            Dot((50 - (18 * t)) * unit, (15 + (50 * t)) * unit);
        }
        return image;

        void Dot(double x, double y)
        {
            for (int j = 0; j < pen; j++)
                image.Row((int)(y - (pen / 2.0)) + j).Slice((int)(x - (pen / 2.0)), pen).Fill(ink);
        }
    }

    private static (int Longest, double X, double Y, double Mass) Measure(float[] pixels)
    {
        double mass = 0, x = 0, y = 0;
        int left = 28, right = -1, top = 28, bottom = -1;
        for (int i = 0; i < 784; i++)
        {
            if (pixels[i] <= 0)
                continue;
            (mass, x, y) = (mass + pixels[i], x + (pixels[i] * (i % 28)), y + (pixels[i] * (i / 28)));
            (left, right) = (Math.Min(left, i % 28), Math.Max(right, i % 28));
            (top, bottom) = (Math.Min(top, i / 28), Math.Max(bottom, i / 28));
        }
        return (Math.Max(right - left, bottom - top) + 1, x / mass, y / mass, mass);
    }
}
