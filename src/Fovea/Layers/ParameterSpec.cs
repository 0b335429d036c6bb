using Fovea.Initializers;
using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>A parameter that a layer wants.</summary>
/// <param name="Name">PyTorch's name within the layer: <c>weight</c>, <c>bias</c>, <c>running_mean</c>; empty for a parameter that is called as its node.</param>
/// <param name="Shape">PyTorch's shape: (outChannels, inChannels / groups, kernelHeight, kernelWidth).</param>
/// <param name="Initializer">What fills it when the network is made.</param>
/// <param name="FanIn">How many inputs feed one output, for initialisers.</param>
/// <param name="FanOut">How many outputs one input feeds, for initialisers.</param>
/// <param name="Role">What it is to optimisers.</param>
public sealed record ParameterSpec(string Name, Shape Shape, Initializer Initializer, int FanIn, int FanOut, ParameterRole Role)
{
    /// <summary>The full name in a network: <c>conv1.weight</c>.</summary>
    internal string NameIn(string node) => Name.Length == 0 ? node : $"{node}.{Name}";
}

/// <summary>What a parameter is to optimisers and initialisers.</summary>
public enum ParameterRole
{
    /// <summary>Trained, subject to weight decay and to the network's weight initialiser.</summary>
    Weight,

    /// <summary>Trained (biases, scales), no weight decay, keeps its own initialiser.</summary>
    Bias,

    /// <summary>Stored with the model but not trained by gradients: running statistics, fixed centres.</summary>
    Buffer,
}
