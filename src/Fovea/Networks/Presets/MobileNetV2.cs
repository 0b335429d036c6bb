using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// MobileNetV2 of width 1 (Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", 2018) with
/// torchvision's names: seventeen blocks that widen by a 1×1 convolution, filter each map by itself with a 3×3, and
/// narrow by a 1×1 without rectifier; ReLU6 elsewhere.
/// </summary>
internal static class MobileNetV2
{
    private const int FirstMaps = 32;
    private const int LastMaps = 1280;

    /// <summary>The paper's table 2: how much blocks widen, the maps they give, how many there are, the first one's stride.</summary>
    private static readonly (int Widening, int Maps, int Count, int Stride)[] Table =
        [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];

    public static Preset Preset { get; } = new(
        "mobilenet_v2", "MobileNetV2: seventeen inverted residual blocks of 1×1 and depthwise 3×3 convolutions",
        new Shape(3, 224, 224), smallest: 32,
        new TrainingRecipe { Epochs = 30, BatchSize = 32 }, FanOutStart.All, Build);

    private static void Build(NetworkBuilder builder, int classes)
    {
        int number = 0;
        AddConvolution(builder, $"features.{number++}", FirstMaps, 3, stride: 2);
        foreach ((int widening, int maps, int count, int stride) in Table)
            for (int block = 0; block < count; block++)
                AddBlock(builder, $"features.{number++}", widening, maps, block == 0 ? stride : 1);
        AddConvolution(builder, $"features.{number}", LastMaps, 1);
        builder
            .GlobalAvgPool2d("avgpool").Flatten("flatten")
            .Dropout(0.2, "classifier.0").Linear(classes, name: "classifier.1");
    }

    /// <summary>An inverted residual block; its input is added where the shape stays.</summary>
    private static void AddBlock(NetworkBuilder builder, string block, int widening, int maps, int stride)
    {
        Shape before = builder.Shape;
        string input = builder.LastNode;
        int wide = before.Channels * widening, step = 0;
        if (widening > 1)
            AddConvolution(builder, $"{block}.conv.{step++}", wide, 1);
        AddConvolution(builder, $"{block}.conv.{step++}", wide, 3, stride, groups: wide);
        builder
            .Conv2d(maps, 1, bias: false, name: $"{block}.conv.{step}")
            .BatchNorm2d(name: $"{block}.conv.{step + 1}");
        if (builder.Shape == before)
            builder.Sum($"{block}.add", input, builder.LastNode);
    }

    /// <summary>Convolution, batch normalisation and ReLU6 as parts 0, 1 and 2.</summary>
    private static void AddConvolution(NetworkBuilder builder, string name, int maps, int kernelSize, int stride = 1, int groups = 1) => builder
        .Conv2d(maps, kernelSize, stride, padding: kernelSize / 2, groups: groups, bias: false, name: $"{name}.0")
        .BatchNorm2d(name: $"{name}.1")
        .ReLU6($"{name}.2");
}
