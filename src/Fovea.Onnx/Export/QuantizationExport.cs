using System.Runtime.InteropServices;
using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Onnx.Graphs;

namespace Fovea.Onnx.Export;

/// <summary>
/// Puts QuantizeLinear and DequantizeLinear where an int8 plan rounds: around what it reads and gives as bytes, and around
/// the weights of what runs in bytes. It asks the plan's own description, so that both round in the same places.
/// </summary>
internal sealed class QuantizationExport
{
    private const string Int8 = "int8";

    private readonly Network _network;
    private readonly QuantizationScheme _scheme;
    private readonly GraphBuilder _builder;

    /// <summary>For every node the step that runs it in bytes; null if that runs in floats.</summary>
    private readonly PlanStep?[] _steps;

    private readonly Dictionary<int, Value> _bytes = [];

    public QuantizationExport(Network network, QuantizationScheme scheme, GraphBuilder builder)
    {
        (_network, _scheme, _builder) = (network, scheme, builder);
        _steps = new PlanStep?[network.Nodes.Count];
        Plan plan = network.Compile(new PlanOptions { Quantization = scheme, Threads = 1 });
        foreach (PlanStep step in plan.Describe(new CoreFigures(1, 1, 1)).Steps.Where(step => step.Algorithm.StartsWith(Int8, StringComparison.Ordinal)))
            foreach (string node in step.Nodes)
                _steps[network.IndexOf(node)] = step;
    }

    /// <summary>What a node reads: what bytes stand for, where it reads bytes.</summary>
    public Value Input(int node, int source, Value value)
    {
        // Within a step nothing is rounded; what it begins with, and what is added from outside, are bytes.
        bool inBytes = _steps[node] is { } step && (source < 0 || _steps[source] != step);
        return inBytes ? Bytes(source, value) : value;
    }

    /// <summary>What a node gives: what bytes stand for, where it gives bytes.</summary>
    public Value Output(int node, Value value) =>
        _steps[node] is { } step && step.Nodes[^1] == _network.Nodes[node].Name && step.Layout.StartsWith(Int8, StringComparison.Ordinal) && !KeepsBytes(node)
            ? Bytes(node, value)
            : value;

    /// <summary>A layer's weights and bias as whole numbers with a step for every output; null if it runs in floats.</summary>
    public string[]? Parameters(Node node)
    {
        if (_steps[_network.IndexOf(node.Name)] is not { } step || !IsHead(node.Name, step) || !_scheme.WeightScales.TryGetValue(node.Name, out float[]? steps))
            return null;
        Parameter weight = node.Parameters[0];
        string scale = _builder.Floats($"{weight.Name}_scale", steps, [steps.Length], whole: true);
        string zeros = _builder.Store($"{weight.Name}_zero_point", OnnxElementType.Int8, new byte[steps.Length], [steps.Length]);
        string whole = _builder.Store($"{weight.Name}_quantized", OnnxElementType.Int8, MemoryMarshal.AsBytes<sbyte>(_scheme.WeightsOf(node)), weight.Value.Shape.ToArray());
        string weights = _builder.Add("DequantizeLinear", [whole, scale, zeros], OnnxAttribute.Of("axis", 0L));
        return node.Parameters.Count > 1 ? [weights, Bias(node.Parameters[1], steps, RangeOf(node.Inputs[0]).Scale)] : [weights];
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
        ActivationRange range = RangeOf(node);
        string scale = _builder.Number("scale", range.Scale);
        string zero = _builder.Store(_builder.Local("zero_point"), OnnxElementType.UInt8, [(byte)range.ZeroPoint], []);
        string most = _builder.Store(_builder.Local("most"), OnnxElementType.UInt8, [ActivationRange.Levels], []);
        // Bytes end at 127 here, so that sums of two products fit in 16 bits; those of QuantizeLinear go on to 255.
        string quantized = _builder.Add("Clip", [_builder.Add("QuantizeLinear", [value.Name, scale, zero]), "", most]);
        return _bytes[node] = value with { Name = _builder.Add("DequantizeLinear", [quantized, scale, zero]) };
    }

    private ActivationRange RangeOf(int node)
    {
        while (node >= 0 && KeepsBytes(node))
            node = _network.Nodes[node].Inputs[0];
        return _scheme.Activations[node < 0 ? NetworkBuilder.Input : _network.Nodes[node].Name];
    }

    /// <summary>Whether what a node gives of bytes are the same bytes: some of them, or all in another shape.</summary>
    private bool KeepsBytes(int node) => _network.Nodes[node] switch
    {
        { Layer: MaxPool2d or MaxPool1d } => _steps[node] is not null,
        { Layer: Flatten or Dropout or Dropout2d } => true,
        { Layer: AdaptiveAvgPool2d, Inputs: [var source] } pool => pool.OutputShape == (source < 0 ? _network.InputShape : _network.Nodes[source].OutputShape),
        _ => false,
    };

    private static bool IsHead(string node, PlanStep step) => step.Nodes[0] == node;
}
