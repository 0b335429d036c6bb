using Fovea.Initializers;
using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// The small cousin of VGG that CNN Explainer shows (Wang et al., 2020), with its names: two blocks of two 3×3
/// convolutions of 10 maps without border, each block closed by max pooling, and one fully connected layer.
/// </summary>
internal static class TinyVgg
{
    private const int Maps = 10;

    public static Preset Preset { get; } = new(
        "tinyvgg", "CNN Explainer's network: two blocks of two 3×3 convolutions of 10 maps, one fully connected layer",
        new Shape(3, 64, 64), smallest: 16,
        new TrainingRecipe { Epochs = 20, BatchSize = 32 }, new He(),
        (builder, classes) => builder
            .Conv2d(Maps, 3, name: "conv_1_1").ReLU("relu_1_1")
            .Conv2d(Maps, 3, name: "conv_1_2").ReLU("relu_1_2").MaxPool2d(2, name: "max_pool_1")
            .Conv2d(Maps, 3, name: "conv_2_1").ReLU("relu_2_1")
            .Conv2d(Maps, 3, name: "conv_2_2").ReLU("relu_2_2").MaxPool2d(2, name: "max_pool_2")
            .Flatten("flatten")
            .Linear(classes, name: "output"));
}
