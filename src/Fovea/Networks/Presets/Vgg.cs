using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// VGG, configurations A, B, D and E of Simonyan and Zisserman ("Very deep convolutional networks for large-scale image
/// recognition", 2014), with torchvision's names, and the same with batch normalisation: 3×3 convolutions in five groups,
/// each closed by max pooling, and three fully connected layers that hold most of the parameters. Other images than
/// 224×224 are pooled to the 7×7 that those take.
/// </summary>
internal static class Vgg
{
    private const int HiddenUnits = 4096;

    /// <summary>Convolutions of each of the five groups, and their maps.</summary>
    private static readonly int[] Maps = [64, 128, 256, 512, 512];

    public static Preset Vgg11 { get; } = Make(11, "133 million parameters", [1, 1, 2, 2, 2]);

    public static Preset Vgg13 { get; } = Make(13, "133 million parameters", [2, 2, 2, 2, 2]);

    public static Preset Vgg16 { get; } = Make(16, "138 million parameters", [2, 2, 3, 3, 3]);

    public static Preset Vgg19 { get; } = Make(19, "144 million parameters", [2, 2, 4, 4, 4]);

    public static Preset Vgg11Norm { get; } = Make(11, "batch normalisation", [1, 1, 2, 2, 2], norm: true);

    public static Preset Vgg13Norm { get; } = Make(13, "batch normalisation", [2, 2, 2, 2, 2], norm: true);

    public static Preset Vgg16Norm { get; } = Make(16, "batch normalisation", [2, 2, 3, 3, 3], norm: true);

    public static Preset Vgg19Norm { get; } = Make(19, "batch normalisation", [2, 2, 4, 4, 4], norm: true);

    private static Preset Make(int depth, string remark, int[] counts, bool norm = false) => new(
        $"vgg{depth}{(norm ? "_bn" : "")}", $"VGG-{depth}: {counts.Sum()} 3×3 convolutions, three fully connected layers, {remark}",
        new Shape(3, 224, 224), smallest: 32,
        new TrainingRecipe { Epochs = 30, BatchSize = 16, LearningRate = 1e-4 }, FanOutStart.All,
        (builder, classes) => Build(builder, counts, norm, classes));

    private static void Build(NetworkBuilder builder, int[] counts, bool norm, int classes)
    {
        int number = 0;
        for (int group = 0; group < counts.Length; group++)
        {
            for (int step = 0; step < counts[group]; step++)
            {
                builder.Conv2d(Maps[group], 3, padding: 1, name: $"features.{number++}");
                if (norm)
                    builder.BatchNorm2d(name: $"features.{number++}");
                builder.ReLU($"features.{number++}");
            }
            builder.MaxPool2d(2, name: $"features.{number++}");
        }
        builder
            .AdaptiveAvgPool2d(7, "avgpool").Flatten("flatten")
            .Linear(HiddenUnits, name: "classifier.0").ReLU("classifier.1").Dropout(0.5, "classifier.2")
            .Linear(HiddenUnits, name: "classifier.3").ReLU("classifier.4").Dropout(0.5, "classifier.5")
            .Linear(classes, name: "classifier.6");
    }
}
