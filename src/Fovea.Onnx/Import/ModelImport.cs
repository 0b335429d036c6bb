using Fovea.Data;
using Fovea.Networks;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Passes;
using Fovea.Serialization;

namespace Fovea.Onnx.Import;

/// <summary>From a file to a model: the network, the names of its classes, and how images are prepared for it.</summary>
internal static class ModelImport
{
    /// <exception cref="ModelFormatException">The file asks for what is not supported, or does not fit the options.</exception>
    public static Model Run(OnnxModel file, string name, OnnxImportOptions options)
    {
        try
        {
            options = options with { ClassNames = options.ClassNames ?? ModelMetadata.ReadClassNames(file.Metadata) };
            Network network = GraphImport.Run(file, name, options, graph => Finish(graph, options));
            RequireLimits(network, options.Limits ?? new ModelLimits());
            return new Model(network, Names(network, options), Normalize(network, options) ?? Stated(file), Info(file), background: ModelMetadata.ReadBackground(file.Metadata));
        }
        catch (NetworkLimitException error)
        {
            throw new ModelFormatException(error.Message, error) { PassesLimits = true };
        }
        catch (Exception error) when (error is ArgumentException or OverflowException)
        {
            throw new ModelFormatException(error.Message, error);
        }
    }

    /// <summary>Nothing that the network computes has been made so far: a small file may ask for hours, and for more memory than there is.</summary>
    private static void RequireLimits(Network network, ModelLimits limits)
    {
        var cost = new NetworkCost(limits, network.InputShape, network.Parameters.Sum(parameter => (double)parameter.Value.Length));
        foreach (Node node in network.Nodes)
            cost.Add(node.Name, node.Layer, [.. node.Inputs.Select(input => input < 0 ? network.InputShape : network.Nodes[input].OutputShape)], node.OutputShape);
    }

    private static void Finish(ImportGraph graph, OnnxImportOptions options)
    {
        if (options.Channels == OnnxChannels.Bgr)
            ChannelOrder.Reverse(graph);
        OutputEnding.Add(graph, options);
    }

    private static IReadOnlyList<string>? Names(Network network, OnnxImportOptions options)
    {
        if (options.ClassNames is not { } names)
            return null;
        int outputs = network.OutputShape.Rank == 1 ? network.OutputShape.Length : 0;
        return names.Count == outputs ? names
            : throw new ModelFormatException($"there are {names.Count} class names, and the network gives {network.OutputShape}");
    }

    private static Normalization? Normalize(Network network, OnnxImportOptions options)
    {
        if (options.Scale is null && options.Mean is null && options.Deviation is null)
            return null;
        int channels = network.InputShape.IsMaps ? network.InputShape.Channels : 1;
        double scale = options.Scale ?? 1;
        if (!(scale > 0) || !double.IsFinite(scale))
            throw new ModelFormatException($"the scale must be positive, got {scale}");
        return new Normalization(Each(options.Mean ?? [0], channels, options, "mean").Select(mean => mean / scale), Each(options.Deviation ?? [1], channels, options, "deviation").Select(deviation => deviation / scale));
    }

    /// <summary>The normalisation that the file states, unless the graph does it.</summary>
    private static Normalization? Stated(OnnxModel file) =>
        ModelMetadata.IsPreprocessingIncluded(file.Metadata) ? null : ModelMetadata.ReadNormalization(file.Metadata);

    /// <summary>A number a channel in the order red, green, blue.</summary>
    private static IEnumerable<double> Each(IReadOnlyList<double> numbers, int channels, OnnxImportOptions options, string what)
    {
        if (numbers.Count == 1)
            return Enumerable.Repeat(numbers[0], channels);
        if (numbers.Count != channels)
            throw new ModelFormatException($"the {what} has {numbers.Count} numbers for {channels} channels");
        return options.Channels == OnnxChannels.Bgr ? numbers.Reverse() : numbers;
    }

    private static Dictionary<string, string> Info(OnnxModel file)
    {
        Dictionary<string, string> info = ModelMetadata.ReadInfo(file.Metadata);
        if (info.Count > 0)
            return info;
        info["format"] = $"ONNX, operator set {file.Opsets.GetValueOrDefault("")}";
        if (file.Producer.Length > 0)
            info["producer"] = Printable.Shorten($"{file.Producer} {file.ProducerVersion}".Trim(), 100);
        return info;
    }
}
