using System.Globalization;
using Fovea.Initializers;
using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// A network for small images that learns in few epochs, after airbench (Jordan, "94% on CIFAR-10 in 3.29 seconds on a
/// single GPU", 2024): 2×2 kernels that whiten the image and do not learn (<c>PatchWhitening</c> sets them), then three
/// blocks of convolution, max pooling, batch normalisation, GELU, and again convolution, batch normalisation, GELU; the
/// largest value of every map; one fully connected layer. The 3×3 kernels begin by handing on their input. Different from
/// airbench, the first layer has no bias, so that no gradient need reach it, batch normalisation has PyTorch's usual
/// settings and learns its scale, and the outputs are not scaled.
/// </summary>
internal static class WhiteNet
{
    private const int Kernel = 3;

    public static Preset Wide { get; } = Make(
        "whitenet", "learns small images fast: a whitening layer, three blocks of 64, 256 and 256 maps, GELU", [64, 256, 256]);

    public static Preset Narrow { get; } = Make(
        "whitenet-narrow", "whitenet with 32, 64 and 128 maps", [32, 64, 128]);

    private static Preset Make(string name, string description, int[] widths) => new(
        name, description, new Shape(3, 32, 32), smallest: 10,
        new TrainingRecipe { Epochs = 12, BatchSize = 128, LearningRate = 2e-3, WeightDecay = 0.05, Schedule = "one-cycle" },
        Start, (builder, classes) => Build(builder, widths, classes));

    private static Initializer Start(Layer layer, ParameterSpec spec) => (layer, spec.Role) switch
    {
        (Conv2d { Trainable: true }, ParameterRole.Weight) => new PartialIdentity(Kernel * Kernel, spec.Initializer),
        _ => spec.Initializer,
    };

    private static void Build(NetworkBuilder builder, int[] widths, int classes)
    {
        const int patch = 2;
        builder
            .Add(new Conv2d(builder.Shape.Channels, 2 * patch * patch * builder.Shape.Channels, patch, bias: false, trainable: false), "whiten")
            .GELU("gelu0");
        for (int block = 1; block <= widths.Length; block++)
        {
            string number = block.ToString(CultureInfo.InvariantCulture);
            builder
                .Conv2d(widths[block - 1], Kernel, padding: Padding.Same, bias: false, name: $"conv{number}a").MaxPool2d(2, name: $"pool{number}")
                .BatchNorm2d(name: $"bn{number}a").GELU($"gelu{number}a")
                .Conv2d(widths[block - 1], Kernel, padding: Padding.Same, bias: false, name: $"conv{number}b")
                .BatchNorm2d(name: $"bn{number}b").GELU($"gelu{number}b");
        }
        builder
            .MaxPool2d(new Size2(builder.Shape.Height, builder.Shape.Width), name: "largest").Flatten("flatten")
            .Linear(classes, bias: false, name: "fc");
    }
}
