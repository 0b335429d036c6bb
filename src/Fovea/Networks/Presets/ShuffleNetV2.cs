using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// ShuffleNetV2 of width 1 (Ma, Zhang, Zheng and Sun, "ShuffleNet V2: practical guidelines for efficient CNN architecture
/// design", 2018) with torchvision's names: half of a block's maps pass unchanged, the other half through 1×1, depthwise
/// 3×3 and 1×1 convolutions; then the two halves are shuffled.
/// </summary>
internal static class ShuffleNetV2
{
    private static readonly (int Blocks, int Maps)[] Stages = [(4, 116), (8, 232), (4, 464)];

    public static Preset Preset { get; } = new(
        "shufflenet_v2_x1_0", "ShuffleNetV2 of width 1: sixteen blocks of split, depthwise convolution and shuffle",
        new Shape(3, 224, 224), smallest: 32,
        new TrainingRecipe { Epochs = 30, BatchSize = 32 }, FanOutStart.Convolutions, Build);

    private static void Build(NetworkBuilder builder, int classes)
    {
        AddNorm(builder.Conv2d(24, 3, stride: 2, padding: 1, bias: false, name: "conv1.0"), "conv1", 1, rectified: true);
        builder.MaxPool2d(3, stride: 2, padding: 1, name: "maxpool");
        for (int stage = 0; stage < Stages.Length; stage++)
            for (int block = 0; block < Stages[stage].Blocks; block++)
                AddBlock(builder, $"stage{stage + 2}.{block}", Stages[stage].Maps, stride: block == 0 ? 2 : 1);
        AddNorm(builder.Conv2d(1024, 1, bias: false, name: "conv5.0"), "conv5", 1, rectified: true);
        builder.GlobalAvgPool2d("avgpool").Flatten("flatten").Linear(classes, name: "fc");
    }

    private static void AddBlock(NetworkBuilder builder, string name, int maps, int stride)
    {
        string input = builder.LastNode, first = $"{name}.half1", second = input;
        int half = maps / 2;
        if (stride > 1)
        {
            AddDepthwise(builder, $"{name}.branch1", 0, stride);
            AddNorm(builder.Conv2d(half, 1, bias: false, name: $"{name}.branch1.2"), $"{name}.branch1", 3, rectified: true);
            first = builder.LastNode;
        }
        else
        {
            second = $"{name}.half2";
            builder.Split(0, (first, half), (second, half));
        }
        string branch = $"{name}.branch2";
        AddNorm(builder.After(second).Conv2d(half, 1, bias: false, name: $"{branch}.0"), branch, 1, rectified: true);
        AddDepthwise(builder, branch, 3, stride);
        AddNorm(builder.Conv2d(half, 1, bias: false, name: $"{branch}.5"), branch, 6, rectified: true);
        builder.Concat($"{name}.concat", first, builder.LastNode);
        AddShuffle(builder, name);
    }

    /// <summary>Maps 0, n/2, 1, n/2 + 1, …: the two halves in turns.</summary>
    private static void AddShuffle(NetworkBuilder builder, string name)
    {
        Shape maps = builder.Shape;
        builder
            .Reshape([2, maps.Channels / 2, maps.Height, maps.Width], $"{name}.halves")
            .Transpose([1, 0, 2, 3], $"{name}.shuffle")
            .Reshape([maps.Channels, maps.Height, maps.Width], name);
    }

    private static void AddDepthwise(NetworkBuilder builder, string branch, int number, int stride) => AddNorm(
        builder.Conv2d(builder.Shape.Channels, 3, stride, padding: 1, groups: builder.Shape.Channels, bias: false, name: $"{branch}.{number}"),
        branch, number + 1, rectified: false);

    private static void AddNorm(NetworkBuilder builder, string branch, int number, bool rectified)
    {
        builder.BatchNorm2d(name: $"{branch}.{number}");
        if (rectified)
            builder.ReLU($"{branch}.{number + 1}");
    }
}
