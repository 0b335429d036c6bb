using Fovea.Imaging.Resizing;

namespace Fovea.Imaging.Tests.Resizing;

/// <summary>Converting, cropping and resizing in bands gives the very pixels of doing one after the other.</summary>
public class ConvertedResizeTests
{
    [Fact]
    public void Bands_give_the_pixels_of_whole_copies()
    {
        var background = new Colour(200, 100, 0);
        foreach (FitMode mode in Enum.GetValues<FitMode>())
            foreach (ResizeFilter filter in Enum.GetValues<ResizeFilter>())
                for (int channels = 1; channels <= 4; channels++)
                    foreach ((int width, int height) in (ReadOnlySpan<(int, int)>)[(1500, 310), (7, 1201), (90, 3), (64, 48)])
                    {
                        Image image = TestData.Image(width, height, channels);
                        foreach (int wanted in (ReadOnlySpan<int>)[1, 3])
                        {
                            Image converted = wanted == 1 ? ImageConversion.ToGrey(image, background) : ImageConversion.ToRgb(image, background);
                            Image expected = Resizer.Fit(converted, 64, 48, mode, filter, background);
                            Image actual = ConvertedResize.Fit(image, wanted, 64, 48, mode, filter, background);
                            Assert.True(expected.Pixels.SequenceEqual(actual.Pixels), $"{mode} {filter} {image} to {wanted} channels");
                        }
                    }
    }

    [Theory]
    [InlineData(FitMode.Stretch)]
    [InlineData(FitMode.Letterbox)]
    [InlineData(FitMode.CentreCrop)]
    public void No_whole_copy_is_made_of_transparent_images(FitMode mode)
    {
        Image image = TestData.Image(1500, 1400, 4);
        var options = new Fovea.Imaging.Preparing.PreparationOptions { Fit = mode };
        var shape = new Fovea.Tensors.Shape(3, 24, 32);
        Fovea.Imaging.Preparing.ModelInput.Prepare(image, shape, options);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Fovea.Imaging.Preparing.ModelInput.Prepare(image, shape, options);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }
}
