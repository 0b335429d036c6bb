using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>The networks that come with the library.</summary>
public static class PresetCatalog
{
    /// <summary>All presets, from the simplest on.</summary>
    public static IReadOnlyList<Preset> All { get; } =
    [
        Mlp.Preset,
        LeNet1989.Preset,
        LeNet51998.Preset,
        LeNet5.Preset,
        ConvNetBasic.Preset,
        TinyVgg.Preset,
        MiniVgg.Preset,
        ConvNetNorm.Preset,
        ResNet7.Preset,
        WhiteNet.Narrow,
        WhiteNet.Wide,
        Airbench.Airbench94,
        Airbench.Airbench95,
        Airbench.Airbench96,
        CifarResNet.ResNet20,
        CifarResNet.ResNet32,
        CifarResNet.ResNet44,
        CifarResNet.ResNet56,
        CifarResNet.ResNet110,
        WideResNet.Preset,
        AlexNet.Preset,
        ZfNet.Preset,
        Vgg.Vgg11,
        Vgg.Vgg13,
        Vgg.Vgg16,
        Vgg.Vgg19,
        Vgg.Vgg11Norm,
        Vgg.Vgg13Norm,
        Vgg.Vgg16Norm,
        Vgg.Vgg19Norm,
        GoogLeNet.Preset,
        InceptionV3.Preset,
        ResNet.ResNet18,
        ResNet.ResNet34,
        ResNet.ResNet50,
        ResNet.ResNet101,
        ResNet.ResNet152,
        ResNet.WideResNet50,
        ResNet.ResNext50,
        DenseNet.Preset,
        SqueezeNet.Version10,
        SqueezeNet.Version11,
        MobileNetV2.Preset,
        MobileNetV3.Large,
        MobileNetV3.Small,
        ShuffleNetV2.Preset,
        MnasNet.Preset,
        EfficientNet.Preset,
        RegNet.Preset,
        ConvNeXt.Preset,
        TextCnn.Preset,
    ];

    /// <summary>The preset of this name; case does not matter, nor whether its parts are joined by <c>-</c>, <c>_</c> or <c>.</c>: <c>mobilenet-v2</c>.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those there are.</exception>
    public static Preset Find(string name) => TryFind(name)
        ?? throw Guard.Unknown("model", name, [.. All.Select(preset => preset.Name)]);

    /// <summary>The preset of this name, or null; see <see cref="Find"/>.</summary>
    internal static Preset? TryFind(string name) => All.FirstOrDefault(preset => Plain(preset.Name) == Plain(name));

    /// <summary>Makes the network of a preset with freshly drawn parameters.</summary>
    /// <inheritdoc cref="Preset.Create"/>
    /// <param name="name">The preset's name.</param>
    /// <param name="input">(C, H, W), 1 channel for grey, 3 for colour.</param>
    /// <param name="classes">How many classes, 2 or more.</param>
    /// <param name="seed">Same seed, same parameters.</param>
    public static Network Create(string name, Shape input, int classes, ulong seed = 1) => Find(name).Create(input, classes, seed);

    /// <summary>Makes the network of a preset for parameters from elsewhere, such as a file of torchvision's.</summary>
    /// <inheritdoc cref="Preset.CreateBlank"/>
    /// <param name="name">The preset's name.</param>
    /// <param name="input">(C, H, W), 1 channel for grey, 3 for colour.</param>
    /// <param name="classes">How many classes, 2 or more.</param>
    public static Network CreateBlank(string name, Shape input, int classes) => Find(name).CreateBlank(input, classes);

    private static string Plain(string name) => name.ToLowerInvariant().Replace('-', '_').Replace('.', '_');
}
