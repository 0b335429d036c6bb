using System.Runtime.InteropServices;
using System.Text.Json;
using Fovea.Execution;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Serialization;

/// <summary>
/// How quantised models lie in their files: a layer's weights as bytes (<c>conv1.weight</c>, I8) with the steps that they
/// count (<c>conv1.weight_scale</c>, one an output), what the activations' bytes mean as JSON in the metadata.
/// </summary>
internal static class QuantizedTensors
{
    /// <summary>The key in the metadata that makes a model file a quantised one.</summary>
    public const string Key = "fovea.quantization";

    private const int Version = 1;
    private const string ScaleSuffix = "_scale";

    public static string Describe(QuantizationScheme scheme) => JsonSerializer.Serialize(
        new QuantizationJson
        {
            Version = Version,
            Method = scheme.Method,
            MaxWeight = scheme.MaxWeight,
            Activations = new(scheme.Activations.ToDictionary(pair => pair.Key, pair => new RangeJson(pair.Value.Scale, pair.Value.ZeroPoint)), StringComparer.Ordinal),
        },
        MetadataJson.Quantization);

    public static IReadOnlyList<NamedTensor> Write(Network network, QuantizationScheme scheme)
    {
        var tensors = new List<NamedTensor>();
        foreach (Node node in network.Nodes)
            foreach (Parameter parameter in node.Parameters)
            {
                if (parameter != node.Parameters[0] || !scheme.WeightScales.TryGetValue(node.Name, out float[]? scales))
                {
                    tensors.Add(new NamedTensor(parameter.Name, parameter.Spec.Shape, parameter.Value.Memory));
                    continue;
                }
                tensors.Add(new NamedTensor(parameter.Name, parameter.Spec.Shape, Array.ConvertAll(scheme.WeightsOf(node), step => (float)step)) { AsBytes = true });
                tensors.Add(new NamedTensor(parameter.Name + ScaleSuffix, new Shape(scales.Length), scales));
            }
        return tensors;
    }

    /// <summary>Fills a model's network and gives the model its quantisation; null if the file has none.</summary>
    /// <exception cref="ModelFormatException">The quantisation is not sound.</exception>
    public static Model? Read(Model model, SafeTensors tensors)
    {
        if (!tensors.Metadata.TryGetValue(Key, out string? text))
            return null;
        Dictionary<string, float[]> steps = [];
        foreach (Node node in model.Network.Nodes)
            if (node.Parameters.Count > 0 && tensors.Find(node.Parameters[0].Name) is { Type: ElementType.I8 })
                steps.Add(node.Name, ParameterLoader.Require(tensors, node.Parameters[0].Name + ScaleSuffix, new Shape(node.Parameters[0].Spec.Shape[0])).ToFloats());
        try
        {
            QuantizationJson json = JsonSerializer.Deserialize(text, MetadataJson.Quantization) ?? throw new JsonException("nothing is there");
            if (json.Version != Version)
                throw new ModelFormatException($"the quantisation is of version {json.Version}, this program reads version {Version}");
            var scheme = new QuantizationScheme(
                json.Activations.ToDictionary(pair => pair.Key, pair => pair.Value is { } range ? new ActivationRange(range.Scale, range.Zero) : throw new JsonException("a range is null")),
                steps)
            {
                Method = json.Method,
                MaxWeight = json.MaxWeight,
            };
            var quantized = new Model(model.Network, model.ClassNames, model.Normalization, model.Info, scheme, model.Background) { UnknownFields = model.UnknownFields };
            ParameterLoader.Fill(
                model.Network, tensors, name => name.EndsWith(ScaleSuffix, StringComparison.Ordinal) && steps.Keys.Any(node => name == $"{node}.weight{ScaleSuffix}"), Copy);
            return quantized;
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new ModelFormatException($"the quantisation does not fit: {Printable.Shorten(error.Message)}", error);
        }

        void Copy(StoredTensor tensor, Parameter parameter)
        {
            if (tensor.Type != ElementType.I8)
            {
                tensor.CopyTo(parameter.Value.Span);
                return;
            }
            ReadOnlySpan<sbyte> weights = MemoryMarshal.Cast<byte, sbyte>(tensor.Data.Span);
            if (!steps.TryGetValue(parameter.Name[..^".weight".Length], out float[]? scales))
                throw new ModelFormatException($"tensor {Printable.Quote(parameter.Name)} of bytes needs steps");
            int row = weights.Length / scales.Length;
            Span<float> values = parameter.Value.Span;
            for (int i = 0; i < weights.Length; i++)
                values[i] = weights[i] * scales[i / row];
        }
    }
}
