using Fovea.Networks.Presets;
using Fovea.Tensors;

namespace Fovea.Tests.Networks;

public class PresetInputTests
{
    [Theory]
    [InlineData("convnet-basic", 48, 300, 48, 64)]
    [InlineData("tinyvgg", 28, 28, 28, 28)]
    [InlineData("lenet5", 300, 20, 28, 28)]
    [InlineData("lenet1989", 28, 28, 16, 16)]
    [InlineData("lenet5-1998", 28, 28, 32, 32)]
    [InlineData("resnet18", 100, 300, 100, 224)]
    [InlineData("vgg11", 600, 800, 224, 224)]
    public void Images_are_fitted_to_what_the_network_was_made_for(string preset, int height, int width, int inputHeight, int inputWidth) =>
        Assert.Equal(new Shape(3, inputHeight, inputWidth), PresetCatalog.Find(preset).InputFor(new Shape(3, height, width)));
}
