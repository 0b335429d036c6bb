using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// GoogLeNet (Szegedy et al., "Going deeper with convolutions", 2014) with torchvision's names and batch normalisation:
/// nine inception modules of four branches each. As in torchvision, the paper's 5×5 branch has 3×3 kernels. The two
/// auxiliary classifiers, which helped training and are not used afterwards, are left out.
/// </summary>
internal static class GoogLeNet
{
    private const double Eps = 1e-3;

    /// <summary>Maps of the 1×1 branch, reduced and final ones of the two 3×3 branches, and of the pooled branch.</summary>
    private static readonly (string Name, int[] Maps)[] Modules =
    [
        ("3a", [64, 96, 128, 16, 32, 32]), ("3b", [128, 128, 192, 32, 96, 64]),
        ("4a", [192, 96, 208, 16, 48, 64]), ("4b", [160, 112, 224, 24, 64, 64]), ("4c", [128, 128, 256, 24, 64, 64]),
        ("4d", [112, 144, 288, 32, 64, 64]), ("4e", [256, 160, 320, 32, 128, 128]),
        ("5a", [256, 160, 320, 32, 128, 128]), ("5b", [384, 192, 384, 48, 128, 128]),
    ];

    public static Preset Preset { get; } = new(
        "googlenet", "GoogLeNet: nine inception modules of four branches, without the auxiliary classifiers",
        new Shape(3, 224, 224), smallest: 32,
        new TrainingRecipe { Epochs = 30, BatchSize = 32 }, FanOutStart.Convolutions, Build);

    private static void Build(NetworkBuilder builder, int classes)
    {
        AddConvolution(builder, "conv1", 64, 7, stride: 2);
        builder.MaxPool2d(3, stride: 2, ceil: true, name: "maxpool1");
        AddConvolution(builder, "conv2", 64, 1);
        AddConvolution(builder, "conv3", 192, 3);
        builder.MaxPool2d(3, stride: 2, ceil: true, name: "maxpool2");
        foreach ((string name, int[] maps) in Modules)
        {
            if (name == "4a")
                builder.MaxPool2d(3, stride: 2, ceil: true, name: "maxpool3");
            else if (name == "5a")
                builder.MaxPool2d(2, stride: 2, ceil: true, name: "maxpool4");
            AddModule(builder, $"inception{name}", maps);
        }
        builder.GlobalAvgPool2d("avgpool").Flatten("flatten").Dropout(0.2, "dropout").Linear(classes, name: "fc");
    }

    private static void AddModule(NetworkBuilder builder, string name, int[] maps)
    {
        string input = builder.LastNode;
        AddConvolution(builder, $"{name}.branch1", maps[0], 1);
        AddConvolution(builder.After(input), $"{name}.branch2.0", maps[1], 1);
        AddConvolution(builder, $"{name}.branch2.1", maps[2], 3);
        AddConvolution(builder.After(input), $"{name}.branch3.0", maps[3], 1);
        AddConvolution(builder, $"{name}.branch3.1", maps[4], 3);
        builder.After(input).MaxPool2d(3, stride: 1, padding: 1, ceil: true, name: $"{name}.branch4.0");
        AddConvolution(builder, $"{name}.branch4.1", maps[5], 1);
        builder.Concat(name, $"{name}.branch1.relu", $"{name}.branch2.1.relu", $"{name}.branch3.1.relu", $"{name}.branch4.1.relu");
    }

    private static void AddConvolution(NetworkBuilder builder, string name, int maps, int kernelSize, int stride = 1) => builder
        .Conv2d(maps, kernelSize, stride, padding: kernelSize / 2, bias: false, name: $"{name}.conv")
        .BatchNorm2d(Eps, name: $"{name}.bn")
        .ReLU($"{name}.relu");
}
