using System.Text.Json;
using Fovea.Data;
using Fovea.Data.Text;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Serialization;

/// <summary>
/// Turns models into JSON and back. What a stranger's JSON asks for is checked before anything is allocated: a
/// parameter is only made if the file holds a tensor of its shape, and what the network takes and computes has limits.
/// </summary>
internal static class Architecture
{
    private const int Version = 1;
    private const int LongestText = 1 << 24;

    public static string Write(Model model)
    {
        Network network = model.Network;
        var json = new ModelJson
        {
            Version = Version,
            Name = network.Name,
            Input = network.InputShape.ToArray(),
            Nodes = [.. network.Nodes.Select((node, index) => Write(network, node, index))],
            Classes = [.. model.ClassNames],
            Mean = [.. model.Normalization.Mean],
            Deviation = [.. model.Normalization.Deviation],
            Background = model.Background is null ? null : [.. model.Background],
            Text = model.Text is { } text ? new TextJson(text.Length, [.. text.Words]) : null,
            Info = new SortedDictionary<string, string>(model.Info.ToDictionary(), StringComparer.Ordinal),
        };
        return JsonSerializer.Serialize(json, MetadataJson.Model);
    }

    /// <summary>The model whose parameters are still zero.</summary>
    /// <exception cref="ModelFormatException">The JSON does not describe a model that fits the tensors.</exception>
    public static Model Read(string text, SafeTensors tensors, ModelLimits? limits = null)
    {
        try
        {
            if (text.Length > LongestText)
                throw new ModelFormatException($"the description of a network may have {LongestText} characters, got {text.Length}");
            (ModelJson json, IReadOnlyList<string> unknown) = ModelJsonReader.Read(text);
            if (json.Version != Version)
                throw new ModelFormatException($"the model is of version {json.Version}, this program reads version {Version}");
            return Read(json, unknown, tensors, limits ?? new ModelLimits());
        }
        catch (NetworkLimitException error)
        {
            throw new ModelFormatException(error.Message, error) { PassesLimits = true };
        }
        catch (Exception error) when (error is JsonException or ArgumentException or FormatException or InvalidOperationException or OverflowException)
        {
            throw new ModelFormatException($"the description of the network does not fit: {Printable.Shorten(error.Message)}", error);
        }
    }

    private static NodeJson Write(Network network, Node node, int index) => new()
    {
        Name = node.Name,
        Layer = node.Layer.GetType().Name,
        With = LayerTable.Write(node.Layer).ToJson(),
        From = node.Inputs.Count == 1 && node.Inputs[0] == index - 1
            ? null
            : [.. node.Inputs.Select(input => input < 0 ? NetworkBuilder.Input : network.Nodes[input].Name)],
    };

    private static Model Read(ModelJson json, IReadOnlyList<string> unknown, SafeTensors tensors, ModelLimits limits)
    {
        if (json.Nodes.Length > ModelLimits.MaxNodes)
            throw new ModelFormatException($"networks of up to {ModelLimits.MaxNodes} nodes are read, got {json.Nodes.Length}");
        if (json.Input.Length > Shape.MaxSampleRank)
            throw new ModelFormatException($"an input has at most {Shape.MaxSampleRank} dimensions, got {json.Input.Length}");
        var input = new Shape(json.Input);
        var builder = new NetworkBuilder(input);
        var cost = new NetworkCost(limits, input, tensors.Tensors.Sum(tensor => (double)tensor.Length));
        foreach (NodeJson node in json.Nodes)
            AddNode(builder, node, tensors, cost);
        Network network = builder.BuildBlank(json.Name);
        return new Model(network, json.Classes, new Normalization(json.Mean, json.Deviation), json.Info, background: json.Background?.Select(value => checked((byte)value)), text: json.Text is { } text ? new TextPreparation(text.Words, text.Length) : null) { UnknownFields = unknown };
    }

    private static void AddNode(NetworkBuilder builder, NodeJson node, SafeTensors tensors, NetworkCost cost)
    {
        string name = Printable.Quote(node.Name);
        try
        {
            Layer layer = LayerTable.Read(node.Layer, new LayerFields(node.With));
            foreach (ParameterSpec spec in layer.Parameters)
                ParameterLoader.Require(tensors, spec.NameIn(node.Name), spec.Shape);
            builder.Add(layer, node.Name, node.From);
            cost.Add(node.Name, layer, builder.LastInputs, builder.Shape);
        }
        catch (Exception error) when (error is ArgumentException and not ShapeException or FormatException or OverflowException)
        {
            throw new ModelFormatException($"node {name}, {Printable.Quote(node.Layer)}: {Printable.Shorten(error.Message)}", error);
        }
    }
}
