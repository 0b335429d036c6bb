using System.Globalization;
using System.Text.Json.Nodes;
using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Networks.Text;

/// <summary>
/// The values of settings as text and as <see cref="LayerFields"/> has them: <c>3</c>, <c>0.5</c>, <c>true</c>, a size
/// <c>3x2</c>, a padding <c>same</c> or <c>1,0,1,0</c> (top, left, bottom, right), a table <c>0,1;1,2;0,2</c> of a row an
/// output map. A whole number may also be <c>channels</c> or <c>features</c> of what the layer is given, or
/// <c>classes</c>; a size <c>size</c>, its height and width.
/// </summary>
internal static class SettingText
{
    private const string Scalar = "scalar";
    private const string None = "none";

    /// <summary>The value that a text means.</summary>
    /// <param name="kind">What the setting holds.</param>
    /// <param name="text">The text.</param>
    /// <param name="input">What the layer is given.</param>
    /// <param name="classes">How many classes there are, if that is known.</param>
    /// <exception cref="FormatException">The text is no such value; the message says what would be.</exception>
    public static JsonNode Read(FieldKind kind, string text, Shape input, int? classes) => kind switch
    {
        FieldKind.Int => text.ToLowerInvariant() switch
        {
            "channels" => input.Channels,
            "features" => input.Length,
            "classes" => classes ?? throw new FormatException("needs the number of classes, which is not known here; add a line 'classes 10', or write the number"),
            _ => Whole(text) ?? throw Unfit(text, "a whole number, channels, features or classes"),
        },
        FieldKind.Double => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number : throw Unfit(text, "a number"),
        FieldKind.Flag => bool.TryParse(text, out bool flag) ? flag : throw Unfit(text, "true or false"),
        FieldKind.Size => text.Equals("size", StringComparison.OrdinalIgnoreCase) ? new JsonArray(input.Height, input.Width)
            : Wholes(text, 'x') is { Length: 1 or 2 } sizes ? OneOrAll(sizes) : throw Unfit(text, "a size such as 3 or 3x2"),
        FieldKind.Padding => text.Equals("same", StringComparison.OrdinalIgnoreCase) ? "same"
            : Wholes(text, ',') is { Length: 1 or 4 } sides ? OneOrAll(sides) : throw Unfit(text, "same, a number, or four such as 1,0,1,0"),
        FieldKind.Ints => text.Equals(None, StringComparison.OrdinalIgnoreCase) ? new JsonArray() : Wholes(text, ',') is { } numbers ? Row(numbers) : throw Unfit(text, "whole numbers such as 0,2,1"),
        FieldKind.Shape => ReadShape(text) is { } shape ? Row(shape.ToArray()) : throw Unfit(text, "a shape such as 64, 8x32, 3x64x64 or scalar"),
        FieldKind.Choice => text.ToLowerInvariant(),
        FieldKind.Table => new JsonArray([.. text.Split(';').Select(row =>
            (JsonNode)Row(Wholes(row, ',') ?? throw Unfit(row, "rows of numbers such as 0,1;1,2;0,2")))]),
        FieldKind.Text => text,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>The text that means a value.</summary>
    public static string Write(FieldKind kind, JsonNode value) => value switch
    {
        JsonArray sizes when kind == FieldKind.Shape => sizes.Count == 0 ? Scalar : string.Join('x', sizes),
        JsonArray numbers when kind == FieldKind.Ints => numbers.Count == 0 ? None : string.Join(',', numbers),
        JsonArray rows when rows is [JsonArray, ..] => string.Join(';', rows.Select(row => string.Join(',', row!.AsArray()))),
        JsonArray { Count: 2 } size => string.Join('x', size),
        JsonArray sides => string.Join(',', sides),
        _ => value.ToString(),
    };

    /// <summary>The shape that a text such as <c>3x64x64</c>, <c>784</c> or <c>scalar</c> means; null if it is none.</summary>
    public static Shape? ReadShape(string text) => text.Equals(Scalar, StringComparison.OrdinalIgnoreCase) ? new Shape()
        : Wholes(text, 'x') is { Length: >= 1 and <= Shape.MaxSampleRank } sizes && Array.TrueForAll(sizes, size => size > 0) && sizes.Aggregate(1L, (length, size) => Math.Min(length, int.MaxValue) * size) <= int.MaxValue
            ? new Shape(sizes) : null;

    /// <summary>The text that means a shape.</summary>
    public static string Write(Shape shape) => shape.Rank == 0 ? Scalar : string.Join('x', shape.ToArray().Select(size => size.ToString(CultureInfo.InvariantCulture)));

    /// <summary>A whole number; null if the text is none.</summary>
    public static int? Whole(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : null;

    private static int[]? Wholes(string text, char separator)
    {
        string[] parts = (separator == 'x' ? text.Replace('X', 'x').Replace('×', 'x') : text).Split(separator);
        var numbers = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (Whole(parts[i]) is not { } number)
                return null;
            numbers[i] = number;
        }
        return numbers;
    }

    private static JsonNode OneOrAll(int[] numbers) => numbers.Length == 1 ? numbers[0] : Row(numbers);

    private static JsonArray Row(int[] numbers) => new([.. numbers.Select(number => (JsonNode)number)]);

    private static FormatException Unfit(string text, string right) => new($"must be {right}, got {Printable.Quote(text)}");
}
