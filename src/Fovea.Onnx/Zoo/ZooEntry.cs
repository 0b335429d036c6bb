using Fovea.Networks.Presets;
using Fovea.Tensors;

namespace Fovea.Onnx.Zoo;

/// <summary>A network of the zoo: where it was published, what it costs, and where weights come from.</summary>
public sealed record ZooEntry
{
    /// <summary>The name in commands: <c>resnet18</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Those that belong together: <c>ResNet</c>.</summary>
    public required string Family { get; init; }

    /// <summary>The year of the paper.</summary>
    public required int Year { get; init; }

    /// <summary>Authors and title.</summary>
    public required string Paper { get; init; }

    /// <summary>Where the paper is.</summary>
    public required Uri Link { get; init; }

    /// <summary>(C, H, W) that it was made for.</summary>
    public required Shape InputShape { get; init; }

    /// <summary>Numbers that training learns, for as many classes as the paper has: 1000 for ImageNet's, 10 for digits and CIFAR-10; none for a network without its last layer.</summary>
    public required long Parameters { get; init; }

    /// <summary>Multiply-adds of its convolutions and fully connected layers for one image.</summary>
    public required long MultiplyAdds { get; init; }

    /// <summary>The preset that makes it, by the same name; null for one that comes as a file alone.</summary>
    public Preset? Preset { get; init; }

    /// <summary>Weights that are published; null if there are none.</summary>
    public ZooWeights? Weights { get; init; }
}
