using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// MobileNetV3, large and small (Howard et al., "Searching for MobileNetV3", 2019), with torchvision's names: inverted
/// residual blocks, some with squeeze and excitation, with ReLU in the first and hard swish in the later ones.
/// </summary>
internal static class MobileNetV3
{
    private const double Eps = 1e-3;
    private const double Momentum = 0.01;

    /// <summary>The paper's tables 1 and 2: kernel, widened maps, maps, squeeze and excitation, hard swish, stride.</summary>
    private sealed record Block(int Kernel, int Wide, int Maps, bool Excited, bool HardSwish, int Stride = 1);

    public static Preset Large { get; } = Make(
        "mobilenet_v3_large", "MobileNetV3 large: fifteen inverted residual blocks with squeeze and excitation, hard swish",
        1280,
        [
            new(3, 16, 16, false, false), new(3, 64, 24, false, false, 2), new(3, 72, 24, false, false),
            new(5, 72, 40, true, false, 2), new(5, 120, 40, true, false), new(5, 120, 40, true, false),
            new(3, 240, 80, false, true, 2), new(3, 200, 80, false, true), new(3, 184, 80, false, true), new(3, 184, 80, false, true),
            new(3, 480, 112, true, true), new(3, 672, 112, true, true),
            new(5, 672, 160, true, true, 2), new(5, 960, 160, true, true), new(5, 960, 160, true, true),
        ]);

    public static Preset Small { get; } = Make(
        "mobilenet_v3_small", "MobileNetV3 small: eleven inverted residual blocks with squeeze and excitation, hard swish",
        1024,
        [
            new(3, 16, 16, true, false, 2), new(3, 72, 24, false, false, 2), new(3, 88, 24, false, false),
            new(5, 96, 40, true, true, 2), new(5, 240, 40, true, true), new(5, 240, 40, true, true),
            new(5, 120, 48, true, true), new(5, 144, 48, true, true),
            new(5, 288, 96, true, true, 2), new(5, 576, 96, true, true), new(5, 576, 96, true, true),
        ]);

    private static Preset Make(string name, string description, int hidden, Block[] blocks) => new(
        name, description, new Shape(3, 224, 224), smallest: 32,
        new TrainingRecipe { Epochs = 30, BatchSize = 32 }, FanOutStart.All,
        (builder, classes) =>
        {
            builder.AddConvNorm("features.0", 16, 3, stride: 2, activation: new HardSwish(), eps: Eps, momentum: Momentum);
            for (int number = 0; number < blocks.Length; number++)
                AddBlock(builder, $"features.{number + 1}", blocks[number]);
            builder
                .AddConvNorm($"features.{blocks.Length + 1}", 6 * blocks[^1].Maps, 1, activation: new HardSwish(), eps: Eps, momentum: Momentum)
                .GlobalAvgPool2d("avgpool").Flatten("flatten")
                .Linear(hidden, name: "classifier.0").HardSwish("classifier.1").Dropout(0.2, "classifier.2")
                .Linear(classes, name: "classifier.3");
        });

    private static void AddBlock(NetworkBuilder builder, string name, Block block)
    {
        Shape before = builder.Shape;
        string input = builder.LastNode;
        Activation activation = block.HardSwish ? new HardSwish() : new ReLU();
        int step = 0;
        if (block.Wide != before.Channels)
            builder.AddConvNorm($"{name}.block.{step++}", block.Wide, 1, activation: activation, eps: Eps, momentum: Momentum);
        builder.AddConvNorm($"{name}.block.{step++}", block.Wide, block.Kernel, block.Stride, groups: block.Wide, activation: activation, eps: Eps, momentum: Momentum);
        if (block.Excited)
            builder.AddSqueezeExcitation($"{name}.block.{step++}", ConvNorm.DivisibleBy8(block.Wide / 4.0), new ReLU(), new HardSigmoid());
        builder.AddConvNorm($"{name}.block.{step}", block.Maps, 1, eps: Eps, momentum: Momentum);
        if (builder.Shape == before)
            builder.Sum($"{name}.add", builder.LastNode, input);
    }
}
