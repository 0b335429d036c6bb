using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Networks;

/// <summary>Counts what a network will take and compute while its description is read: from shapes alone, node by node.</summary>
internal sealed class NetworkCost
{
    private readonly ModelLimits _limits;
    private readonly double _maxActivations;
    private double _activations, _multiplyAdds, _windowSums;

    /// <param name="limits">What it may come to.</param>
    /// <param name="input">The network's input.</param>
    /// <param name="numbers">How many numbers the file's tensors have.</param>
    /// <exception cref="NetworkLimitException">The input alone passes a limit.</exception>
    public NetworkCost(ModelLimits limits, Shape input, double numbers)
    {
        if (input.IsMaps && Math.Max(input.Height, input.Width) > limits.Side)
            throw Refused($"inputs of up to {limits.Side} pixels a side are read, got {input}");
        (_limits, _maxActivations) = (limits, limits.ActivationsFor(input, numbers));
        _activations = input.Length;
        RequireActivations("the input", _activations);
    }

    /// <summary>Counts a node.</summary>
    /// <exception cref="NetworkLimitException">With it the network passes a limit.</exception>
    public void Add(string name, Layer layer, Shape[] inputs, Shape output)
    {
        string node = $"node {Printable.Quote(name)}";
        _activations += output.Length;
        RequireActivations(node, _activations);
        if (layer.Lowered is Conv2d convolution)
            RequireActivations($"the padding of {node}", convolution.PaddedLength(inputs[0]));
        if (layer is ConvTranspose2d transposed)
            RequireActivations($"the padding of {node}", transposed.PaddedLength(inputs[0]));
        _multiplyAdds += (layer as ConvTranspose2d)?.SpreadMultiplyAdds(inputs[0]) ?? layer.MultiplyAdds(inputs);
        _windowSums += inputs is [var input, ..] ? WindowSumsOf(layer.Lowered, input, output) : 0;
        if (_multiplyAdds > _limits.MultiplyAdds || _windowSums > _limits.WindowSums)
            throw Refused(FormattableString.Invariant(
                $"networks of up to {_limits.MultiplyAdds:G3} multiply-adds and {_limits.WindowSums:G3} numbers in windows a sample are read; {node} passes that ({_multiplyAdds:G3} and {_windowSums:G3})"));
    }

    private void RequireActivations(string what, double count)
    {
        if (count > _maxActivations)
            throw Refused(FormattableString.Invariant(
                $"a network of these weights and this input is read with up to {_maxActivations:G3} activations a sample; {what} passes that ({count:G3})"));
    }

    private static NetworkLimitException Refused(string message) => new(message);

    private static double WindowSumsOf(Layer layer, Shape input, Shape output) => layer switch
    {
        Conv2d => 0,
        WindowLayer window => (double)output.Length * window.KernelSize.Height * window.KernelSize.Width,
        AdaptiveAvgPool2d => (double)output.Length * Math.Ceiling(1 + (double)input.Height / output.Height) * Math.Ceiling(1 + (double)input.Width / output.Width),
        Reduction => input.Length,
        LocalResponseNorm norm => (double)output.Length * norm.Size,
        _ => 0,
    };
}

/// <summary>A network passes <see cref="ModelLimits"/>; the message says which and by how much.</summary>
internal sealed class NetworkLimitException(string message) : Exception(message);
