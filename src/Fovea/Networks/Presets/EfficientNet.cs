using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// EfficientNet-B0 (Tan and Le, "EfficientNet: rethinking model scaling for convolutional neural networks", 2019) with
/// torchvision's names: inverted residual blocks with squeeze and excitation, SiLU. Blocks are not dropped at random
/// while training (stochastic depth), which leaves inference as it is.
/// </summary>
internal static class EfficientNet
{
    /// <summary>The paper's table 1: how much blocks widen, kernel, the first one's stride, maps, how many there are.</summary>
    private static readonly (int Widening, int Kernel, int Stride, int Maps, int Count)[] Stages =
        [(1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4), (6, 3, 1, 320, 1)];

    public static Preset Preset { get; } = new(
        "efficientnet_b0", "EfficientNet-B0: sixteen inverted residual blocks with squeeze and excitation, SiLU",
        new Shape(3, 224, 224), smallest: 32,
        new TrainingRecipe { Epochs = 30, BatchSize = 32 }, FanOutStart.All, Build);

    private static void Build(NetworkBuilder builder, int classes)
    {
        builder.AddConvNorm("features.0", 32, 3, stride: 2, activation: new SiLU());
        for (int stage = 0; stage < Stages.Length; stage++)
            for (int block = 0; block < Stages[stage].Count; block++)
                AddBlock(builder, $"features.{stage + 1}.{block}", Stages[stage].Widening, Stages[stage].Kernel, block == 0 ? Stages[stage].Stride : 1, Stages[stage].Maps);
        builder
            .AddConvNorm($"features.{Stages.Length + 1}", 1280, 1, activation: new SiLU())
            .GlobalAvgPool2d("avgpool").Flatten("flatten")
            .Dropout(0.2, "classifier.0").Linear(classes, name: "classifier.1");
    }

    private static void AddBlock(NetworkBuilder builder, string name, int widening, int kernel, int stride, int maps)
    {
        Shape before = builder.Shape;
        string input = builder.LastNode;
        int wide = before.Channels * widening, step = 0;
        if (widening > 1)
            builder.AddConvNorm($"{name}.block.{step++}", wide, 1, activation: new SiLU());
        builder
            .AddConvNorm($"{name}.block.{step++}", wide, kernel, stride, groups: wide, activation: new SiLU())
            .AddSqueezeExcitation($"{name}.block.{step++}", Math.Max(1, before.Channels / 4), new SiLU(), new Sigmoid())
            .AddConvNorm($"{name}.block.{step}", maps, 1);
        if (builder.Shape == before)
            builder.Sum($"{name}.add", builder.LastNode, input);
    }
}
