using Fovea.Execution.Blocked.Int8;
using Fovea.Execution.Graph;
using Fovea.Layers;

namespace Fovea.Execution.Blocked;

/// <summary>
/// Which groups of a plan run in int8, and who wants a value as bytes and who as floats, from the execution graph and the
/// scheme alone. Without a scheme nobody wants bytes.
/// </summary>
internal sealed class ElementTypes
{
    private readonly ExecutionGraph _graph;
    private readonly HashSet<int> _bytes = [];
    private readonly HashSet<int> _floats = [];

    /// <summary>What poolings read, in whatever type it is.</summary>
    private readonly HashSet<int> _pooled = [];

    /// <summary>What somebody reads who needs whole blocks of channels.</summary>
    private readonly HashSet<int> _blocks = [];

    public ElementTypes(ExecutionGraph graph)
    {
        _graph = graph;
        _floats.Add(graph.Output);
        // From the last to the first, so that all readers of what a group makes have said what they want.
        foreach (FusionGroup group in graph.Groups.Reverse())
            foreach (int value in group.Inputs)
                Want(value, group);
    }

    /// <summary>Whether a group has an operator for bytes and weights for it. An input of another shape than the network's own may make more than a vector of what a linear layer gives.</summary>
    public bool RunsInBytes(FusionGroup group) => _graph.Options.Quantization is { } scheme
        && _graph.Network.Nodes[group.Head] is var head && scheme.WeightScales.ContainsKey(head.Name) && QuantizedConvolutionOperator.Suits(head.Layer, _graph.ShapeOf(group.Head));

    /// <summary>Whether a convolution that runs in bytes does so by Winograd's transform, which makes bytes, too.</summary>
    public bool RunsByWinograd(FusionGroup group) => _graph.Options.Winograd && WritesBytes(group)
        && QuantizedWinogradOperator.Suits(_graph.Network.Nodes[group.Head].Layer, _graph.ShapeOf(group.Inputs[0]));

    /// <summary>Whether a group that can write either writes bytes: what is added is bytes, and stays so.</summary>
    public bool WritesBytes(FusionGroup group) => group.Residual is not null || WantsBytes(group.Last);

    /// <summary>Whether some operator reads the value as bytes.</summary>
    public bool WantsBytes(int value) => _bytes.Contains(value);

    /// <summary>Whether some operator, or the caller, reads the value as floats.</summary>
    public bool WantsFloats(int value) => _floats.Contains(value) || _pooled.Contains(value) && !WantsBytes(value);

    /// <summary>Whether all that reads the value as bytes can take four channels of a pixel side by side: what multiplies with weights can.</summary>
    public bool TakesQuads(int value) => !_blocks.Contains(value);

    private void Want(int value, FusionGroup group)
    {
        bool pools = false, bytes = RunsInBytes(group), floats = !bytes;
        if (_graph.Network.Nodes[group.Head].Layer is MaxPool2d or GlobalAvgPool2d)
            (pools, bytes, floats) = (true, WantsBytes(group.Last), false);
        else if (_graph.Network.Nodes[group.Head].Layer is Flatten)
            (bytes, floats) = (WantsBytes(group.Last), WantsFloats(group.Last));
        if (bytes)
            _bytes.Add(value);
        if (floats)
            _floats.Add(value);
        if (pools)
            _pooled.Add(value);
        if (pools || group.Residual is { } added && _graph.ValueOf(added) == value || !TakesQuads(group.Last) && _graph.Network.Nodes[group.Head].Layer is Flatten)
            _blocks.Add(value);
    }
}
