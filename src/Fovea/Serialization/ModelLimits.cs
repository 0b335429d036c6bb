using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Serialization;

/// <summary>
/// How much a network from a file may compute for one sample: files of a few hundred bytes can ask for hours. The default
/// lets pass whatever classifies images today; <see cref="None"/> is for files that one trusts.
/// </summary>
public sealed record ModelLimits
{
    /// <summary>No limits on arithmetic and sides.</summary>
    public static ModelLimits None { get; } = new() { MultiplyAdds = double.PositiveInfinity, WindowSums = double.PositiveInfinity, Side = int.MaxValue };

    /// <summary>Multiply-adds for one sample: 2³⁸ unless given, some 60 times ResNet-50's at 224 × 224.</summary>
    public double MultiplyAdds { get; init; } = 1L << 38;

    /// <summary>Numbers that all windows of pooling and response normalisation hold together, for one sample: 2³¹ unless given.</summary>
    public double WindowSums { get; init; } = 1L << 31;

    /// <summary>Height and width of the input: 65,535 unless given, as for image files.</summary>
    public int Side { get; init; } = 65_535;

    /// <exception cref="ModelFormatException">The network passes a limit.</exception>
    internal void Require(Network network)
    {
        if (network.InputShape.IsMaps && Math.Max(network.InputShape.Height, network.InputShape.Width) > Side)
            throw new ModelFormatException($"inputs of up to {Side} pixels a side are read, got {network.InputShape}");
        double multiplyAdds = 0, sums = 0;
        foreach (Node node in network.Nodes)
        {
            Shape[] inputs = [.. node.Inputs.Select(input => input < 0 ? network.InputShape : network.Nodes[input].OutputShape)];
            multiplyAdds += node.Layer.MultiplyAdds(inputs);
            sums += WindowSumsOf(node.Layer, inputs[0], node.OutputShape);
            if (multiplyAdds > MultiplyAdds || sums > WindowSums)
                throw new ModelFormatException(FormattableString.Invariant(
                    $"networks of up to {MultiplyAdds:G3} multiply-adds and {WindowSums:G3} numbers in windows a sample are read; node {ModelFormatException.Quote(node.Name)} passes that ({multiplyAdds:G3} and {sums:G3})"));
        }
    }

    private static double WindowSumsOf(Layer layer, Shape input, Shape output) => layer switch
    {
        Conv2d => 0,
        WindowLayer window => (double)output.Length * window.KernelSize.Height * window.KernelSize.Width,
        AdaptiveAvgPool2d => (double)output.Length * Math.Ceiling(1 + (double)input.Height / output.Height) * Math.Ceiling(1 + (double)input.Width / output.Width),
        LocalResponseNorm norm => (double)output.Length * norm.Size,
        _ => 0,
    };
}
