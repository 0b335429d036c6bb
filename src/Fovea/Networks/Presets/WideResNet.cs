using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// WRN-28-10 for small images (Zagoruyko and Komodakis, "Wide residual networks", 2016), with the names of the usual
/// PyTorch version: three groups of four blocks with 160, 320 and 640 maps, normalised and rectified before each
/// convolution; where the shape changes, the shortcut is a 1×1 convolution of the rectified input.
/// </summary>
internal static class WideResNet
{
    private const int FirstMaps = 16;
    private const int Widening = 10;
    private const int Groups = 3;
    private const int Blocks = 4;

    public static Preset Preset { get; } = new(
        "wrn28-10", "Wide ResNet-28-10 for small images: twelve residual blocks of 160 to 640 maps, 36 million parameters",
        new Shape(3, 32, 32), smallest: 8,
        new TrainingRecipe { Epochs = 30, BatchSize = 128, Optimizer = "sgd", LearningRate = 0.1, Momentum = 0.9, Schedule = "one-cycle", WeightDecay = 5e-4 },
        FanOutStart.Convolutions,
        (builder, classes) =>
        {
            builder.Conv2d(FirstMaps, 3, padding: 1, bias: false, name: "conv1");
            for (int group = 0; group < Groups; group++)
                for (int block = 0; block < Blocks; block++)
                    AddBlock(builder, $"block{group + 1}.layer.{block}", (FirstMaps * Widening) << group, stride: group > 0 && block == 0 ? 2 : 1);
            builder.BatchNorm2d(name: "bn1").ReLU("relu").GlobalAvgPool2d("avgpool").Flatten("flatten").Linear(classes, name: "fc");
        });

    private static void AddBlock(NetworkBuilder builder, string block, int maps, int stride)
    {
        string shortcut = builder.LastNode;
        bool projected = builder.Shape.Channels != maps || stride > 1;
        builder.BatchNorm2d(name: $"{block}.bn1").ReLU($"{block}.relu1");
        if (projected)
        {
            shortcut = $"{block}.convShortcut";
            builder.Conv2d(maps, 1, stride, bias: false, name: shortcut);
        }
        builder
            .After($"{block}.relu1")
            .Conv2d(maps, 3, stride, padding: 1, bias: false, name: $"{block}.conv1")
            .BatchNorm2d(name: $"{block}.bn2").ReLU($"{block}.relu2")
            .Conv2d(maps, 3, padding: 1, bias: false, name: $"{block}.conv2")
            .Sum($"{block}.add", shortcut, $"{block}.conv2");
    }
}
