using Fovea.Layers;
using Fovea.Networks;
using Fovea.Onnx.Graphs;
using Fovea.Tensors;

namespace Fovea.Onnx.Export;

/// <summary>Normalisations.</summary>
internal sealed partial class LayerExport
{
    private string Normalize(Node node, BatchNorm2d norm, Value input)
    {
        IReadOnlyList<Parameter> parameters = node.Parameters;
        (string weight, string bias) = WeightAndBias(node, norm.NumFeatures);
        return graph.Add("BatchNormalization", [input.Name, weight, bias, graph.Parameter(parameters[^2]), graph.Parameter(parameters[^1])],
            OnnxAttribute.Of("epsilon", (float)norm.Eps));
    }

    private string Normalize(Node node, LayerNorm norm, Value input)
    {
        int[] sizes = [.. norm.NormalizedShape];
        (string weight, string bias) = WeightAndBias(node, sizes);
        return graph.Add("LayerNormalization", [input.Name, weight, bias],
            OnnxAttribute.Of("axis", -(long)sizes.Length), OnnxAttribute.Of("epsilon", (float)norm.Eps));
    }

    private string Normalize(Node node, InstanceNorm2d norm, Value input)
    {
        (string weight, string bias) = WeightAndBias(node, norm.NumFeatures);
        return graph.Add("InstanceNormalization", [input.Name, weight, bias], OnnxAttribute.Of("epsilon", (float)norm.Eps));
    }

    /// <summary>Groups are the instances of a tensor whose channels they are; opset 17 knows no other way.</summary>
    private string Normalize(Node node, GroupNorm norm, Value input)
    {
        string groups = InShape(input.Name, new Shape(norm.NumGroups, input.Shape.Length / norm.NumGroups));
        string ones = Filled("ones", 1, norm.NumGroups), zeros = Filled("zeros", 0, norm.NumGroups);
        string normalized = graph.Add("InstanceNormalization", [groups, ones, zeros], OnnxAttribute.Of("epsilon", (float)norm.Eps));
        string value = InShape(normalized, input.Shape);
        if (!norm.Affine)
            return value;
        int[] channels = PerChannel(input.Shape);
        return graph.Add("Add", [graph.Add("Mul", [value, graph.Parameter(node.Parameters[0], channels)]), graph.Parameter(node.Parameters[1], channels)]);
    }

    /// <summary>An even number of neighbours reaches further down here and further up in ONNX, so there the sum is a convolution with a band of ones.</summary>
    private string Normalize(LocalResponseNorm norm, Value input)
    {
        if (norm.Size % 2 == 1)
            return graph.Add("LRN", [input.Name], OnnxAttribute.Of("size", (long)norm.Size), OnnxAttribute.Of("alpha", (float)norm.Alpha), OnnxAttribute.Of("beta", (float)norm.Beta), OnnxAttribute.Of("bias", (float)norm.K));
        int channels = input.Shape.Channels;
        var band = new float[checked(channels * channels)];
        for (int c = 0; c < channels; c++)
            for (int other = Math.Max(0, c - norm.Size / 2); other < Math.Min(channels, c - norm.Size / 2 + norm.Size); other++)
                band[c * channels + other] = (float)(norm.Alpha / norm.Size);
        string squares = graph.Add("Mul", [input.Name, input.Name]);
        string sums = graph.Add("Conv", [squares, graph.Floats("band", band, [channels, channels, 1, 1]), Filled("k", (float)norm.K, channels)], Ints("kernel_shape", 1, 1));
        return graph.Add("Div", [input.Name, graph.Add("Pow", [sums, graph.Number("beta", norm.Beta)])]);
    }

    /// <summary>The two parameters that an affine layer begins with, ones and zeros for others.</summary>
    private (string Weight, string Bias) WeightAndBias(Node node, params int[] sizes) =>
        node.Parameters.Count > 0 && node.Parameters[0].Spec.Name == "weight"
            ? (graph.Parameter(node.Parameters[0]), graph.Parameter(node.Parameters[1]))
            : (Filled("ones", 1, sizes), Filled("zeros", 0, sizes));

    private string Filled(string name, float value, params int[] sizes)
    {
        var values = new float[sizes.Aggregate((product, size) => product * size)];
        Array.Fill(values, value);
        return graph.Floats(name, values, sizes);
    }

    /// <summary>The dimensions of one number a channel, to be repeated over the rest of a sample.</summary>
    private static int[] PerChannel(Shape shape) => [shape.Channels, .. Enumerable.Repeat(1, shape.Rank - 1)];
}
