using Fovea.Initializers;
using Fovea.Layers;

namespace Fovea.Networks.Presets;

/// <summary>
/// What torchvision's networks start from. Kernels are normal with σ² = 2 / (outChannels · kernelHeight · kernelWidth):
/// He et al. (2015) looking at the fan-out, with PyTorch's fan, which for grouped convolutions counts all groups.
/// </summary>
internal static class FanOutStart
{
    /// <summary>ResNet's: kernels so, everything else as the layers would have it.</summary>
    public static Initializer Convolutions(Layer layer, ParameterSpec spec) => (layer, spec.Role) switch
    {
        (Conv2d conv, ParameterRole.Weight) => new Gaussian(Math.Sqrt(2.0 / ((long)conv.OutChannels * conv.KernelSize.Height * conv.KernelSize.Width))),
        _ => spec.Initializer,
    };

    /// <summary>MobileNetV2's and VGG's: kernels so, the weights of linear layers with σ = 0.01, biases 0.</summary>
    public static Initializer All(Layer layer, ParameterSpec spec) => (layer, spec.Role) switch
    {
        (Linear, ParameterRole.Weight) => new Gaussian(0.01),
        (Conv2d or Linear, ParameterRole.Bias) => new Constant(0),
        _ => Convolutions(layer, spec),
    };
}
