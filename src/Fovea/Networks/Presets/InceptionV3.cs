using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// Inception-v3 (Szegedy et al., "Rethinking the inception architecture for computer vision", 2015) with torchvision's
/// names: modules of several branches at 35, 17 and 8 pixels, with n×n convolutions factored into 1×n and n×1. The
/// auxiliary classifier, which is not used after training, is left out.
/// </summary>
internal static class InceptionV3
{
    private const double Eps = 1e-3;

    public static Preset Preset { get; } = new(
        "inception_v3", "Inception-v3: eleven modules of factored convolutions, for 299×299 pixels",
        new Shape(3, 299, 299), smallest: 75,
        new TrainingRecipe { Epochs = 30, BatchSize = 16 }, FanOutStart.Convolutions, Build);

    private static void Build(NetworkBuilder builder, int classes)
    {
        Add(builder, "Conv2d_1a_3x3", 32, 3, stride: 2);
        Add(builder, "Conv2d_2a_3x3", 32, 3);
        Add(builder, "Conv2d_2b_3x3", 64, 3, padding: 1);
        builder.MaxPool2d(3, stride: 2, name: "maxpool1");
        Add(builder, "Conv2d_3b_1x1", 80, 1);
        Add(builder, "Conv2d_4a_3x3", 192, 3);
        builder.MaxPool2d(3, stride: 2, name: "maxpool2");
        AddA(builder, "Mixed_5b", pooled: 32);
        AddA(builder, "Mixed_5c", pooled: 64);
        AddA(builder, "Mixed_5d", pooled: 64);
        AddB(builder, "Mixed_6a");
        AddC(builder, "Mixed_6b", narrow: 128);
        AddC(builder, "Mixed_6c", narrow: 160);
        AddC(builder, "Mixed_6d", narrow: 160);
        AddC(builder, "Mixed_6e", narrow: 192);
        AddD(builder, "Mixed_7a");
        AddE(builder, "Mixed_7b");
        AddE(builder, "Mixed_7c");
        builder.GlobalAvgPool2d("avgpool").Flatten("flatten").Dropout(0.5, "dropout").Linear(classes, name: "fc");
    }

    private static void AddA(NetworkBuilder builder, string name, int pooled)
    {
        string input = builder.LastNode;
        string one = Add(builder, $"{name}.branch1x1", 64, 1);
        Add(builder.After(input), $"{name}.branch5x5_1", 48, 1);
        string five = Add(builder, $"{name}.branch5x5_2", 64, 5, padding: 2);
        Add(builder.After(input), $"{name}.branch3x3dbl_1", 64, 1);
        Add(builder, $"{name}.branch3x3dbl_2", 96, 3, padding: 1);
        string three = Add(builder, $"{name}.branch3x3dbl_3", 96, 3, padding: 1);
        builder.Concat(name, one, five, three, AddPooled(builder, name, input, pooled));
    }

    private static void AddB(NetworkBuilder builder, string name)
    {
        string input = builder.LastNode;
        string three = Add(builder, $"{name}.branch3x3", 384, 3, stride: 2);
        Add(builder.After(input), $"{name}.branch3x3dbl_1", 64, 1);
        Add(builder, $"{name}.branch3x3dbl_2", 96, 3, padding: 1);
        string twice = Add(builder, $"{name}.branch3x3dbl_3", 96, 3, stride: 2);
        builder.After(input).MaxPool2d(3, stride: 2, name: $"{name}.pool").Concat(name, three, twice, $"{name}.pool");
    }

    private static void AddC(NetworkBuilder builder, string name, int narrow)
    {
        string input = builder.LastNode;
        string one = Add(builder, $"{name}.branch1x1", 192, 1);
        Add(builder.After(input), $"{name}.branch7x7_1", narrow, 1);
        Add(builder, $"{name}.branch7x7_2", narrow, (1, 7), padding: (0, 3));
        string seven = Add(builder, $"{name}.branch7x7_3", 192, (7, 1), padding: (3, 0));
        Add(builder.After(input), $"{name}.branch7x7dbl_1", narrow, 1);
        Add(builder, $"{name}.branch7x7dbl_2", narrow, (7, 1), padding: (3, 0));
        Add(builder, $"{name}.branch7x7dbl_3", narrow, (1, 7), padding: (0, 3));
        Add(builder, $"{name}.branch7x7dbl_4", narrow, (7, 1), padding: (3, 0));
        string twice = Add(builder, $"{name}.branch7x7dbl_5", 192, (1, 7), padding: (0, 3));
        builder.Concat(name, one, seven, twice, AddPooled(builder, name, input, 192));
    }

    private static void AddD(NetworkBuilder builder, string name)
    {
        string input = builder.LastNode;
        Add(builder, $"{name}.branch3x3_1", 192, 1);
        string three = Add(builder, $"{name}.branch3x3_2", 320, 3, stride: 2);
        Add(builder.After(input), $"{name}.branch7x7x3_1", 192, 1);
        Add(builder, $"{name}.branch7x7x3_2", 192, (1, 7), padding: (0, 3));
        Add(builder, $"{name}.branch7x7x3_3", 192, (7, 1), padding: (3, 0));
        string seven = Add(builder, $"{name}.branch7x7x3_4", 192, 3, stride: 2);
        builder.After(input).MaxPool2d(3, stride: 2, name: $"{name}.pool").Concat(name, three, seven, $"{name}.pool");
    }

    private static void AddE(NetworkBuilder builder, string name)
    {
        string input = builder.LastNode;
        string one = Add(builder, $"{name}.branch1x1", 320, 1);
        (string wide, string high) = AddFork(builder, Add(builder.After(input), $"{name}.branch3x3_1", 384, 1), $"{name}.branch3x3_2");
        Add(builder.After(input), $"{name}.branch3x3dbl_1", 448, 1);
        (string wideTwice, string highTwice) = AddFork(builder, Add(builder, $"{name}.branch3x3dbl_2", 384, 3, padding: 1), $"{name}.branch3x3dbl_3");
        builder.Concat(name, one, wide, high, wideTwice, highTwice, AddPooled(builder, name, input, 192));
    }

    /// <summary>1×3 and 3×1 side by side.</summary>
    private static (string Wide, string High) AddFork(NetworkBuilder builder, string input, string name) =>
        (Add(builder, $"{name}a", 384, (1, 3), padding: (0, 1)), Add(builder.After(input), $"{name}b", 384, (3, 1), padding: (1, 0)));

    private static string AddPooled(NetworkBuilder builder, string name, string input, int maps) =>
        Add(builder.After(input).AvgPool2d(3, stride: 1, padding: 1, name: $"{name}.pool"), $"{name}.branch_pool", maps, 1);

    /// <summary>Convolution, batch normalisation and ReLU; returns the last node.</summary>
    private static string Add(NetworkBuilder builder, string name, int maps, Size2 kernelSize, int stride = 1, Padding padding = default) => builder
        .Conv2d(maps, kernelSize, stride, padding, bias: false, name: $"{name}.conv")
        .BatchNorm2d(Eps, name: $"{name}.bn")
        .ReLU($"{name}.relu").LastNode;
}
