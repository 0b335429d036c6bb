using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// A residual network for small images that is quick to train, after the layout with which David Page won the
/// DAWNBench of 2018: stages of a 3×3 convolution with batch normalisation and a residual block of two more. Here a 5×5
/// convolution of stride 2 stands for the convolutions at full size, two stages follow it instead of three, and the last
/// maps are reduced to their means.
/// </summary>
internal static class ResNet7
{
    private const int FirstMaps = 64;

    public static Preset Preset { get; } = new(
        "resnet7", "a residual network for small images: six convolutions of 64 and 128 maps, two residual blocks",
        new Shape(1, 28, 28), smallest: 8,
        new TrainingRecipe { Epochs = 15, BatchSize = 128, Optimizer = "sgd", LearningRate = 0.1, Momentum = 0.9, Schedule = "one-cycle", WeightDecay = 5e-4 },
        FanOutStart.Convolutions,
        (builder, classes) =>
        {
            AddConvolution(builder, "stem", FirstMaps, 5, stride: 2);
            AddResidual(builder, "layer1", FirstMaps);
            builder.MaxPool2d(2, name: "pool");
            AddConvolution(builder, "layer2.widen", FirstMaps * 2, 3);
            AddResidual(builder, "layer2", FirstMaps * 2);
            builder.GlobalAvgPool2d("avgpool").Flatten("flatten").Linear(classes, name: "fc");
        });

    /// <summary>Two convolutions, to whose result their input is added.</summary>
    private static void AddResidual(NetworkBuilder builder, string name, int maps)
    {
        string input = builder.LastNode;
        AddConvolution(builder, $"{name}.0", maps, 3);
        AddConvolution(builder, $"{name}.1", maps, 3);
        builder.Sum($"{name}.add", builder.LastNode, input);
    }

    private static void AddConvolution(NetworkBuilder builder, string name, int maps, int kernelSize, int stride = 1) => builder
        .Conv2d(maps, kernelSize, stride, padding: kernelSize / 2, bias: false, name: $"{name}.conv")
        .BatchNorm2d(name: $"{name}.bn")
        .ReLU($"{name}.relu");
}
