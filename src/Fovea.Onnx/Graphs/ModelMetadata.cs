using System.Globalization;
using System.Text;
using System.Text.Json;
using Fovea.Data;
using Fovea.Serialization;

namespace Fovea.Onnx.Graphs;

/// <summary>
/// What a model of Fovea is beyond its network, as the text entries (<c>metadata_props</c>) of an ONNX file, so that a file
/// that went out comes back whole. docs/onnx-export.md lists the keys.
/// </summary>
internal static class ModelMetadata
{
    /// <summary>The names of the classes in the order of the outputs: a JSON array of strings.</summary>
    public const string ClassNames = "fovea.class_names";

    /// <summary>The mean of every channel of pixels in [0, 1], to be subtracted: a JSON array of numbers.</summary>
    public const string Mean = "fovea.mean";

    /// <summary>The deviation of every channel, to be divided by: a JSON array of numbers.</summary>
    public const string Deviation = "fovea.std";

    /// <summary>Whether the graph itself normalises: <c>true</c> or <c>false</c>.</summary>
    public const string Included = "fovea.preprocessing_included";

    /// <summary>Red, green, blue behind transparent pixels: a JSON array of three bytes.</summary>
    public const string Background = "fovea.background";

    /// <summary>The shape of one sample: a JSON array of sizes.</summary>
    public const string InputShape = "fovea.input_shape";

    /// <summary>The order of colours: <c>rgb</c> or <c>grey</c>.</summary>
    public const string Channels = "fovea.channels";

    /// <summary>What a classifier's output is: <c>probabilities</c> or <c>logits</c>.</summary>
    public const string Output = "fovea.output";

    /// <summary>What stands before the keys of <see cref="Model.Info"/>.</summary>
    public const string InfoPrefix = "fovea.info.";

    /// <summary>A list of texts as JSON.</summary>
    public static string Write(IEnumerable<string> texts)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartArray();
            foreach (string text in texts)
                json.WriteStringValue(text);
            json.WriteEndArray();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>A list of numbers as JSON, with all their digits.</summary>
    public static string Write(IEnumerable<double> numbers) => $"[{string.Join(", ", numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture)))}]";

    /// <summary>The names of the classes; null if the file has none.</summary>
    /// <exception cref="ModelFormatException">The entry is no list of texts.</exception>
    public static string[]? ReadClassNames(IReadOnlyDictionary<string, string> metadata) => Read(metadata, ClassNames, "texts", element => element.ValueKind == JsonValueKind.String ? element.GetString() : null);

    /// <summary>How pixels are normalised, whether the graph does it or not; null if the file does not say.</summary>
    /// <exception cref="ModelFormatException">An entry is no list of numbers, or they are no normalisation.</exception>
    public static Normalization? ReadNormalization(IReadOnlyDictionary<string, string> metadata)
    {
        if (ReadNumbers(metadata, Mean) is not { } mean || ReadNumbers(metadata, Deviation) is not { } deviation)
            return null;
        try
        {
            return new Normalization(mean, deviation);
        }
        catch (ArgumentException error)
        {
            throw new ModelFormatException($"metadata {Mean} and {Deviation}: {error.Message}", error);
        }
    }

    /// <summary>Whether the graph itself normalises, so that its input is pixels in [0, 1].</summary>
    public static bool IsPreprocessingIncluded(IReadOnlyDictionary<string, string> metadata) => metadata.TryGetValue(Included, out string? text) && text == "true";

    /// <summary>Red, green, blue behind transparent pixels; null if the file does not say.</summary>
    /// <exception cref="ModelFormatException">The entry is no list of three bytes.</exception>
    public static byte[]? ReadBackground(IReadOnlyDictionary<string, string> metadata)
    {
        if (ReadNumbers(metadata, Background) is not { } numbers)
            return null;
        return numbers.Length == 3 && numbers.All(number => number is >= 0 and <= 255 && number == Math.Floor(number))
            ? [.. numbers.Select(number => (byte)number)]
            : throw new ModelFormatException($"metadata {Background} must be three whole numbers from 0 to 255");
    }

    /// <summary>How the model came about.</summary>
    public static Dictionary<string, string> ReadInfo(IReadOnlyDictionary<string, string> metadata) => metadata
        .Where(entry => entry.Key.StartsWith(InfoPrefix, StringComparison.Ordinal))
        .ToDictionary(entry => entry.Key[InfoPrefix.Length..], entry => entry.Value);

    private static double[]? ReadNumbers(IReadOnlyDictionary<string, string> metadata, string key)
    {
        double?[]? numbers = Read(metadata, key, "numbers", element => element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out double number) ? (double?)number : null);
        return numbers is null ? null : [.. numbers.Select(number => number!.Value)];
    }

    private static T[]? Read<T>(IReadOnlyDictionary<string, string> metadata, string key, string what, Func<JsonElement, T?> read)
    {
        if (!metadata.TryGetValue(key, out string? text))
            return null;
        try
        {
            using JsonDocument json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 2 });
            if (json.RootElement.ValueKind == JsonValueKind.Array)
                return [.. json.RootElement.EnumerateArray().Select(element => read(element) ?? throw new JsonException())];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new ModelFormatException($"metadata {key} must be a JSON array of {what}, got {Printable.Quote(text)}", error);
        }
        throw new ModelFormatException($"metadata {key} must be a JSON array of {what}, got {Printable.Quote(text)}");
    }
}
