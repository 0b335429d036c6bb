using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fovea.Layers;

/// <summary>
/// The hyper-parameters of one layer by name, on their way into a file or out of it. One function of a layer serves both
/// ways: each call hands in the layer's value (null when reading) and gets back what to construct with, which is that value
/// when writing and the file's when reading. Values equal to their fallback are left out; without a fallback a file must have
/// the field. All throw <see cref="FormatException"/> for a field that is missing or of the wrong kind.
/// </summary>
public sealed class LayerFields
{
    // A stranger's window must not make the arithmetic of its geometry overflow.
    private const int LargestWindow = 16_384;

    private readonly Dictionary<string, JsonElement>? _read;
    private readonly List<LayerField>? _listed;
    private readonly List<(string Name, JsonNode Json, string Text)> _written = [];

    /// <summary>Fields to be written.</summary>
    internal LayerFields()
    {
    }

    /// <summary>Fields to be read from a JSON object.</summary>
    /// <exception cref="FormatException">It is no object.</exception>
    internal LayerFields(JsonElement? json) => _read = json switch
    {
        null => [],
        { ValueKind: JsonValueKind.Object } fields => fields.EnumerateObject().ToDictionary(field => field.Name, field => field.Value),
        _ => throw new FormatException("hyper-parameters must be an object"),
    };

    private LayerFields(List<LayerField> listed) => _listed = listed;

    /// <summary>The fields that a line asks for, in its order, without any values.</summary>
    internal static IReadOnlyList<LayerField> List(Func<LayerFields, Layer> bind)
    {
        List<LayerField> listed = [];
        try
        {
            _ = bind(new LayerFields(listed));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Most layers refuse the zeros that they get here, but only once all fields were asked for.
        }
        return listed;
    }

    /// <summary>What was written, name by name.</summary>
    internal IEnumerable<(string Name, JsonNode Json)> Written => _written.Select(entry => (entry.Name, entry.Json));

    /// <summary>What was written: C#'s named arguments, <c>inChannels: 1, outChannels: 6, kernelSize: 5</c>.</summary>
    internal string Words => string.Join(", ", _written.Select(entry => $"{entry.Name}: {entry.Text}"));

    /// <summary>What was written, as a JSON object; null if there is nothing.</summary>
    internal JsonElement? ToJson()
    {
        if (_written.Count == 0)
            return null;
        var fields = new JsonObject(_written.Select(entry => KeyValuePair.Create<string, JsonNode?>(entry.Name, entry.Json)));
        return JsonElement.Parse(fields.ToJsonString());
    }

