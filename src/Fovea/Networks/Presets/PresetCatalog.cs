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
        ResNet.ResNet18,
        ResNet.ResNet50,
        MobileNetV2.Preset,
        Vgg11.Preset,
        TextCnn.Preset,
    ];

    /// <summary>The preset of this name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those there are.</exception>
    public static Preset Find(string name) => All.FirstOrDefault(preset => preset.Name == name)
        ?? throw Guard.Unknown("model", name, [.. All.Select(preset => preset.Name)]);

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
}
