using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Passes;

/// <summary>Takes into a convolution what exporters write beside it: a bias that is added, a factor a channel, a frame of zeros.</summary>
internal static class ConvolutionFusion
{
    public static bool Run(ImportGraph graph)
    {
        bool changed = false;
        for (int i = 0; i < graph.Nodes.Count; i++)
            if (graph.Nodes[i].Domain.Length == 0 && Fuse(graph, graph.Nodes[i]) is { } fused)
            {
                graph.Replace(i, fused);
                changed = true;
            }
        return changed;
    }

    private static OnnxNode? Fuse(ImportGraph graph, OnnxNode node) => node.Operator switch
    {
        "Add" => Affine(graph, node, 0, 1, number => (1, number)) ?? Affine(graph, node, 1, 0, number => (1, number)),
        "Sub" => Affine(graph, node, 0, 1, number => (1, -number)),
        "Mul" => Affine(graph, node, 0, 1, number => (number, 0)) ?? Affine(graph, node, 1, 0, number => (number, 0)),
        "Div" => Affine(graph, node, 0, 1, number => (1 / number, 0)),
        "Conv" => Frame(graph, node),
        _ => null,
    };

    /// <summary>The convolution whose outputs are scaled and shifted, channel by channel.</summary>
    private static OnnxNode? Affine(ImportGraph graph, OnnxNode node, int input, int constant, Func<double, (double Factor, double Shift)> change)
    {
        if (graph.Producer(node.Inputs[input], "Conv") is not { } conv || graph.Uses(conv.Outputs[0]) != 1 || graph.Constant(conv, 1) is not { } weight || graph.Constant(node, constant) is not { } numbers
            || conv.Inputs.Count > 2 && conv.Inputs[2].Length > 0 && graph.Constant(conv, 2) is null || !numbers.ElementType.IsFloat())
            return null;
        int channels = weight.Dimensions[0], rank = weight.Rank;
        // (C, 1, 1) or (1, C, 1, 1), or a number.
        if (numbers.Count != 1 && (numbers.Count != channels || numbers.Rank < rank - 1 || numbers.Rank > rank || numbers.Dimensions[numbers.Rank - rank + 1] != channels) || numbers.Rank > rank)
            return null;
        double[] values = Elements.ToDoubles(numbers);
        float[] kernels = FloatCopy.Of(weight), bias = graph.Constant(conv, 2) is { } given ? FloatCopy.Of(given) : new float[channels];
        int length = channels == 0 ? 0 : kernels.Length / channels;
        bool scales = false;
        for (int c = 0; c < channels; c++)
        {
            (double factor, double shift) = change(values[values.Length == 1 ? 0 : c]);
            if (!double.IsFinite(factor))
                return null;
            bias[c] = (float)(bias[c] * factor + shift);
            if (factor == 1)
                continue;
            scales = true;
            foreach (ref float value in kernels.AsSpan(c * length, length))
                value = (float)(value * factor);
        }
        string kernelName = scales ? graph.AddConstant(conv.Inputs[1], FloatTensor.Of(weight.Dimensions, kernels)) : conv.Inputs[1];
        string biasName = graph.AddConstant(conv.Inputs.Count > 2 && conv.Inputs[2].Length > 0 ? conv.Inputs[2] : $"{conv.Outputs[0]}_bias", FloatTensor.Of([channels], bias));
        return conv with { Inputs = [conv.Inputs[0], kernelName, biasName], Outputs = node.Outputs };
    }

    /// <summary>The convolution with the frame of zeros that is put around its input before.</summary>
    private static OnnxNode? Frame(ImportGraph graph, OnnxNode conv)
    {
        if (graph.Producer(conv.Inputs[0], "Pad") is not { } pad || pad.Find("mode")?.String is not (null or "constant") || conv.Find("auto_pad")?.String is not (null or "NOTSET" or "VALID")
            || pad.Inputs.Count > 3 && pad.Inputs[3].Length > 0)
            return null;
        int rank = graph.Info(conv, conv.Inputs[0]).Rank;
        long[]? sizes = pad.Inputs.Count > 1 ? graph.Constant(pad, 1) is { } given ? Elements.ToLongs(given) : null : pad.Find("pads")?.Ints.ToArray();
        double? value = pad.Inputs.Count > 2 && pad.Inputs[2].Length > 0 ? Scalars.Of(graph, pad, 2) : pad.Find("value")?.Float ?? 0;
        if (sizes?.Length != 2 * rank || value != 0 || sizes.Any(size => size is < 0 or > 1 << 20) || sizes[0] != 0 || sizes[1] != 0 || sizes[rank] != 0 || sizes[rank + 1] != 0)
            return null;
        long[] own = conv.Find("auto_pad")?.String != "VALID" && conv.Find("pads")?.Ints is { } pads ? [.. pads] : new long[2 * (rank - 2)];
        if (own.Length != 2 * (rank - 2))
            return null;
        for (int axis = 0; axis < rank - 2; axis++)
        {
            own[axis] += sizes[axis + 2];
            own[axis + rank - 2] += sizes[axis + 2 + rank];
        }
        return conv with
        {
            Inputs = [pad.Inputs[0], .. conv.Inputs.Skip(1)],
            Attributes = [.. conv.Attributes.Where(attribute => attribute.Name is not ("pads" or "auto_pad")), OnnxAttribute.Of("pads", own)],
        };
    }
}