    /// <summary>A whole number.</summary>
    public int Int(string name, int? value, int? fallback = null) =>
        Field(FieldKind.Int, name, value, fallback, v => v, v => v.ToString(CultureInfo.InvariantCulture),
            json => json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out int number) ? number : throw Unfit(name, "a whole number"));

    /// <summary>A number; doubles keep all their bits.</summary>
    public double Double(string name, double? value, double? fallback = null) =>
        Field(FieldKind.Double, name, value, fallback, v => v, v => v.ToString(CultureInfo.InvariantCulture),
            json => json.ValueKind == JsonValueKind.Number && json.TryGetDouble(out double number) ? number : throw Unfit(name, "a number"));

    /// <summary>Yes or no.</summary>
    public bool Flag(string name, bool? value, bool fallback) =>
        Field(FieldKind.Flag, name, value, fallback, v => v, v => v ? "true" : "false",
            json => json.ValueKind is JsonValueKind.True or JsonValueKind.False ? json.GetBoolean() : throw Unfit(name, "true or false"));

    /// <summary>One number, or height and width.</summary>
    public Size2 Size(string name, Size2? value, Size2? fallback = null) =>
        Field(FieldKind.Size, name, value, fallback,
            v => v.Height == v.Width ? v.Height : new JsonArray(v.Height, v.Width),
            v => v.ToString(),
            json => Pixels(name, json) is var sizes && sizes.Length == 2 ? new Size2(sizes[0], sizes[1])
                : sizes.Length == 1 ? sizes[0]
                : throw Unfit(name, "one or two sizes"));

    /// <summary>One number, the four sides (top, left, bottom, right), or "same".</summary>
    public Padding Padding(string name, Padding? value) =>
        Field(FieldKind.Padding, name, value, default(Padding),
            v => v.IsSame ? "same"
                : v.Top == v.Left && v.Top == v.Bottom && v.Top == v.Right ? v.Top
                : new JsonArray(v.Top, v.Left, v.Bottom, v.Right),
            v => v.ToString(),
            json => json.ValueKind == JsonValueKind.String && json.GetString() == "same" ? Layers.Padding.Same
                : Pixels(name, json) is var sides && sides.Length == 4 ? new Padding { Top = sides[0], Left = sides[1], Bottom = sides[2], Right = sides[3] }
                : sides.Length == 1 ? sides[0]
                : throw Unfit(name, "one or four sizes, or \"same\""));

    /// <summary>Whole numbers in a row.</summary>
    public int[] Ints(string name, IReadOnlyList<int>? value, IReadOnlyList<int>? fallback = null) =>
        Field(FieldKind.Ints, name, value is null ? null : new IntRow(value), fallback is null ? null : new IntRow(fallback), v => Row(v.Numbers!), v => $"[{string.Join(", ", v.Numbers!)}]",
            json => new IntRow(Numbers(name, json))).Numbers?.ToArray() ?? [];

    /// <summary>The sizes of a tensor; none are a single number.</summary>
    public Tensors.Shape Shape(string name, Tensors.Shape? value) =>
        Field(FieldKind.Shape, name, value, null, v => Row(v.ToArray()), v => $"new Shape({string.Join(", ", v.ToArray())})",
            json => Numbers(name, json) is var sizes && sizes.Length <= Tensors.Shape.MaxSampleRank ? new Tensors.Shape(sizes) : throw Unfit(name, $"up to {Tensors.Shape.MaxSampleRank} sizes"));

    /// <summary>One of an enumeration's names, in small letters.</summary>
    public T Choice<T>(string name, T? value, T? fallback = null)
        where T : struct, Enum =>
        Field(FieldKind.Choice, name, value, fallback, v => NameOf(v), v => $"{typeof(T).Name}.{v}",
            json => json.ValueKind == JsonValueKind.String && Array.Find(Enum.GetValues<T>(), choice => NameOf(choice) == json.GetString()) is var found && NameOf(found) == json.GetString()
                ? found : throw Unfit(name, $"one of {string.Join(", ", Enum.GetValues<T>().Select(NameOf))}"));

    /// <summary>A text without spaces or control characters.</summary>
    public string Text(string name, string? value)
    {
        if (_listed is not null)
        {
            _listed.Add(new LayerField(name, FieldKind.Text, IsNeeded: true));
            return "";
        }
        if (_read is not null)
            return _read.Remove(name, out JsonElement json)
                ? json.ValueKind == JsonValueKind.String ? json.GetString()! : throw Unfit(name, "a text")
                : throw new FormatException($"a field '{name}' is needed");
        ArgumentNullException.ThrowIfNull(value);
        _written.Add((name, value, Printable.Quote(value)));
        return value;
    }

    /// <summary>Rows of numbers, or none.</summary>
    public int[][]? Table(string name, int[][]? value)
    {
        if (_listed is not null)
        {
            _listed.Add(new LayerField(name, FieldKind.Table, IsNeeded: false));
            return null;
        }
        if (_read is null)
        {
            if (value is not null)
                _written.Add((name, new JsonArray([.. value.Select(row => (JsonNode)new JsonArray([.. row.Select(number => (JsonNode)number)]))]), "a table"));
            return value;
        }
        if (!_read.Remove(name, out JsonElement json))
            return null;
        if (json.ValueKind != JsonValueKind.Array)
            throw Unfit(name, "an array of arrays");
        return [.. json.EnumerateArray().Select(row => Numbers(name, row))];
    }

    /// <summary>Ends reading.</summary>
    /// <exception cref="FormatException">There are fields that nobody asked for.</exception>
    internal void RequireAllRead()
    {
        if (_read is { Count: > 0 })
            throw new FormatException($"a field '{_read.Keys.First()}' is not known");
    }

    private T Field<T>(FieldKind kind, string name, T? value, T? fallback, Func<T, JsonNode> write, Func<T, string> words, Func<JsonElement, T> read)
        where T : struct
    {
        if (_listed is not null)
        {
            _listed.Add(new LayerField(name, kind, IsNeeded: fallback is null));
            return default;
        }
        if (_read is not null)
            return _read.Remove(name, out JsonElement json) ? read(json)
                : fallback ?? throw new FormatException($"a field '{name}' is needed");
        T written = value ?? throw new ArgumentNullException(name);
        if (!written.Equals(fallback))
            _written.Add((name, write(written), words(written)));
        return written;
    }

    private static string NameOf<T>(T choice)
        where T : struct, Enum => choice.ToString().ToLowerInvariant();

    private static JsonArray Row(IEnumerable<int> numbers) => new([.. numbers.Select(number => (JsonNode)number)]);

    /// <summary>One size or several, none of them absurd.</summary>
    private static int[] Pixels(string name, JsonElement json)
    {
        int[] sizes = json.ValueKind == JsonValueKind.Number ? [json.TryGetInt32(out int size) ? size : -1] : Numbers(name, json);
        return Array.TrueForAll(sizes, size => size is >= 0 and <= LargestWindow)
            ? sizes
            : throw Unfit(name, $"sizes from 0 to {LargestWindow}");
    }

    private static int[] Numbers(string name, JsonElement json) => json.ValueKind == JsonValueKind.Array
        ? [.. json.EnumerateArray().Select(element =>
            element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int number) ? number : throw Unfit(name, "whole numbers"))]
        : throw Unfit(name, "numbers");

    /// <summary>Numbers that are equal if all are.</summary>
    private readonly struct IntRow(IReadOnlyList<int> numbers) : IEquatable<IntRow>
    {
        public IReadOnlyList<int>? Numbers { get; } = numbers;

        public bool Equals(IntRow other) => (Numbers ?? []).SequenceEqual(other.Numbers ?? []);

        public override bool Equals(object? obj) => obj is IntRow other && Equals(other);

        public override int GetHashCode() => Numbers?.Count ?? 0;
    }

    private static FormatException Unfit(string name, string right) => new($"field '{name}' must be {right}");
}

/// <summary>A hyper-parameter of a layer: its name, what it holds, and whether a layer must be given it.</summary>
internal readonly record struct LayerField(string Name, FieldKind Kind, bool IsNeeded);

/// <summary>What a hyper-parameter holds.</summary>
internal enum FieldKind
{
    /// <summary>A whole number.</summary>
    Int,

    /// <summary>A number.</summary>
    Double,

    /// <summary>Yes or no.</summary>
    Flag,

    /// <summary>One number, or height and width.</summary>
    Size,

    /// <summary>One number, the four sides, or "same".</summary>
    Padding,

    /// <summary>Whole numbers in a row.</summary>
    Ints,

    /// <summary>The sizes of a tensor.</summary>
    Shape,

    /// <summary>One of a few words.</summary>
    Choice,

    /// <summary>Rows of whole numbers.</summary>
    Table,

    /// <summary>A text without spaces.</summary>
    Text,
}
