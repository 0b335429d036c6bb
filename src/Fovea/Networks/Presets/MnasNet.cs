using System.Globalization;
using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// MNASNet-B1 of depth 1 (Tan et al., "MnasNet: platform-aware neural architecture search for mobile", 2019) with
/// torchvision's names: MobileNetV2's blocks with ReLU, some with 5×5 kernels.
/// </summary>
internal static class MnasNet
{
    // torchvision writes TensorFlow's decay of 0.9997 as PyTorch's momentum.
    private const double Momentum = 1 - 0.9997;

    /// <summary>Maps, kernel, the first block's stride, how much blocks widen, how many there are.</summary>
    private static readonly (int Maps, int Kernel, int Stride, int Widening, int Count)[] Stacks =
        [(24, 3, 2, 3, 3), (40, 5, 2, 3, 3), (80, 5, 2, 6, 3), (96, 3, 1, 6, 2), (192, 5, 2, 6, 4), (320, 3, 1, 6, 1)];

    public static Preset Preset { get; } = new(
        "mnasnet1_0", "MNASNet of depth 1: seventeen inverted residual blocks that a search arranged",
        new Shape(3, 224, 224), smallest: 32,
        new TrainingRecipe { Epochs = 30, BatchSize = 32 }, FanOutStart.All, Build);

    private static void Build(NetworkBuilder builder, int classes)
    {
        int number = Add(builder, "layers", 0, 32, 3, stride: 2);
        number = Add(builder, "layers", number, 32, 3, groups: 32);
        number = Add(builder, "layers", number, 16, 1, rectified: false);
        foreach ((int maps, int kernel, int stride, int widening, int count) in Stacks)
        {
            string stack = string.Create(CultureInfo.InvariantCulture, $"layers.{number++}");
            for (int block = 0; block < count; block++)
                AddBlock(builder, $"{stack}.{block}", maps, kernel, block == 0 ? stride : 1, widening);
        }
        Add(builder, "layers", number, 1280, 1);
        builder
            .GlobalAvgPool2d("avgpool").Flatten("flatten")
            .Dropout(0.2, "classifier.0").Linear(classes, name: "classifier.1");
    }

    private static void AddBlock(NetworkBuilder builder, string block, int maps, int kernel, int stride, int widening)
    {
        Shape before = builder.Shape;
        string input = builder.LastNode;
        int wide = before.Channels * widening;
        int number = Add(builder, $"{block}.layers", 0, wide, 1);
        number = Add(builder, $"{block}.layers", number, wide, kernel, stride, groups: wide);
        Add(builder, $"{block}.layers", number, maps, 1, rectified: false);
        if (builder.Shape == before)
            builder.Sum($"{block}.add", builder.LastNode, input);
    }

    /// <summary>Convolution, batch normalisation and ReLU under numbers in a row; returns the next.</summary>
    private static int Add(NetworkBuilder builder, string name, int number, int maps, int kernel, int stride = 1, int groups = 1, bool rectified = true)
    {
        builder
            .Conv2d(maps, kernel, stride, padding: kernel / 2, groups: groups, bias: false, name: $"{name}.{number++}")
            .BatchNorm2d(momentum: Momentum, name: $"{name}.{number++}");
        if (rectified)
            builder.ReLU($"{name}.{number++}");
        return number;
    }
}
