using Fovea.Layers;
using Fovea.Networks;
using Fovea.Onnx.Graphs;
using Fovea.Tensors;

namespace Fovea.Onnx.Export;

/// <summary>
/// What every layer is in ONNX's operators of opset 17. A layer without an operator of its own is put together from simple
/// ones. A sample's dimension i is the tensor's dimension i + 1, behind the batch.
/// </summary>
/// <param name="graph">Where nodes and constants go.</param>
internal sealed partial class LayerExport(GraphBuilder graph)
{
    /// <summary>Weight and bias of a layer that runs in bytes; null for one that runs in floats.</summary>
    public Func<Node, string[]?> ByteParameters { get; init; } = _ => null;

    /// <summary>Writes a node of the network.</summary>
    /// <returns>The name of its output.</returns>
    /// <exception cref="NotSupportedException">The layer is of the program's own.</exception>
    public string Write(Node node, Value[] inputs)
    {
        Value input = inputs.FirstOrDefault();
        return node.Layer switch
        {
            Conv2d conv => Convolve(node, conv, input),
            Conv1d conv => Convolve(node, conv, input),
            ConvTranspose2d conv => Convolve(node, conv, input),
            Linear linear => Connect(node, linear, input),
            Embedding embedding => LookUp(node, embedding, input),
            MaxPool2d pool => MaxPool(pool, input),
            MaxPool1d pool => OverRow(input, node.OutputShape, row => MaxPool((MaxPool2d)pool.Lowered, row)),
            AvgPool2d pool => AveragePool(pool, input, pool.CountIncludePad),
            AvgPool1d pool => OverRow(input, node.OutputShape, row => AveragePool((AvgPool2d)pool.Lowered, row, pool.CountIncludePad)),
            SumPool2d pool => SumPool(pool, input),
            Subsample2d pool => Subsample(node, pool, input),
            GlobalAvgPool2d => graph.Add("GlobalAveragePool", [input.Name]),
            AdaptiveAvgPool2d pool => AdaptivePool(pool, input),
            Upsample2d upsample => Enlarge(upsample, input),
            BatchNorm2d norm => Normalize(node, norm, input),
            LayerNorm norm => Normalize(node, norm, input),
            GroupNorm norm => Normalize(node, norm, input),
            InstanceNorm2d norm => Normalize(node, norm, input),
            LocalResponseNorm norm => Normalize(norm, input),
            Dropout or Dropout2d => input.Name,
            Activation activation => Activate(node, activation, input),
            Softmax softmax => Distribute(softmax, input),
            Rbf => Distances(node, input),
            Flatten or Reshape => InShape(input.Name, node.OutputShape),
            Transpose transpose => graph.Add("Transpose", [input.Name], OnnxAttribute.Of("perm", Behind(transpose.Order))),
            Narrow narrow => Cut(narrow, input),
            Part part => Take(part, input),
            Pad pad => Frame(pad, input),
            Reduction reduction => Reduce(reduction, input),
            Concat concat => Join(concat, inputs),
            Arithmetic arithmetic => Combine(arithmetic, inputs, node.OutputShape),
            MatMul => Multiply(inputs[0], inputs[1], node.OutputShape),
            ConstantTensor => graph.Parameter(node.Parameters[0], [1, .. node.OutputShape.ToArray()]),
            _ => throw new NotSupportedException($"node {Printable.Quote(node.Name)} is of {node.Layer.GetType().Name}, which is none of Fovea's own layers, so that its meaning in ONNX is not known; networks of Fovea's own layers can be exported"),
        };
    }

    /// <summary>The same elements in another shape of one sample.</summary>
    public string InShape(string value, Shape shape) =>
        // 0 keeps the batch as it is.
        graph.Add("Reshape", [value, graph.Longs("shape", [0, .. shape.ToArray().Select(size => (long)size)])]);

    /// <summary>Dimensions of a sample as those of a tensor.</summary>
    private static long[] Behind(IReadOnlyList<int> dimensions) => [0, .. dimensions.Select(dimension => dimension + 1L)];

    private static OnnxAttribute Ints(string name, params long[] values) => OnnxAttribute.Of(name, values);
}
