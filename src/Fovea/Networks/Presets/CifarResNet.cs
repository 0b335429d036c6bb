using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// The residual networks for 32×32 pixels of He et al. (2015), section 4.2, with the names of the usual PyTorch version: a
/// 3×3 convolution of 16 maps, three layers of n blocks with 16, 32 and 64 maps, global mean and one fully connected
/// layer, 6n + 2 layers in all. Shortcuts have no parameters (the paper's option A): where a layer begins, every second
/// pixel is taken, and maps of zeros are put before and behind, as many.
/// </summary>
internal static class CifarResNet
{
    private const int FirstMaps = 16;
    private const int Layers = 3;

    public static Preset ResNet20 { get; } = Make(3);

    public static Preset ResNet32 { get; } = Make(5);

    public static Preset ResNet44 { get; } = Make(7);

    public static Preset ResNet56 { get; } = Make(9);

    public static Preset ResNet110 { get; } = Make(18);

    private static Preset Make(int blocks) => new(
        $"resnet{6 * blocks + 2}", $"ResNet-{6 * blocks + 2} for small images: {Layers * blocks} residual blocks of 16, 32 and 64 maps, shortcuts without parameters",
        new Shape(3, 32, 32), smallest: 8,
        new TrainingRecipe { Epochs = 30, BatchSize = 128, Optimizer = "sgd", LearningRate = 0.1, Momentum = 0.9, Schedule = "one-cycle", WeightDecay = 5e-4 },
        FanOutStart.Convolutions,
        (builder, classes) =>
        {
            builder.Conv2d(FirstMaps, 3, padding: 1, bias: false, name: "conv1").BatchNorm2d(name: "bn1").ReLU("relu");
            for (int layer = 0; layer < Layers; layer++)
                for (int block = 0; block < blocks; block++)
                    AddBlock(builder, $"layer{layer + 1}.{block}", FirstMaps << layer, stride: layer > 0 && block == 0 ? 2 : 1);
            builder.GlobalAvgPool2d("avgpool").Flatten("flatten").Linear(classes, name: "linear");
        });

    private static void AddBlock(NetworkBuilder builder, string block, int maps, int stride)
    {
        string input = builder.LastNode, shortcut = input;
        builder
            .Conv2d(maps, 3, stride, padding: 1, bias: false, name: $"{block}.conv1").BatchNorm2d(name: $"{block}.bn1").ReLU($"{block}.relu1")
            .Conv2d(maps, 3, padding: 1, bias: false, name: $"{block}.conv2").BatchNorm2d(name: $"{block}.bn2");
        string end = builder.LastNode;
        if (stride > 1)
        {
            shortcut = $"{block}.shortcut";
            builder
                .After(input).MaxPool2d(1, stride, name: $"{block}.subsample")
                .Pad([maps / 4, 0, 0], [maps / 4, 0, 0], name: shortcut);
        }
        builder.Sum($"{block}.add", end, shortcut).ReLU($"{block}.relu");
    }
}
