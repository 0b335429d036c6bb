using System.Text.Json;

namespace Fovea.Serialization;

/// <summary>
/// Reads the description of a model field by field. The serialiser that writes it would need longer to get ready than a
/// small network for its first prediction.
/// </summary>
internal static class ModelJsonReader
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    private static readonly string[] Known = ["version", "name", "input", "nodes", "classes", "mean", "deviation", "background", "text", "info"];
    private static readonly string[] KnownOfNodes = ["name", "layer", "with", "from"];

    /// <summary>Reads the description, and names the fields in it that this program does not know; those of nodes once for all.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    /// <exception cref="FormatException">A field is missing or of another kind.</exception>
    public static (ModelJson Model, IReadOnlyList<string> Unknown) Read(string text)
    {
        JsonElement json = JsonElement.Parse(text, Options);
        Require(json, "the description", JsonValueKind.Object);
        JsonElement nodes = Field(json, "nodes", JsonValueKind.Array);
        var read = new List<NodeJson>(nodes.GetArrayLength());
        foreach (JsonElement node in nodes.EnumerateArray())
            read.Add(ReadNode(node));
        return (new ModelJson
        {
            Version = Whole(Field(json, "version", JsonValueKind.Number), "version"),
            Name = Field(json, "name", JsonValueKind.String).GetString()!,
            Input = Wholes(json, "input"),
            Nodes = [.. read],
            Classes = Texts(json, "classes"),
            Mean = Reals(json, "mean"),
            Deviation = Reals(json, "deviation"),
            Background = IsThere(json, "background", out _) ? Wholes(json, "background") : null,
            Text = IsThere(json, "text", out JsonElement preparation) ? ReadText(preparation) : null,
            Info = ReadInfo(json),
        }, [.. Unknown(json, Known), .. nodes.EnumerateArray().SelectMany(node => Unknown(node, KnownOfNodes)).Distinct().Select(name => $"nodes.{name}")]);
    }

    private static IEnumerable<string> Unknown(JsonElement json, string[] known)
    {
        foreach (JsonProperty field in json.EnumerateObject())
            if (!known.Contains(field.Name))
                yield return field.Name;
    }

    private static NodeJson ReadNode(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Null)
            throw new FormatException("a node is null");
        Require(json, "a node", JsonValueKind.Object);
        return new NodeJson
        {
            Name = Field(json, "name", JsonValueKind.String).GetString()!,
            Layer = Field(json, "layer", JsonValueKind.String).GetString()!,
            With = IsThere(json, "with", out JsonElement with) ? with : null,
            From = IsThere(json, "from", out _) ? Texts(json, "from") : null,
        };
    }

    private static TextJson ReadText(JsonElement json)
    {
        Require(json, "text", JsonValueKind.Object);
        return new TextJson(Whole(Field(json, "length", JsonValueKind.Number), "text.length"), Texts(json, "words"));
    }

    private static Dictionary<string, string> ReadInfo(JsonElement json)
    {
        var info = new Dictionary<string, string>(StringComparer.Ordinal);
        if (json.TryGetProperty("info", out JsonElement entries))
            foreach (JsonProperty entry in Require(entries, "info", JsonValueKind.Object).EnumerateObject())
                info.Add(entry.Name, Require(entry.Value, "info", JsonValueKind.String).GetString()!);
        return info;
    }

    private static bool IsThere(JsonElement json, string name, out JsonElement value) =>
        json.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private static JsonElement Field(JsonElement json, string name, JsonValueKind kind) =>
        json.TryGetProperty(name, out JsonElement value) ? Require(value, name, kind) : throw new FormatException($"a field '{name}' is needed");

    private static JsonElement Require(JsonElement json, string name, JsonValueKind kind) =>
        json.ValueKind == kind ? json : throw new FormatException($"{name} must be of the kind {kind}, got {json.ValueKind}");

    private static int Whole(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out int value) ? value : throw new FormatException($"{name} must hold whole numbers");

    private static int[] Wholes(JsonElement json, string name)
    {
        JsonElement array = Field(json, name, JsonValueKind.Array);
        var values = new int[array.GetArrayLength()];
        int i = 0;
        foreach (JsonElement value in array.EnumerateArray())
            values[i++] = Whole(value, name);
        return values;
    }

    private static double[] Reals(JsonElement json, string name)
    {
        JsonElement array = Field(json, name, JsonValueKind.Array);
        var values = new double[array.GetArrayLength()];
        int i = 0;
        foreach (JsonElement value in array.EnumerateArray())
            if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out values[i++]))
                throw new FormatException($"{name} must hold numbers");
        return values;
    }

    private static string[] Texts(JsonElement json, string name)
    {
        JsonElement array = Field(json, name, JsonValueKind.Array);
        var values = new string[array.GetArrayLength()];
        int i = 0;
        foreach (JsonElement value in array.EnumerateArray())
            values[i++] = value.ValueKind == JsonValueKind.Null ? throw new FormatException($"{name} must hold texts, got null")
                : Require(value, name, JsonValueKind.String).GetString()!;
        return values;
    }
}
