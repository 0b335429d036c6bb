using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// Residual networks (He, Zhang, Ren and Sun, "Deep residual learning for image recognition", 2015) with torchvision's
/// names: a stem that makes 56×56 of 224×224, four layers of blocks, each layer halving the maps and doubling their
/// number, global mean and one fully connected layer. As in torchvision, a bottleneck strides at its 3×3 convolution
/// ("v1.5"), not at its first 1×1. So do ResNeXt (Xie et al., "Aggregated residual transformations for deep neural
/// networks", 2017) and wide residual networks (Zagoruyko and Komodakis, 2016), which change the 3×3 convolutions alone.
/// </summary>
internal static class ResNet
{
    private const int FirstMaps = 64;
    private const int Expansion = 4;

    public static Preset ResNet18 { get; } = Make(
        "resnet18", "ResNet-18: eight residual blocks of two 3×3 convolutions", 32, Basic, [2, 2, 2, 2]);

    public static Preset ResNet34 { get; } = Make(
        "resnet34", "ResNet-34: sixteen residual blocks of two 3×3 convolutions", 32, Basic, [3, 4, 6, 3]);

    public static Preset ResNet50 { get; } = Make(
        "resnet50", "ResNet-50: sixteen residual bottlenecks of 1×1, 3×3 and 1×1 convolutions", 16, Bottleneck(), [3, 4, 6, 3]);

    public static Preset ResNet101 { get; } = Make(
        "resnet101", "ResNet-101: thirty-three residual bottlenecks", 16, Bottleneck(), [3, 4, 23, 3]);

    public static Preset ResNet152 { get; } = Make(
        "resnet152", "ResNet-152: fifty residual bottlenecks", 8, Bottleneck(), [3, 8, 36, 3]);

    public static Preset ResNext50 { get; } = Make(
        "resnext50_32x4d", "ResNeXt-50: ResNet-50 whose 3×3 convolutions have 32 groups", 16, Bottleneck(widening: 2, groups: 32), [3, 4, 6, 3]);

    public static Preset WideResNet50 { get; } = Make(
        "wide_resnet50_2", "Wide ResNet-50-2: ResNet-50 whose 3×3 convolutions have twice the maps", 16, Bottleneck(widening: 2), [3, 4, 6, 3]);

    /// <summary>Adds the convolutions of one block's branch; the last node is its last batch normalisation.</summary>
    private delegate void Branch(NetworkBuilder builder, string block, int maps, int stride);

    private static Preset Make(string name, string description, int batchSize, Branch branch, int[] blocks) => new(
        name, description, new Shape(3, 224, 224), smallest: 32,
        new TrainingRecipe { Epochs = 30, BatchSize = batchSize }, FanOutStart.Convolutions,
        (builder, classes) =>
        {
            builder
                .Conv2d(FirstMaps, 7, stride: 2, padding: 3, bias: false, name: "conv1").BatchNorm2d(name: "bn1").ReLU("relu")
                .MaxPool2d(3, stride: 2, padding: 1, name: "maxpool");
            string input = "maxpool";
            for (int layer = 0; layer < blocks.Length; layer++)
                for (int block = 0; block < blocks[layer]; block++)
                    input = AddBlock(builder, $"layer{layer + 1}.{block}", input, branch, FirstMaps << layer, stride: layer > 0 && block == 0 ? 2 : 1);
            builder.GlobalAvgPool2d("avgpool").Flatten("flatten").Linear(classes, name: "fc");
        });

    /// <summary>A branch, and a shortcut past it that is projected where the branch changes the shape; returns the block's last node.</summary>
    private static string AddBlock(NetworkBuilder builder, string block, string input, Branch branch, int maps, int stride)
    {
        Shape before = builder.Shape;
        branch(builder, block, maps, stride);
        Shape after = builder.Shape;
        string end = builder.LastNode, shortcut = input;
        if (after != before)
        {
            shortcut = $"{block}.downsample.1";
            builder
                .Add(new Conv2d(before.Channels, after.Channels, 1, stride, bias: false), $"{block}.downsample.0", input)
                .BatchNorm2d(name: shortcut);
        }
        builder.Sum($"{block}.add", end, shortcut).ReLU($"{block}.relu");
        return builder.LastNode;
    }

    private static void Basic(NetworkBuilder builder, string block, int maps, int stride) => builder
        .Conv2d(maps, 3, stride, padding: 1, bias: false, name: $"{block}.conv1").BatchNorm2d(name: $"{block}.bn1").ReLU($"{block}.relu1")
        .Conv2d(maps, 3, padding: 1, bias: false, name: $"{block}.conv2").BatchNorm2d(name: $"{block}.bn2");

    private static Branch Bottleneck(int widening = 1, int groups = 1) => (builder, block, maps, stride) => builder
        .Conv2d(maps * widening, 1, bias: false, name: $"{block}.conv1").BatchNorm2d(name: $"{block}.bn1").ReLU($"{block}.relu1")
        .Conv2d(maps * widening, 3, stride, padding: 1, groups: groups, bias: false, name: $"{block}.conv2").BatchNorm2d(name: $"{block}.bn2").ReLU($"{block}.relu2")
        .Conv2d(maps * Expansion, 1, bias: false, name: $"{block}.conv3").BatchNorm2d(name: $"{block}.bn3");
}
