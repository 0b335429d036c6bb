using System.Globalization;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>
/// Conversions of element types. Floats to integers are cut towards zero, integers to narrower ones keep their lowest
/// bits, and anything but zero is true.
/// </summary>
internal static class Casting
{
    public static IEnumerable<OperatorDefinition> Definitions =>
    [
        OperatorDefinition.Of("Cast", 6, (1, 1), "to", Cast),
        OperatorDefinition.Of("Cast", 19, (1, 1), "to saturate", Cast),
        OperatorDefinition.Of("Cast", 24, (1, 1), "to saturate round_mode", Cast),
        OperatorDefinition.Of("BitCast", 26, (1, 1), "to", BitCast),
        OperatorDefinition.Of("CastLike", 15, (2, 2), "", CastLike),
        OperatorDefinition.Of("CastLike", 19, (2, 2), "saturate", CastLike),
        OperatorDefinition.Of("CastLike", 24, (2, 2), "saturate round_mode", CastLike),
    ];

    /// <summary>The elements converted to a type.</summary>
    /// <param name="call">The operation.</param>
    /// <param name="input">Elements of any type.</param>
    /// <param name="type">The type they become.</param>
    /// <param name="saturate">Whether what passes an 8-bit float's range becomes its largest value; otherwise infinity or NaN.</param>
    /// <param name="rounding">How a float of exponents alone is rounded.</param>
    public static OnnxTensor To(OperatorCall call, OnnxTensor input, OnnxElementType type, bool saturate = true, string rounding = "up")
    {
        if (type == input.ElementType)
            return input;
        if (type == OnnxElementType.String)
            return new OnnxTensor(input.Dimensions, ToStrings(call, input));
        call.Require(type.Size() > 0 && !type.IsComplex(), $"it does not make {type}");
        call.CheckSizes([input.Count], type.Size());
        if (input.ElementType == OnnxElementType.String)
            return FromStrings(call, input, type);
        if (type.IsInteger() && (input.ElementType.IsInteger() || input.ElementType == OnnxElementType.Bool))
            return Elements.FromLongs(type, input.Dimensions, Elements.ToLongs(input));
        if (type == OnnxElementType.Float && input.ElementType == OnnxElementType.UInt64)
            return Unsigned(call, input);
        return FromDoubles(call, type, input.Dimensions, ToDoubles(call, input), saturate, rounding);
    }

    /// <summary>Elements of any type of numbers as doubles.</summary>
    public static double[] ToDoubles(OperatorCall call, OnnxTensor input)
    {
        call.Require(input.ElementType != OnnxElementType.String && !input.ElementType.IsComplex() && input.ElementType.Size() > 0, $"it does not take {input.ElementType}");
        return input.ElementType.IsNarrow() ? NarrowTypes.ToDoubles(input) : Elements.ToDoubles(input);
    }

    /// <summary>Doubles as elements of any type of numbers.</summary>
    public static OnnxTensor FromDoubles(OperatorCall call, OnnxElementType type, ReadOnlySpan<int> sizes, double[] values, bool saturate = true, string rounding = "up")
    {
        if (type == OnnxElementType.Bool)
        {
            OnnxTensor result = call.New(type, sizes, out Span<byte> target);
            for (int i = 0; i < target.Length; i++)
                target[i] = values[i] != 0 ? (byte)1 : (byte)0;
            return result;
        }
        if (type.IsNarrow())
            return NarrowTypes.FromDoubles(type, sizes, values, saturate, rounding);
        call.Require(type.IsFloat() || type.IsInteger(), $"it does not make {type}");
        if (!type.IsInteger() || type is OnnxElementType.Int64 or OnnxElementType.UInt64)
            return Elements.FromDoubles(type, sizes, values);
        // Through int64, so that what lies beyond a narrower type wraps round as its bits do.
        var whole = new long[values.Length];
        for (int i = 0; i < whole.Length; i++)
            whole[i] = (long)values[i];
        return Elements.FromLongs(type, sizes, whole);
    }

