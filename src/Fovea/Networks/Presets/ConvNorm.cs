using Fovea.Layers;

namespace Fovea.Networks.Presets;

/// <summary>What several families are built of, with torchvision's names.</summary>
internal static class ConvNorm
{
    /// <summary>Convolution, batch normalisation and, if there is one, an activation, as parts 0, 1 and 2 of a name.</summary>
    public static NetworkBuilder AddConvNorm(
        this NetworkBuilder builder, string name, int maps, int kernelSize, int stride = 1, int groups = 1,
        Activation? activation = null, double eps = 1e-5, double momentum = 0.1)
    {
        builder
            .Conv2d(maps, kernelSize, stride, padding: kernelSize / 2, groups: groups, bias: false, name: $"{name}.0")
            .BatchNorm2d(eps, momentum, name: $"{name}.1");
        return activation is null ? builder : builder.Add(activation, $"{name}.2");
    }

    /// <summary>
    /// Squeeze and excitation (Hu, Shen and Sun, 2018): each map is multiplied by a gate that two 1×1 convolutions make of
    /// the means of all maps.
    /// </summary>
    public static NetworkBuilder AddSqueezeExcitation(this NetworkBuilder builder, string name, int squeezed, Activation activation, Activation gate)
    {
        string input = builder.LastNode;
        int maps = builder.Shape.Channels;
        return builder
            .GlobalAvgPool2d($"{name}.avgpool")
            .Conv2d(squeezed, 1, name: $"{name}.fc1").Add(activation, $"{name}.activation")
            .Conv2d(maps, 1, name: $"{name}.fc2").Add(gate, $"{name}.scale_activation")
            .Multiply(input, $"{name}.scale_activation", name);
    }

    /// <summary>A width as a multiple of 8 that is not more than a tenth smaller.</summary>
    public static int DivisibleBy8(double width)
    {
        int rounded = Math.Max(8, (int)(width + 4) / 8 * 8);
        return rounded < 0.9 * width ? rounded + 8 : rounded;
    }
}
