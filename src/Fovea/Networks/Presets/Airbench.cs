using Fovea.Initializers;
using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// The networks of airbench for CIFAR-10 (Jordan, "94% on CIFAR-10 in 3.29 seconds on a single GPU", 2024), with its
/// names: 2×2 kernels with a bias that whiten the image and do not learn (<c>PatchWhitening</c> sets them), three groups
/// of convolution, max pooling, batch normalisation and GELU with one more convolution, or with two and a shortcut past
/// them (96), the largest value of every map, and one fully connected layer that
/// sees them divided by 9, where airbench divides its outputs. Different from it, batch normalisation learns its scale. <c>whitenet</c> is the first of them as Fovea trains it on CPUs.
/// </summary>
internal static class Airbench
{
    private const int Patch = 2;
    private const int Kernel = 3;
    private const double Eps = 1e-12;
    private const double Momentum = 0.4;

    public static Preset Airbench94 { get; } = Make(94, [64, 256, 256], convolutions: 2);

    public static Preset Airbench95 { get; } = Make(95, [128, 384, 384], convolutions: 2);

    public static Preset Airbench96 { get; } = Make(96, [128, 512, 512], convolutions: 3);

    private static Preset Make(int percent, int[] widths, int convolutions) => new(
        $"airbench{percent}", $"the network that learns CIFAR-10 to {percent} % in seconds on a GPU: a whitening layer, three groups of {string.Join(", ", widths)} maps",
        new Shape(3, 32, 32), smallest: 10,
        new TrainingRecipe { Epochs = 12, BatchSize = 128, LearningRate = 2e-3, WeightDecay = 0.05, Schedule = "one-cycle" },
        Start, (builder, classes) => Build(builder, widths, convolutions, classes));

    private static Initializer Start(Layer layer, ParameterSpec spec) => (layer, spec.Role) switch
    {
        (Conv2d { Trainable: true }, ParameterRole.Weight) => new PartialIdentity(Kernel * Kernel, spec.Initializer),
        (Conv2d, ParameterRole.Bias) => new Constant(0),
        _ => spec.Initializer,
    };

    private static void Build(NetworkBuilder builder, int[] widths, int convolutions, int classes)
    {
        builder
            .Add(new Conv2d(builder.Shape.Channels, 2 * Patch * Patch * builder.Shape.Channels, Patch, trainable: false), "0")
            .GELU("1");
        for (int group = 0; group < widths.Length; group++)
            AddGroup(builder, $"{group + 2}", widths[group], convolutions);
        builder
            .MaxPool2d(new Size2(builder.Shape.Height, builder.Shape.Width), name: "5").Flatten("6")
            .Add(new ConstantTensor(new Shape(), init: 1.0 / 9), "scale").Multiply("6", "scale", "scaled")
            .Linear(classes, bias: false, name: "7");
    }

    private static void AddGroup(NetworkBuilder builder, string name, int maps, int convolutions)
    {
        builder
            .Conv2d(maps, Kernel, padding: Padding.Same, bias: false, name: $"{name}.conv1").MaxPool2d(2, name: $"{name}.pool")
            .BatchNorm2d(Eps, Momentum, name: $"{name}.norm1").GELU($"{name}.activ1");
        string shortcut = builder.LastNode;
        for (int number = 2; number <= convolutions; number++)
            builder
                .Conv2d(maps, Kernel, padding: Padding.Same, bias: false, name: $"{name}.conv{number}")
                .BatchNorm2d(Eps, Momentum, name: $"{name}.norm{number}").GELU($"{name}.activ{number}");
        if (convolutions > 2)
            builder.Sum($"{name}.add", builder.LastNode, shortcut);
    }
}
