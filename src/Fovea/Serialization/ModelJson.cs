using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Fovea.Serialization;

/// <summary>What a model file holds beside its tensors: the value of <c>fovea</c> in the metadata.</summary>
internal sealed record ModelJson
{
    /// <summary>The version of this format.</summary>
    public required int Version { get; init; }

    /// <summary>The network's name.</summary>
    public required string Name { get; init; }

    /// <summary>The shape of one input sample.</summary>
    public required int[] Input { get; init; }

    /// <summary>The network's nodes in order.</summary>
    public required NodeJson[] Nodes { get; init; }

    /// <summary>The classes' names in the order of the outputs.</summary>
    public required string[] Classes { get; init; }

    /// <summary>The mean of every channel.</summary>
    public required double[] Mean { get; init; }

    /// <summary>The standard deviation of every channel.</summary>
    public required double[] Deviation { get; init; }

    /// <summary>Red, green, blue behind transparent pixels; null where it is not known.</summary>
    public int[]? Background { get; init; }

    /// <summary>How texts become the input; null where none do.</summary>
    public TextJson? Text { get; init; }

    /// <summary>How the model came about.</summary>
    public IReadOnlyDictionary<string, string> Info { get; init; } = new Dictionary<string, string>();
}

/// <summary>How texts become numbers.</summary>
/// <param name="Length">The words of a text that are read.</param>
/// <param name="Words">The vocabulary.</param>
internal sealed record TextJson(int Length, string[] Words);

/// <summary>One node of a network.</summary>
internal sealed record NodeJson
{
    /// <summary>The name within the network.</summary>
    public required string Name { get; init; }

    /// <summary>The layer's name in the table of layers.</summary>
    public required string Layer { get; init; }

    /// <summary>The layer's hyper-parameters; null for none.</summary>
    public JsonElement? With { get; init; }

    /// <summary>The names of the nodes it takes its inputs from; null for the one before.</summary>
    public string[]? From { get; init; }
}

/// <summary>What a quantised model holds beside its tensors: the value of <c>fovea.quantization</c> in the metadata.</summary>
internal sealed record QuantizationJson
{
    /// <summary>The version of this format.</summary>
    public required int Version { get; init; }

    /// <summary>How the ranges were found.</summary>
    public required string Method { get; init; }

    /// <summary>The largest weight in steps.</summary>
    [JsonPropertyName("mostWeight")]
    public required int MaxWeight { get; init; }

    /// <summary>What the bytes of each activation mean, by its node's name.</summary>
    public required SortedDictionary<string, RangeJson> Activations { get; init; }
}

/// <summary>value = scale · (byte − zero).</summary>
internal sealed record RangeJson(float Scale, int Zero);

/// <summary>What a checkpoint holds beside a model: the value of <c>fovea.checkpoint</c> in the metadata.</summary>
internal sealed record CheckpointJson
{
    /// <summary>The version of this format.</summary>
    public required int Version { get; init; }

    /// <summary>The optimiser's name.</summary>
    public required string Optimizer { get; init; }

    /// <summary>State arrays of every trainable parameter.</summary>
    public required int States { get; init; }

    /// <summary>Steps the optimiser made.</summary>
    public required long OptimizerSteps { get; init; }

    /// <summary>Epochs done.</summary>
    public required int Epoch { get; init; }

    /// <summary>Training steps done.</summary>
    public required long Step { get; init; }

    /// <summary>The run's seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The trainer's own settings and history.</summary>
    public required string Settings { get; init; }

    /// <summary>The width in bits of the vectors that computed it.</summary>
    public int? VectorBits { get; init; }

    /// <summary>Whether the best parameters so far are there too.</summary>
    public required bool Best { get; init; }

    /// <summary>Whether the parameters' moving averages are there too.</summary>
    public bool Averages { get; init; }
}

/// <summary>Reads and writes the metadata without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false,
    MaxDepth = 16)]
[JsonSerializable(typeof(ModelJson))]
[JsonSerializable(typeof(CheckpointJson))]
[JsonSerializable(typeof(QuantizationJson))]
internal sealed partial class ModelJsonContext : JsonSerializerContext;

/// <summary>The form of the metadata: readable, as only what JSON demands is escaped.</summary>
internal static class MetadataJson
{
    private static readonly ModelJsonContext Context =
        new(new JsonSerializerOptions(ModelJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>How a model is described.</summary>
    public static JsonTypeInfo<ModelJson> Model => Context.ModelJson;

    /// <summary>How a quantisation is described.</summary>
    public static JsonTypeInfo<QuantizationJson> Quantization => Context.QuantizationJson;

    /// <summary>How the state of a training is described.</summary>
    public static JsonTypeInfo<CheckpointJson> Checkpoint => Context.CheckpointJson;
}
