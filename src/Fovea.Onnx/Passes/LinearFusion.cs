using Fovea.Onnx.Graphs;

namespace Fovea.Onnx.Passes;

/// <summary>Joins a product with a constant matrix and the sum with a vector behind it to a full connection.</summary>
internal static class LinearFusion
{
    public static bool Run(ImportGraph graph)
    {
        bool changed = false;
        for (int i = 0; i < graph.Nodes.Count; i++)
            if (graph.Nodes[i] is { Domain: "", Operator: "Add" } node && (Join(graph, node, 0, 1) ?? Join(graph, node, 1, 0)) is { } joined)
            {
                graph.Replace(i, joined);
                changed = true;
            }
        return changed;
    }

    private static OnnxNode? Join(ImportGraph graph, OnnxNode node, int input, int constant) =>
        graph.Producer(node.Inputs[input], "MatMul") is { } product && graph.Uses(product.Outputs[0]) == 1
        && graph.Constant(product, 1) is { Rank: 2 } weight && graph.Values.ContainsKey(product.Inputs[0])
        && graph.Constant(node, constant) is { } bias && bias.Count == weight.Dimensions[1] && bias.Rank > 0 && bias.Dimensions[^1] == bias.Count
        && graph.Values[node.Outputs[0]].Rank == graph.Values[product.Outputs[0]].Rank
            ? new OnnxNode(Fused.Linear, [product.Inputs[0], product.Inputs[1], node.Inputs[constant]], node.Outputs) { Name = product.Name.Length > 0 ? product.Name : node.Name, Domain = Fused.Domain }
            : null;
}
