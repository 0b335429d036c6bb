using Fovea.Initializers;
using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// SqueezeNet (Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and &lt;0.5MB model size", 2016)
/// with torchvision's names: "fire" modules squeeze the maps by a 1×1 convolution and expand them by 1×1 and 3×3 side by
/// side. Version 1.1 pools earlier and is 2.4 times as fast. Poolings take the windows that overhang the edge.
/// </summary>
internal static class SqueezeNet
{
    /// <summary>Maps that fire modules squeeze to, each to be expanded to four times as many twice; 0 is a pooling.</summary>
    private static readonly int[] Fires10 = [0, 16, 16, 32, 0, 32, 48, 48, 64, 0, 64], Fires11 = [0, 16, 16, 0, 32, 32, 0, 48, 48, 64, 64];

    public static Preset Version10 { get; } = Make("squeezenet1_0", "SqueezeNet 1.0: eight fire modules, 1.2 million parameters", 96, 7, Fires10);

    public static Preset Version11 { get; } = Make("squeezenet1_1", "SqueezeNet 1.1: as 1.0 at 2.4 times the speed", 64, 3, Fires11);

    private static Preset Make(string name, string description, int firstMaps, int firstKernel, int[] fires) => new(
        name, description, new Shape(3, 224, 224), smallest: 32,
        new TrainingRecipe { Epochs = 30, BatchSize = 32 }, new He(),
        (builder, classes) =>
        {
            int number = 0;
            builder.Conv2d(firstMaps, firstKernel, stride: 2, name: $"features.{number++}").ReLU($"features.{number++}");
            foreach (int squeezed in fires)
                if (squeezed == 0)
                    builder.MaxPool2d(3, stride: 2, ceil: true, name: $"features.{number++}");
                else
                    AddFire(builder, $"features.{number++}", squeezed);
            builder
                .Dropout(0.5, "classifier.0").Conv2d(classes, 1, name: "classifier.1").ReLU("classifier.2")
                .GlobalAvgPool2d("classifier.3").Flatten("flatten");
        });

    private static void AddFire(NetworkBuilder builder, string name, int squeezed)
    {
        builder
            .Conv2d(squeezed, 1, name: $"{name}.squeeze").ReLU($"{name}.squeeze_activation")
            .Conv2d(4 * squeezed, 1, name: $"{name}.expand1x1").ReLU($"{name}.expand1x1_activation")
            .After($"{name}.squeeze_activation")
            .Conv2d(4 * squeezed, 3, padding: 1, name: $"{name}.expand3x3").ReLU($"{name}.expand3x3_activation")
            .Concat($"{name}.concat", $"{name}.expand1x1_activation", $"{name}.expand3x3_activation");
    }
}
