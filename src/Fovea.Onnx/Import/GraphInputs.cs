using Fovea.Onnx.Graphs;
using Fovea.Onnx.Passes;
using Fovea.Serialization;

namespace Fovea.Onnx.Import;

/// <summary>What a graph takes, with all sizes: a batch of one image, of the size that the file or the user says.</summary>
internal static class GraphInputs
{
    /// <summary>Tells the graph of its inputs.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="model">The file.</param>
    /// <param name="options">Sizes that the file leaves open.</param>
    /// <param name="single">Whether the first dimension is 1 whatever the file says.</param>
    /// <exception cref="ModelFormatException">A size is not known.</exception>
    public static void Add(ImportGraph graph, OnnxModel model, OnnxImportOptions options, bool single)
    {
        foreach (OnnxValue input in model.Graph.Inputs)
        {
            // Files of before IR 4 repeat initialisers among the inputs.
            if (graph.Constants.ContainsKey(input.Name))
                continue;
            if (options.Bound.TryGetValue(input.Name, out OnnxTensor? value))
            {
                graph.Constants[input.Name] = value;
                continue;
            }
            if (input.ElementType is OnnxElementType.Undefined or OnnxElementType.String or OnnxElementType.Complex64 or OnnxElementType.Complex128)
                throw new ModelFormatException($"input {Printable.Quote(input.Name)} is no tensor of numbers");
            int[] sizes = Sizes(input, options, single);
            graph.Values[input.Name] = new TensorInfo(FloatTypes.Of(input.ElementType), sizes);
            graph.Inputs.Add(input.Name);
        }
        if (options.TakesImages && graph.Inputs.Count == 1)
            PutChannelsFirst(graph);
    }

    private static int[] Sizes(OnnxValue input, OnnxImportOptions options, bool single)
    {
        IReadOnlyList<OnnxDimension> dimensions = input.Dimensions ?? throw new ModelFormatException($"input {Printable.Quote(input.Name)} has no shape in the file");
        var sizes = new int[dimensions.Count];
        // Channels behind height and width are those that are few where the second dimension is not.
        bool last = dimensions.Count == 4 && dimensions[3].Size is 1 or 3 && dimensions[1].Size is not (1 or 3);
        int height = last ? 1 : 2, width = height + 1;
        for (int i = 0; i < sizes.Length; i++)
        {
            long? size = dimensions[i].Size > 0 ? dimensions[i].Size : null;
            if (i == 0 && (single || size is null && options.Batch != OnnxBatch.None))
                size = 1;
            else if (dimensions.Count == 4 && (i == height || i == width) && options.InputSize is { } given)
                size = size is null || size == (i == height ? given.Height : given.Width) ? i == height ? given.Height : given.Width
                    : throw new ModelFormatException($"input {Printable.Quote(input.Name)} takes images of {dimensions[height].Size}×{dimensions[width].Size}, not {given.Height}×{given.Width}");
            sizes[i] = size is > 0 and <= int.MaxValue ? (int)size
                : throw new ModelFormatException($"input {Printable.Quote(input.Name)} leaves dimension {i + 1}{(dimensions[i].Name.Length > 0 ? $" ({Printable.Shorten(dimensions[i].Name, 40)})" : "")} of {dimensions.Count} open{(dimensions.Count == 4 ? "; give the images' size (--input-size)" : "")}");
        }
        return sizes;
    }

    /// <summary>An image (1, H, W, C), as Keras has it, becomes (1, C, H, W) with a transposition behind it, which passes take away.</summary>
    private static void PutChannelsFirst(ImportGraph graph)
    {
        string input = graph.Inputs[0];
        TensorInfo info = graph.Values[input];
        if (info.Dimensions is not [1, > 3, > 3, 1 or 3])
            return;
        string first = graph.NewName($"{input}_nchw");
        graph.Inputs[0] = first;
        graph.Values[first] = info with { Dimensions = [1, info.Dimensions[3], info.Dimensions[1], info.Dimensions[2]] };
        graph.Values.Remove(input);
        graph.ReplaceAll([new OnnxNode("Transpose", [first], [input]) { Attributes = [OnnxAttribute.Of("perm", [0, 2, 3, 1])] }, .. graph.Nodes]);
    }
}
