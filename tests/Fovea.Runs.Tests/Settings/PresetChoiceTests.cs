using Fovea.Runs.Settings;
using Fovea.Tensors;

namespace Fovea.Runs.Tests.Settings;

public class PresetChoiceTests
{
    [Theory]
    [InlineData("convnet-basic", 48, 300, 48, 64)]
    [InlineData("tinyvgg", 28, 28, 28, 28)]
    [InlineData("lenet5", 300, 20, 28, 28)]
    [InlineData("resnet18", 100, 300, 100, 224)]
    [InlineData("vgg11", 600, 800, 224, 224)]
    public void Pictures_are_fitted_to_what_the_network_was_made_for(string model, int height, int width, int inputHeight, int inputWidth) =>
        Assert.Equal(new Shape(3, inputHeight, inputWidth), PresetChoice.InputFor(model, new Shape(3, height, width)));
}
