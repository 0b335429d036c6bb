using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// DenseNet-121 (Huang, Liu, van der Maaten and Weinberger, "Densely connected convolutional networks", 2017) with
/// torchvision's names: four blocks whose every layer sees the maps of all layers before and adds 32; between blocks maps
/// are halved in number and size.
/// </summary>
internal static class DenseNet
{
    private const int FirstMaps = 64;
    private const int Growth = 32;
    private const int Bottleneck = 4 * Growth;

    private static readonly int[] Layers = [6, 12, 24, 16];

    public static Preset Preset { get; } = new(
        "densenet121", "DenseNet-121: four blocks of 6 to 24 layers, each of which sees all before it",
        new Shape(3, 224, 224), smallest: 32,
        new TrainingRecipe { Epochs = 30, BatchSize = 16 }, FanOutStart.Convolutions, Build);

    private static void Build(NetworkBuilder builder, int classes)
    {
        builder
            .Conv2d(FirstMaps, 7, stride: 2, padding: 3, bias: false, name: "features.conv0").BatchNorm2d(name: "features.norm0").ReLU("features.relu0")
            .MaxPool2d(3, stride: 2, padding: 1, name: "features.pool0");
        for (int block = 1; block <= Layers.Length; block++)
        {
            for (int layer = 1; layer <= Layers[block - 1]; layer++)
                AddLayer(builder, $"features.denseblock{block}.denselayer{layer}");
            if (block < Layers.Length)
                AddTransition(builder, $"features.transition{block}");
        }
        builder
            .BatchNorm2d(name: "features.norm5").ReLU("relu")
            .GlobalAvgPool2d("avgpool").Flatten("flatten").Linear(classes, name: "classifier");
    }

    private static void AddLayer(NetworkBuilder builder, string name)
    {
        string input = builder.LastNode;
        builder
            .BatchNorm2d(name: $"{name}.norm1").ReLU($"{name}.relu1").Conv2d(Bottleneck, 1, bias: false, name: $"{name}.conv1")
            .BatchNorm2d(name: $"{name}.norm2").ReLU($"{name}.relu2").Conv2d(Growth, 3, padding: 1, bias: false, name: $"{name}.conv2")
            .Concat(name, input, $"{name}.conv2");
    }

    private static void AddTransition(NetworkBuilder builder, string name) => builder
        .BatchNorm2d(name: $"{name}.norm").ReLU($"{name}.relu").Conv2d(builder.Shape.Channels / 2, 1, bias: false, name: $"{name}.conv")
        .AvgPool2d(2, name: $"{name}.pool");
}
