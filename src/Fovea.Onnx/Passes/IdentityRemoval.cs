using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Passes;

/// <summary>Takes out what changes nothing where a network is used: Identity, Dropout, casts among float types, shapes that stay, sums with zero.</summary>
internal static class IdentityRemoval
{
    public static bool Run(ImportGraph graph)
    {
        bool changed = false;
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            OnnxNode node = graph.Nodes[i];
            if (node.Domain.Length > 0 || node.Inputs.Count == 0 || node.Outputs.Skip(1).Any(output => graph.Uses(output) > 0) || Kept(graph, node) is not { } kept)
                continue;
            string output = node.Outputs[0];
            if (graph.Uses(output) > (graph.Outputs.Contains(output) ? 1 : 0))
            {
                graph.Redirect(output, kept);
                changed = true;
            }
            // The graph's output keeps its name: what made the input makes the output.
            if (graph.Outputs.Contains(output) && node.Operator != "Identity")
            {
                graph.Replace(i, new OnnxNode("Identity", [kept], [output]) { Name = node.Name });
                changed = true;
            }
        }
        return changed;
    }

    /// <summary>The input whose elements and sizes the output has; null if it has others.</summary>
    private static string? Kept(ImportGraph graph, OnnxNode node)
    {
        string input = node.Inputs[0];
        return node.Operator switch
        {
            "Identity" => input,
            "Dropout" when !IsTraining(graph, node) => input,
            "Cast" or "CastLike" when Type(graph, input).IsFloat() && Type(graph, node.Outputs[0]).IsFloat() => input,
            "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze" or "Expand" or "Tile" or "Slice" or "Pad" or "Resize" or "Upsample" when SameSizes(graph, node) && KeepsElements(graph, node) => input,
            "Transpose" when ShapeRules.Permutation(node, graph.Info(node, input).Rank) is var order && order.SequenceEqual(order.Order()) => input,
            "Concat" or "Sum" or "Max" or "Min" or "Mean" when node.Inputs.Count == 1 => input,
            "Add" when IsAll(graph, node, 1, 0) && SameSizes(graph, node) => input,
            "Sub" when IsAll(graph, node, 1, 0) && SameSizes(graph, node) => input,
            "Mul" or "Div" or "Pow" when IsAll(graph, node, 1, 1) && SameSizes(graph, node) => input,
            _ => null,
        };
    }

    private static bool IsTraining(ImportGraph graph, OnnxNode node) => node.Inputs.Count > 2 && node.Inputs[2].Length > 0
        && (graph.Constant(node, 2) is not { ElementType: OnnxElementType.Bool, Count: 1 } training || training.Values<byte>()[0] != 0);

    private static bool SameSizes(ImportGraph graph, OnnxNode node) =>
        graph.Info(node, node.Inputs[0]) is var from && graph.Info(node, node.Outputs[0]) is var to && from.ElementType == to.ElementType && from.Dimensions.AsSpan().SequenceEqual(to.Dimensions);

    /// <summary>Some operators can move elements in a shape that stays; a step backwards, a frame that is cut off elsewhere, pixels between pixels.</summary>
    private static bool KeepsElements(ImportGraph graph, OnnxNode node) => node.Operator switch
    {
        "Slice" => graph.Constant(node, 4) is not { } steps || Elements.ToLongs(steps).All(step => step > 0),
        "Pad" => (graph.Constant(node, 1) is { } pads ? Elements.ToLongs(pads) : node.Find("pads")?.Ints)?.All(size => size == 0) == true,
        "Resize" => node.Find("coordinate_transformation_mode")?.String is null or "half_pixel" or "asymmetric" or "align_corners" or "pytorch_half_pixel",
        _ => true,
    };

    private static bool IsAll(ImportGraph graph, OnnxNode node, int input, double value) =>
        graph.Constant(node, input) is { } constant && constant.ElementType.IsFloat() && constant.Count is > 0 and <= 1 << 16 && Elements.ToDoubles(constant).All(number => number == value);

    private static OnnxElementType Type(ImportGraph graph, string value) => graph.Constants.TryGetValue(value, out OnnxTensor? constant)
        ? constant.ElementType
        : graph.Values.GetValueOrDefault(value)?.ElementType ?? OnnxElementType.Undefined;
}