    private static OnnxTensor Cast(OperatorCall call)
    {
        return To(call, call.Input(0), (OnnxElementType)call.RequiredInt("to"), call.Flag("saturate", true), Rounding(call));
    }

    /// <summary>The same bits as another type of the same size.</summary>
    private static OnnxTensor BitCast(OperatorCall call)
    {
        OnnxTensor input = call.Input(0);
        var type = (OnnxElementType)call.RequiredInt("to");
        call.Require(type.Size() > 0 && type.Size() == input.ElementType.Size() && type.PackedBits() == input.ElementType.PackedBits(), $"{input.ElementType} has not as many bits as {type}");
        return new OnnxTensor(type, input.Dimensions, input.Bytes);
    }

    private static OnnxTensor CastLike(OperatorCall call)
    {
        return To(call, call.Input(0), call.Input(1).ElementType, call.Flag("saturate", true), Rounding(call));
    }

    private static string Rounding(OperatorCall call) => call.Word("round_mode", "up", "up", "down", "nearest");

    private static OnnxTensor Unsigned(OperatorCall call, OnnxTensor input)
    {
        OnnxTensor result = call.New(OnnxElementType.Float, input.Dimensions, out Span<float> target);
        ReadOnlySpan<ulong> source = input.Values<ulong>();
        for (int i = 0; i < target.Length; i++)
            target[i] = source[i];
        return result;
    }

    private static string[] ToStrings(OperatorCall call, OnnxTensor input)
    {
        var result = new string[input.Count];
        if (input.ElementType == OnnxElementType.UInt64)
            for (int i = 0; i < result.Length; i++)
                result[i] = input.Values<ulong>()[i].ToString(CultureInfo.InvariantCulture);
        else if (input.ElementType.IsInteger())
            for (int i = 0; i < result.Length; i++)
                result[i] = Elements.ToLongs(input)[i].ToString(CultureInfo.InvariantCulture);
        else if (input.ElementType == OnnxElementType.Bool)
            for (int i = 0; i < result.Length; i++)
                result[i] = input.Values<byte>()[i] != 0 ? "True" : "False";
        else
        {
            double[] values = ToDoubles(call, input);
            bool isDouble = input.ElementType == OnnxElementType.Double;
            for (int i = 0; i < result.Length; i++)
                result[i] = Text(values[i], isDouble);
        }
        return result;
    }

    /// <summary>The shortest text that reads back as the same number, spelt as in NumPy.</summary>
    private static string Text(double value, bool isDouble)
    {
        if (double.IsNaN(value))
            return "NaN";
        if (double.IsInfinity(value))
            return value > 0 ? "INF" : "-INF";
        return isDouble ? value.ToString("R", CultureInfo.InvariantCulture) : ((float)value).ToString("R", CultureInfo.InvariantCulture);
    }

    private static OnnxTensor FromStrings(OperatorCall call, OnnxTensor input, OnnxElementType type)
    {
        if (type.IsInteger())
        {
            var whole = new long[input.Count];
            for (int i = 0; i < whole.Length; i++)
                whole[i] = long.TryParse(input.Strings[i], NumberStyles.Integer, CultureInfo.InvariantCulture, out long value) ? value
                    : type == OnnxElementType.UInt64 && ulong.TryParse(input.Strings[i], NumberStyles.Integer, CultureInfo.InvariantCulture, out ulong large) ? (long)large
                    : (long)Number(call, input.Strings[i]);
            return Elements.FromLongs(type, input.Dimensions, whole);
        }
        var values = new double[input.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = Number(call, input.Strings[i]);
        return FromDoubles(call, type, input.Dimensions, values);
    }

    private static double Number(OperatorCall call, string text) => text.Trim().ToUpperInvariant() switch
    {
        "INF" or "+INF" or "INFINITY" or "+INFINITY" => double.PositiveInfinity,
        "-INF" or "-INFINITY" => double.NegativeInfinity,
        "NAN" or "+NAN" or "-NAN" => double.NaN,
        string other => double.TryParse(other, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value
            : throw call.Error($"{Printable.Quote(text)} is no number"),
    };
}
