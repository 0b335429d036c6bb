using Fovea.Onnx.Graphs;
using Fovea.Serialization;

namespace Fovea.Onnx.Passes;

/// <summary>Takes the branch of an If whose condition is known, as exporters write them around sizes.</summary>
internal static class Branches
{
    /// <summary>The branch's nodes, whose values have names of their own, but for those that the If gives.</summary>
    /// <exception cref="ModelFormatException">The condition depends on the image.</exception>
    public static IEnumerable<OnnxNode> Take(ImportGraph graph, OnnxNode node)
    {
        if (graph.Constant(node, 0) is not { ElementType: OnnxElementType.Bool, Count: 1 } condition)
            throw new ModelFormatException($"node {node.Label}: an If whose condition depends on the image is not supported");
        OnnxGraph branch = node.Find(condition.Values<byte>()[0] != 0 ? "then_branch" : "else_branch")?.Graph
            ?? throw new ModelFormatException($"node {node.Label}: the branch that If takes is missing");
        var names = new Dictionary<string, string>();
        foreach (string name in branch.Initializers.Select(tensor => tensor.Name).Concat(branch.Nodes.SelectMany(inner => inner.Outputs)).Where(name => name.Length > 0))
            names[name] = graph.NewName($"{node.Outputs[0]}_{name}");
        foreach (OnnxTensor tensor in branch.Initializers)
            graph.Constants[names[tensor.Name]] = tensor;
        foreach (OnnxNode inner in branch.Nodes)
            yield return inner with { Inputs = [.. inner.Inputs.Select(Renamed)], Outputs = [.. inner.Outputs.Select(Renamed)] };
        for (int i = 0; i < node.Outputs.Count; i++)
            yield return new OnnxNode("Identity", [Renamed(branch.Outputs[i].Name)], [node.Outputs[i]]);

        string Renamed(string name) => names.GetValueOrDefault(name, name);
    }
}
