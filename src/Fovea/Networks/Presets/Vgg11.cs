using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// VGG-11 without batch normalisation, configuration A of Simonyan and Zisserman ("Very deep convolutional networks for
/// large-scale image recognition", 2014), with torchvision's names: eight 3×3 convolutions in five groups, each closed by
/// max pooling, and three fully connected layers that hold nine tenths of the parameters. Other images than 224×224
/// are pooled to the 7×7 that those take.
/// </summary>
internal static class Vgg11
{
    private const int HiddenUnits = 4096;

    /// <summary>Maps of the convolutions; 0 is a pooling.</summary>
    private static readonly int[] Configuration = [64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0];

    public static Preset Preset { get; } = new(
        "vgg11", "VGG-11: eight 3×3 convolutions, three fully connected layers, 133 million parameters",
        new Shape(3, 224, 224), smallest: 32,
        new TrainingRecipe { Epochs = 30, BatchSize = 16, LearningRate = 1e-4 }, FanOutStart.All, Build);

    private static void Build(NetworkBuilder builder, int classes)
    {
        int number = 0;
        foreach (int maps in Configuration)
            if (maps == 0)
                builder.MaxPool2d(2, name: $"features.{number++}");
            else
                builder.Conv2d(maps, 3, padding: 1, name: $"features.{number++}").ReLU($"features.{number++}");
        builder
            .AdaptiveAvgPool2d(7, "avgpool").Flatten("flatten")
            .Linear(HiddenUnits, name: "classifier.0").ReLU("classifier.1").Dropout(0.5, "classifier.2")
            .Linear(HiddenUnits, name: "classifier.3").ReLU("classifier.4").Dropout(0.5, "classifier.5")
            .Linear(classes, name: "classifier.6");
    }
}
