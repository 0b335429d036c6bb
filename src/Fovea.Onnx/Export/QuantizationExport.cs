using System.Runtime.InteropServices;
using Fovea.Execution;
using Fovea.Execution.Blocked;
using Fovea.Execution.Graph;
using Fovea.Execution.Quantized;
using Fovea.Networks;
using Fovea.Onnx.Graphs;

namespace Fovea.Onnx.Export;

/// <summary>
/// Puts QuantizeLinear and DequantizeLinear where an int8 plan rounds: around what it reads and gives as bytes, and around
/// the weights of what runs in bytes. It asks the plan's own graph, so that both round in the same places.
/// </summary>
internal sealed class QuantizationExport
{
    private readonly Network _network;
    private readonly QuantizationScheme _scheme;
    private readonly GraphBuilder _builder;
    private readonly QuantizedGraph _plan;
    private readonly Dictionary<int, FusionGroup> _groups = [];
    private readonly HashSet<int> _heads;
    private readonly Dictionary<int, Value> _bytes = [];
    private readonly Dictionary<int, ActivationRange> _ranges = [];

    public QuantizationExport(Network network, QuantizationScheme scheme, GraphBuilder builder)
    {
        (_network, _scheme, _builder) = (network, scheme, builder);
        var options = new PlanOptions { Quantization = scheme, Threads = 1 };
        _plan = new QuantizedGraph(QuantizedGraph.Partition(network, options, network.InputShape), scheme, new BlockedContext { Options = options });
        foreach (FusionGroup group in _plan.Graph.Groups)
            foreach (int node in group.Nodes)
                _groups[node] = group;
        _heads = [.. _plan.Operators.Where(op => op.Group is not null && op is not FloatOperator).Select(op => op.Group!.Head)];
    }

    /// <summary>The network's input, whose bytes an image has from the beginning.</summary>
    public void AddInput(Value input)
    {
        if (_plan.Image is not null)
            Bytes(ExecutionGraph.Input, input);
    }

    /// <summary>What a node reads: what the bytes stand for, where it reads bytes.</summary>
    public Value Input(int node, int source, Value value)
    {
        FusionGroup group = _groups[node];
        bool inBytes = _heads.Contains(group.Head) && (node == group.Head || source == group.Residual);
        return inBytes || IsPassedThrough(node) && _bytes.ContainsKey(source) ? Bytes(source, value) : value;
    }

    /// <summary>What a node gives: what the bytes stand for, where it gives bytes.</summary>
    public Value Output(int node, Value value)
    {
        FusionGroup group = _groups[node];
        if (node != group.Last || !_plan.IsInt8(node))
            return value;
        int source = _network.Nodes[group.Head].Inputs is [var first, ..] ? first : node;
        if (_heads.Contains(group.Head) && group.Head == node && _network.Nodes[node].Layer is Layers.MaxPool2d or Layers.MaxPool1d || IsPassedThrough(node) && _bytes.ContainsKey(source))
        {
            // The largest byte, and what is only reshaped, is a byte already.
            _ranges[node] = _ranges[source];
            return _bytes[node] = value;
        }
        return _heads.Contains(group.Head) ? Bytes(node, value) : value;
    }

    /// <summary>A layer's weights and bias as whole numbers with a step for every output; null if it runs in floats.</summary>
    public string[]? Parameters(Node node)
    {
        if (!_heads.Contains(_network.IndexOf(node.Name)) || !_scheme.WeightScales.TryGetValue(node.Name, out float[]? steps))
            return null;
        Parameter weight = node.Parameters[0];
        string scale = _builder.Floats($"{weight.Name}_scale", steps, [steps.Length], whole: true);
        string zeros = _builder.Store($"{weight.Name}_zero_point", OnnxElementType.Int8, new byte[steps.Length], [steps.Length]);
        string whole = _builder.Store($"{weight.Name}_quantized", OnnxElementType.Int8, MemoryMarshal.AsBytes<sbyte>(_scheme.WeightsOf(node)), weight.Value.Shape.ToArray());
        string weights = _builder.Add("DequantizeLinear", [whole, scale, zeros], OnnxAttribute.Of("axis", 0L));
        return node.Parameters.Count > 1 ? [weights, Bias(node.Parameters[1], steps, _ranges[node.Inputs[0]].Scale)] : [weights];
    }

    /// <summary>In steps of the sums that it is added to, as runtimes want it; in floats where that is finer than their numbers go.</summary>
    private string Bias(Parameter bias, float[] steps, float input)
    {
        float[] scales = [.. steps.Select(step => step * input)];
        double[] whole = [.. scales.Select((scale, o) => Math.Round((double)bias.Value.Values[o] / scale))];
        if (Array.Exists(whole, value => !(Math.Abs(value) < int.MaxValue)))
            return _builder.Parameter(bias);
        string scale = _builder.Floats($"{bias.Name}_scale", scales, [scales.Length], whole: true);
        int[] values = [.. whole.Select(value => (int)value)];
        string quantized = _builder.Store($"{bias.Name}_quantized", OnnxElementType.Int32, MemoryMarshal.AsBytes<int>(values), [values.Length]);
        return _builder.Add("DequantizeLinear", [quantized, scale], OnnxAttribute.Of("axis", 0L));
    }

    /// <summary>A value rounded to bytes and back, once for all readers.</summary>
    private Value Bytes(int node, Value value)
    {
        if (_bytes.TryGetValue(node, out Value known))
            return known;
        ActivationRange range = _ranges[node] = _scheme.RangeOf(_plan.Graph.NameOf(node));
        string scale = _builder.Number("scale", range.Scale);
        string zero = _builder.Store(_builder.Local("zero_point"), OnnxElementType.UInt8, [(byte)range.ZeroPoint], []);
        string most = _builder.Store(_builder.Local("most"), OnnxElementType.UInt8, [ActivationRange.Levels], []);
        // Bytes end at 127 here, so that sums of two products fit in 16 bits; those of QuantizeLinear go on to 255.
        string quantized = _builder.Add("Clip", [_builder.Add("QuantizeLinear", [value.Name, scale, zero]), "", most]);
        return _bytes[node] = value with { Name = _builder.Add("DequantizeLinear", [quantized, scale, zero]) };
    }

    private bool IsPassedThrough(int node) => !_heads.Contains(_groups[node].Head)
        && _plan.IsInt8(node) && _network.Nodes[node] is { Inputs: [var source], Layer: var layer }
        && (layer is Layers.Flatten or Layers.Dropout or Layers.Dropout2d || layer is Layers.AdaptiveAvgPool2d && _plan.Graph.ShapeOf(source) == _plan.Graph.ShapeOf(node));
}
