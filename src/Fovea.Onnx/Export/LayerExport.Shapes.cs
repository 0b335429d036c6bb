using Fovea.Layers;
using Fovea.Networks;
using Fovea.Onnx.Graphs;
using Fovea.Tensors;

namespace Fovea.Onnx.Export;

/// <summary>What moves, shows, joins or reduces elements along dimensions.</summary>
internal sealed partial class LayerExport
{
    private string Cut(Narrow narrow, Value input)
    {
        if (input.Shape.Rank == 0)
            return input.Name;
        Axis axis = narrow.AxisOf(input.Shape);
        int start = narrow.StartIn(axis);
        return Slice(input.Name, axis.Dimension + 1, start, start + narrow.Length);
    }

    private string Take(Part part, Value input)
    {
        string row = input.Shape.Rank == 1 ? input.Name : InShape(input.Name, new Shape(input.Shape.Length));
        if (part.Shape.Length < input.Shape.Length)
            row = Slice(row, 1, part.Offset, part.Offset + part.Shape.Length);
        return part.Shape.Rank == 1 ? row : InShape(row, part.Shape);
    }

    private string Slice(string value, int axis, int start, int end) =>
        graph.Add("Slice", [value, graph.Longs("starts", start), graph.Longs("ends", end), graph.Longs("axes", axis)]);

    private string Frame(Pad pad, Value input)
    {
        if (pad.Before.Concat(pad.After).All(elements => elements == 0))
            return input.Name;
        string pads = graph.Longs("pads", [0, .. pad.Before.Select(size => (long)size), 0, .. pad.After.Select(size => (long)size)]);
        return pad.Mode switch
        {
            PadMode.Constant => graph.Add("Pad", [input.Name, pads, graph.Number("value", pad.Value)], OnnxAttribute.Of("mode", "constant")),
            PadMode.Reflect => graph.Add("Pad", [input.Name, pads], OnnxAttribute.Of("mode", "reflect")),
            _ => graph.Add("Pad", [input.Name, pads], OnnxAttribute.Of("mode", "edge")),
        };
    }

    private string Reduce(Reduction reduction, Value input)
    {
        bool[] reduced = reduction.ReducedIn(input.Shape);
        long[] axes = [.. reduced.Index().Where(entry => entry.Item).Select(entry => entry.Index + 1L)];
        if (axes.Length == 0)
            return input.Name;
        OnnxAttribute keep = OnnxAttribute.Of("keepdims", reduction.KeepDimensions ? 1L : 0L);
        // Opset 13 made the axes of the sum an input, and only of the sum.
        return reduction is ReduceSum
            ? graph.Add("ReduceSum", [input.Name, graph.Longs("axes", axes)], keep)
            : graph.Add(reduction.GetType().Name, [input.Name], keep, OnnxAttribute.Of("axes", axes));
    }

    private string Join(Concat concat, Value[] inputs)
    {
        if (inputs[0].Shape.Rank == 0)
            inputs = [.. inputs.Select(input => Reshaped(input, new Shape(1)))];
        return graph.Add("Concat", [.. inputs.Select(input => input.Name)], OnnxAttribute.Of("axis", concat.AxisOf(inputs[0].Shape).Dimension + 1L));
    }

    /// <summary>(N, L) word numbers, which come as floats, to (N, D, L).</summary>
    private string LookUp(Node node, Embedding embedding, Value input)
    {
        string numbers = graph.Add("Cast", [Clip(input.Name, 0, embedding.NumEmbeddings - 1)], OnnxAttribute.Of("to", (long)OnnxElementType.Int64));
        return graph.Add("Transpose", [graph.Add("Gather", [graph.Parameter(node.Parameters[0]), numbers])], Ints("perm", 0, 2, 1));
    }
}
