using Fovea.Initializers;
using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// ConvNeXt-T (Liu et al., "A ConvNet for the 2020s", 2022) with torchvision's names: blocks of a depthwise 7×7
/// convolution, layer normalisation over the channels, and two linear layers of every pixel with GELU between, whose
/// outputs a learned number a map scales (layer scale, from 10⁻⁶) before the input is added. Blocks are not dropped at
/// random while training (stochastic depth), which leaves inference as it is.
/// </summary>
internal static class ConvNeXt
{
    private const double Eps = 1e-6;
    private const double ScaleStart = 1e-6;

    private static readonly (int Blocks, int Maps)[] Stages = [(3, 96), (3, 192), (9, 384), (3, 768)];

    public static Preset Preset { get; } = new(
        "convnext_tiny", "ConvNeXt-T: eighteen blocks of depthwise 7×7 convolution, layer normalisation and GELU",
        new Shape(3, 224, 224), smallest: 32,
        new TrainingRecipe { Epochs = 30, BatchSize = 16 }, Start, Build);

    private static Initializer Start(Layer layer, ParameterSpec spec) => (layer, spec.Role) switch
    {
        (Conv2d or Linear, ParameterRole.Weight) => new Gaussian(0.02),
        (Conv2d or Linear, ParameterRole.Bias) => new Constant(0),
        _ => spec.Initializer,
    };

    private static void Build(NetworkBuilder builder, int classes)
    {
        builder.Conv2d(Stages[0].Maps, 4, stride: 4, name: "features.0.0");
        AddChannelNorm(builder, "features.0.1");
        for (int stage = 0; stage < Stages.Length; stage++)
        {
            if (stage > 0)
            {
                AddChannelNorm(builder, $"features.{2 * stage}.0");
                builder.Conv2d(Stages[stage].Maps, 2, stride: 2, name: $"features.{2 * stage}.1");
            }
            for (int block = 0; block < Stages[stage].Blocks; block++)
                AddBlock(builder, $"features.{2 * stage + 1}.{block}");
        }
        builder
            .GlobalAvgPool2d("avgpool").Flatten("flatten")
            .LayerNorm(eps: Eps, name: "classifier.0").Linear(classes, name: "classifier.2");
    }

    private static void AddBlock(NetworkBuilder builder, string name)
    {
        string input = builder.LastNode;
        int maps = builder.Shape.Channels;
        builder
            .Conv2d(maps, 7, padding: 3, groups: maps, name: $"{name}.block.0")
            .Transpose([1, 2, 0], $"{name}.block.1")
            .LayerNorm(eps: Eps, name: $"{name}.block.2")
            .Linear(4 * maps, name: $"{name}.block.3", inFeatures: maps).GELU($"{name}.block.4")
            .Linear(maps, name: $"{name}.block.5", inFeatures: 4 * maps)
            .Transpose([2, 0, 1], $"{name}.block.6")
            .Add(new ConstantTensor(new Shape(maps, 1, 1), trainable: true, ScaleStart, bare: true), $"{name}.layer_scale")
            .Multiply($"{name}.layer_scale", $"{name}.block.6", $"{name}.scaled")
            .Sum($"{name}.add", $"{name}.scaled", input);
    }

    /// <summary>Layer normalisation of each pixel's channels.</summary>
    private static void AddChannelNorm(NetworkBuilder builder, string name) => builder
        .Transpose([1, 2, 0], $"{name}.permute")
        .LayerNorm(eps: Eps, name: name)
        .Transpose([2, 0, 1], $"{name}.back");
}
