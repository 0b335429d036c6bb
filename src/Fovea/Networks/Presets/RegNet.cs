using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// RegNetY-400MF (Radosavovic et al., "Designing network design spaces", 2020) with torchvision's names: residual blocks
/// of 1×1, grouped 3×3 and 1×1 convolutions of one width, with squeeze and excitation; widths follow a quantised line.
/// </summary>
internal static class RegNet
{
    private const int GroupWidth = 8;

    private static readonly (int Blocks, int Maps)[] Stages = [(1, 48), (3, 104), (6, 208), (6, 440)];

    public static Preset Preset { get; } = new(
        "regnet_y_400mf", "RegNetY-400MF: sixteen residual blocks of grouped convolutions with squeeze and excitation",
        new Shape(3, 224, 224), smallest: 32,
        new TrainingRecipe { Epochs = 30, BatchSize = 32 }, FanOutStart.All, Build);

    private static void Build(NetworkBuilder builder, int classes)
    {
        builder.AddConvNorm("stem", 32, 3, stride: 2, activation: new ReLU());
        for (int stage = 1; stage <= Stages.Length; stage++)
            for (int block = 0; block < Stages[stage - 1].Blocks; block++)
                AddBlock(builder, $"trunk_output.block{stage}.block{stage}-{block}", Stages[stage - 1].Maps, stride: block == 0 ? 2 : 1);
        builder.GlobalAvgPool2d("avgpool").Flatten("flatten").Linear(classes, name: "fc");
    }

    private static void AddBlock(NetworkBuilder builder, string name, int maps, int stride)
    {
        Shape before = builder.Shape;
        string input = builder.LastNode, shortcut = input;
        if (before.Channels != maps || stride > 1)
        {
            shortcut = $"{name}.proj.1";
            builder.AddConvNorm($"{name}.proj", maps, 1, stride).After(input);
        }
        builder
            .AddConvNorm($"{name}.f.a", maps, 1, activation: new ReLU())
            .AddConvNorm($"{name}.f.b", maps, 3, stride, groups: maps / GroupWidth, activation: new ReLU())
            .AddSqueezeExcitation($"{name}.f.se", (int)Math.Round(0.25 * before.Channels), new ReLU(), new Sigmoid())
            .AddConvNorm($"{name}.f.c", maps, 1)
            .Sum($"{name}.add", shortcut, $"{name}.f.c.1").ReLU($"{name}.activation");
    }
}
