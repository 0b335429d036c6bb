using Fovea.Onnx.Graphs;
using Fovea.Serialization;

namespace Fovea.Onnx.Passes;

/// <summary>Puts the operations of functions that a file defines in the place of the nodes that call them.</summary>
internal static class FunctionInlining
{
    private const int Deepest = 32;

    /// <summary>The model without functions.</summary>
    /// <exception cref="ModelFormatException">A function calls itself, or a call does not fit it.</exception>
    public static OnnxModel Run(OnnxModel model)
    {
        if (model.Functions.Count == 0)
            return model;
        var nodes = new List<OnnxNode>();
        int calls = 0;
        foreach (OnnxNode node in model.Graph.Nodes)
            Expand(model, node, nodes, ref calls, depth: 0);
        // A function may be written in a newer operator set than the graph that calls it; each operator takes the newest it can.
        var opsets = model.Opsets.ToDictionary();
        foreach ((string domain, long version) in model.Functions.SelectMany(function => function.Opsets))
            opsets[domain] = Math.Max(version, opsets.GetValueOrDefault(domain));
        return model with { Graph = model.Graph with { Nodes = nodes }, Functions = [], Opsets = opsets };
    }

    private static void Expand(OnnxModel model, OnnxNode node, List<OnnxNode> nodes, ref int calls, int depth)
    {
        if (model.Functions.FirstOrDefault(function => function.Domain == node.Domain && function.Name == node.Operator && function.Overload == node.Overload) is not { } own)
        {
            nodes.Add(node);
            return;
        }
        if (depth > Deepest)
            throw new ModelFormatException($"node {node.Label}: functions in one another, more than {Deepest} deep");
        if (node.Inputs.Count > own.Inputs.Count || node.Outputs.Count > own.Outputs.Count)
            throw new ModelFormatException($"node {node.Label}: function {Printable.Quote(own.Name)} has {own.Inputs.Count} inputs and {own.Outputs.Count} outputs, the node {node.Inputs.Count} and {node.Outputs.Count}");
        var bound = own.Defaults.ToDictionary(attribute => attribute.Name);
        foreach (OnnxAttribute attribute in node.Attributes)
            bound[attribute.Name] = own.Attributes.Contains(attribute.Name) || bound.ContainsKey(attribute.Name) ? attribute
                : throw new ModelFormatException($"node {node.Label}: function {Printable.Quote(own.Name)} has no attribute {Printable.Quote(attribute.Name)}");
        string prefix = $"{(node.Name.Length > 0 ? node.Name : own.Name)}.{calls++}.";
        var names = new Dictionary<string, string> { [""] = "" };
        for (int i = 0; i < own.Inputs.Count; i++)
            names[own.Inputs[i]] = i < node.Inputs.Count ? node.Inputs[i] : "";
        for (int i = 0; i < node.Outputs.Count; i++)
            names[own.Outputs[i]] = node.Outputs[i];
        foreach (OnnxNode inner in own.Nodes)
        {
            OnnxNode renamed = inner with
            {
                Name = inner.Name.Length > 0 ? prefix + inner.Name : "",
                Inputs = [.. inner.Inputs.Select(Renamed)],
                Outputs = [.. inner.Outputs.Select(Renamed)],
                Attributes = [.. inner.Attributes.Select(attribute => Bound(attribute, bound)).OfType<OnnxAttribute>()],
            };
            Expand(model, renamed, nodes, ref calls, depth + 1);
        }
        // An output that is an input passes through.
        for (int i = 0; i < node.Outputs.Count; i++)
            if (own.Inputs.Contains(own.Outputs[i]) && node.Outputs[i].Length > 0)
                nodes.Add(new OnnxNode("Identity", [node.Inputs[own.Inputs.ToList().IndexOf(own.Outputs[i])]], [node.Outputs[i]]));

        string Renamed(string name)
        {
            if (!names.TryGetValue(name, out string? found))
                names[name] = found = prefix + name;
            return found;
        }
    }

    /// <summary>The attribute with the call's value; null if the call gives none, so that the operator's default holds.</summary>
    private static OnnxAttribute? Bound(OnnxAttribute attribute, Dictionary<string, OnnxAttribute> bound) =>
        attribute.ReferenceTo.Length == 0 ? attribute
        : bound.TryGetValue(attribute.ReferenceTo, out OnnxAttribute? value) ? value with { Name = attribute.Name, ReferenceTo = "" }
        : null;
}
