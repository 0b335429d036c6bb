using System.Globalization;
using Fovea.Initializers;
using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// The textbook classifier: blocks of convolution, ReLU and max pooling, then dropped feature maps, flatten and fully
/// connected layers. There are as many blocks as bring the maps to 4 to 7 pixels, 6 at most: 3 for 32×32, 5 for 128×128.
/// </summary>
internal static class ConvNetBasic
{
    private const int MaxBlocks = 6;
    private const int FirstMaps = 16;
    private const int MaxMaps = 64;
    private const int LargeEnough = 8;

    public static Preset Preset { get; } = new(
        "convnet-basic", "the textbook classifier: convolution, ReLU, max pooling; dropped feature maps; fully connected",
        new Shape(3, 32, 32), smallest: LargeEnough,
        new TrainingRecipe(), new He(), Build);

    private static void Build(NetworkBuilder builder, int classes)
    {
        for (int block = 1; block <= MaxBlocks && Math.Min(builder.Shape.Height, builder.Shape.Width) >= LargeEnough; block++)
        {
            string number = block.ToString(CultureInfo.InvariantCulture);
            builder
                .Conv2d(Math.Min(FirstMaps << (block - 1), MaxMaps), 3, padding: 1, name: "conv" + number)
                .ReLU("relu" + number)
                .MaxPool2d(2, name: "pool" + number);
        }
        builder
            .Dropout2d(0.2, "dropout")
            .Flatten("flatten")
            .Linear(128, name: "fc1").ReLU("relu_fc1")
            .Linear(classes, name: "fc2");
    }
}
