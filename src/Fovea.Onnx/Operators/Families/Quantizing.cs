using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>Floats to narrow types with a scale and a zero point, and back; products of such.</summary>
internal static class Quantizing
{
    public static IEnumerable<OperatorDefinition> Definitions =>
    [
        OperatorDefinition.Of("QuantizeLinear", 10, (2, 3), "", Quantize),
        OperatorDefinition.Of("QuantizeLinear", 13, (2, 3), "axis", Quantize),
        OperatorDefinition.Of("QuantizeLinear", 19, (2, 3), "axis saturate", Quantize),
        OperatorDefinition.Of("QuantizeLinear", 21, (2, 3), "axis block_size output_dtype saturate", Quantize),
        OperatorDefinition.Of("QuantizeLinear", 23, (2, 3), "axis block_size output_dtype precision saturate", Quantize),
        OperatorDefinition.Of("DequantizeLinear", 10, (2, 3), "", Dequantize),
        OperatorDefinition.Of("DequantizeLinear", 13, (2, 3), "axis", Dequantize),
        OperatorDefinition.Of("DequantizeLinear", 21, (2, 3), "axis block_size", Dequantize),
        OperatorDefinition.Of("DequantizeLinear", 23, (2, 3), "axis block_size output_dtype", Dequantize),
        new("DynamicQuantizeLinear", 11, (1, 1), 3, "", DynamicQuantize),
        OperatorDefinition.Of("MatMulInteger", 10, (2, 4), "", MatMulInteger),
        OperatorDefinition.Of("QLinearMatMul", 10, (8, 8), "", QLinearMatMul),
        OperatorDefinition.Of("QLinearConv", 10, (8, 9), Convolutions.Attributes, QLinearConv),
    ];

    /// <summary>The least and the greatest value of a type that numbers are quantised to; null for floats.</summary>
    private static (double Least, double Most)? Range(OnnxElementType type) => type switch
    {
        OnnxElementType.UInt8 => (0, 255),
        OnnxElementType.Int8 => (-128, 127),
        OnnxElementType.UInt16 => (0, 65535),
        OnnxElementType.Int16 => (-32768, 32767),
        OnnxElementType.Int32 => (int.MinValue, int.MaxValue),
        OnnxElementType.UInt4 => (0, 15),
        OnnxElementType.Int4 => (-8, 7),
        OnnxElementType.UInt2 => (0, 3),
        OnnxElementType.Int2 => (-2, 1),
        _ => null,
    };

    /// <summary>Which scale and zero point every element has: one for all, one along an axis, or one for each block along it.</summary>
    private static int[] Places(OperatorCall call, OnnxTensor x, OnnxTensor scale)
    {
        var places = new int[x.Count];
        long block = call.Int("block_size", 0);
        call.Require(block >= 0, $"attribute block_size must not be negative, not {block}");
        if (scale.Count == 1 && block == 0)
            return places;
        int axis = call.Axis(call.Int("axis", 1), x.Rank), size = x.Dimensions[axis], inner = Sizes.Count(x.Dimensions[(axis + 1)..]);
        if (block == 0)
        {
            call.Require(scale.Rank == 1 && scale.Count == size, $"{Sizes.Text(scale.Dimensions)} scales do not fit axis {axis} of {Sizes.Text(x.Dimensions)}");
            for (int i = 0; i < places.Length; i++)
                places[i] = i / inner % size;
            return places;
        }
        int blocks = (int)((size + block - 1) / block);
        int[] wanted = x.Dimensions.ToArray();
        wanted[axis] = blocks;
        call.Require(scale.Dimensions.SequenceEqual(wanted), $"{Sizes.Text(scale.Dimensions)} scales do not fit {Sizes.Text(x.Dimensions)} in blocks of {block}");
        for (int i = 0; i < places.Length; i++)
            places[i] = (((i / inner / size * blocks) + (int)(i / inner % size / block)) * inner) + (i % inner);
        return places;
    }

    private static double[] Zeros(OperatorCall call, OnnxTensor? zero, OnnxTensor scale)
    {
        if (zero is null)
            return new double[scale.Count];
        call.Require(zero.Count == scale.Count, $"{zero.Count} zero points do not fit {scale.Count} scales");
        return Casting.ToDoubles(call, zero);
    }

    private static OnnxTensor Quantize(OperatorCall call)
    {
        OnnxTensor x = call.Input(0), scale = call.FloatInput(1);
        call.Require(x.ElementType.IsFloat() || x.ElementType == OnnxElementType.Int32, $"it does not take {x.ElementType}");
        OnnxTensor? zero = call.Optional(2);
        var stated = (OnnxElementType)call.Int("output_dtype", 0);
        OnnxElementType type = zero?.ElementType ?? (stated == OnnxElementType.Undefined ? OnnxElementType.UInt8 : stated);
        call.Require(stated == OnnxElementType.Undefined || stated == type, $"its zero point is {type}, its attribute output_dtype {stated}");
        call.Require(Range(type) is not null || type.IsNarrowFloat(), $"it does not make {type}");
        bool saturate = call.Flag("saturate", true);
        var precision = (OnnxElementType)call.Int("precision", 0);
        call.Require(precision == OnnxElementType.Undefined || precision.IsFloat(), $"attribute precision must be a type of floats, not {precision}");
        int[] places = Places(call, x, scale);
        double[] values = Elements.ToDoubles(x), scales = Elements.ToDoubles(scale), zeros = Zeros(call, zero, scale);
        OnnxElementType rounding = precision == OnnxElementType.Undefined ? scale.ElementType : precision;
        for (int i = 0; i < values.Length; i++)
        {
            double quotient = Rounded(values[i] / scales[places[i]], rounding);
            values[i] = Range(type) is { } range
                ? Math.Clamp(Math.Round(quotient, MidpointRounding.ToEven) + zeros[places[i]], range.Least, range.Most)
                : quotient + zeros[places[i]];
        }
        return Casting.FromDoubles(call, type, x.Dimensions, values, saturate);
    }

    /// <summary>A quotient in the precision in which it is defined: what lies half-way decides the integer.</summary>
    private static double Rounded(double value, OnnxElementType type) => type switch
    {
        OnnxElementType.Float16 => (double)(Half)value,
        OnnxElementType.BFloat16 => BFloat16.ToSingle(BFloat16.FromSingle((float)value)),
        OnnxElementType.Double => value,
        _ => (float)value,
    };

    private static OnnxTensor Dequantize(OperatorCall call)
    {
        OnnxTensor x = call.Input(0), scale = call.FloatInput(1);
        OnnxTensor? zero = call.Optional(2);
        call.Require(Range(x.ElementType) is not null || x.ElementType.IsNarrowFloat(), $"it does not take {x.ElementType}");
        if (zero is not null)
            call.SameType(x, zero);
        var stated = (OnnxElementType)call.Int("output_dtype", 0);
        OnnxElementType type = stated == OnnxElementType.Undefined ? scale.ElementType : stated;
        call.Require(type.IsFloat(), $"it does not make {type}");
        int[] places = Places(call, x, scale);
        double[] values = Casting.ToDoubles(call, x), scales = Elements.ToDoubles(scale), zeros = Zeros(call, zero, scale);
        for (int i = 0; i < values.Length; i++)
            values[i] = (values[i] - zeros[places[i]]) * scales[places[i]];
        return Elements.FromDoubles(type, x.Dimensions, values);
    }

    /// <summary>The scale that the elements' own range asks for, with zero in it.</summary>
    private static OnnxTensor[] DynamicQuantize(OperatorCall call)
    {
        OnnxTensor x = call.Input(0, OnnxElementType.Float);
        float least = 0, most = 0;
        foreach (float value in x.Values<float>())
            (least, most) = (Math.Min(least, value), Math.Max(most, value));
        float scale = most == least ? 1 : (most - least) / 255;
        double zero = Math.Round(Math.Clamp(-least / scale, 0f, 255f), MidpointRounding.ToEven);
        double[] values = Elements.ToDoubles(x);
        foreach (ref double value in values.AsSpan())
            value = Math.Clamp(Math.Round((float)value / scale, MidpointRounding.ToEven) + zero, 0, 255);
        return
        [
            Elements.FromDoubles(OnnxElementType.UInt8, x.Dimensions, values),
            Elements.FromDoubles(OnnxElementType.Float, [], [scale]),
            Elements.FromDoubles(OnnxElementType.UInt8, [], [zero]),
        ];
    }

    private static OnnxTensor Bytes(OperatorCall call, int index)
    {
        OnnxTensor input = call.Input(index);
        return input.ElementType is OnnxElementType.UInt8 or OnnxElementType.Int8 ? input : throw call.Error($"input {index + 1} must be of bytes, not {input.ElementType}");
    }

    private static OnnxTensor MatMulInteger(OperatorCall call)
    {
        OnnxTensor a = Bytes(call, 0), b = Bytes(call, 1);
        (long[] values, int[] shape) = Products.Multiply<long>(call, a.Dimensions, b.Dimensions, Rowwise(call, a, call.Optional(2)), Columnwise(call, b, call.Optional(3)));
        return Elements.FromLongs(OnnxElementType.Int32, shape, values);
    }

    /// <summary>A zero point for every row, or one for all.</summary>
    private static long[] Rowwise(OperatorCall call, OnnxTensor a, OnnxTensor? zero) =>
        Convolutions.Centred(call, a, zero, Math.Max(0, a.Rank - 2), perMap: a.Rank > 1);

    /// <summary>A zero point for every column, or one for all.</summary>
    private static long[] Columnwise(OperatorCall call, OnnxTensor b, OnnxTensor? zero) =>
        Convolutions.Centred(call, b, zero, Math.Max(0, b.Rank - 1), perMap: b.Rank > 1);

    private static OnnxTensor QLinearMatMul(OperatorCall call)
    {
        OnnxTensor a = Bytes(call, 0), b = Bytes(call, 3);
        (long[] values, int[] shape) = Products.Multiply<long>(call, a.Dimensions, b.Dimensions, Rowwise(call, a, call.Input(2)), Columnwise(call, b, call.Input(5)));
        double[] aScale = call.Doubles(1), bScale = call.Doubles(4);
        int columns = shape.Length > 0 && b.Rank > 1 ? shape[^1] : 1, rows = a.Rank > 1 ? a.Dimensions[^2] : 1;
        call.Require((aScale.Length == 1 || aScale.Length == rows) && (bScale.Length == 1 || bScale.Length == columns), "its scales do not fit its matrices");
        return Requantized(call, values, shape, 6, i =>
            (aScale.Length == 1 ? aScale[0] : aScale[i / columns % rows], bScale.Length == 1 ? bScale[0] : bScale[i % columns]));
    }

    private static OnnxTensor QLinearConv(OperatorCall call)
    {
        OnnxTensor x = Bytes(call, 0), w = Bytes(call, 3);
        long[] inputs = Convolutions.Centred(call, x, call.Input(2), 0, perMap: false), weights = Convolutions.Centred(call, w, call.Input(5), 0, perMap: true);
        (long[] values, int[] shape) = Convolutions.Convolve<long>(call, x, w, inputs, weights);
        int maps = shape[1], plane = Sizes.Count(shape.AsSpan(2));
        double[] xScale = call.Doubles(1), wScale = call.Doubles(4);
        call.Require(xScale.Length == 1 && (wScale.Length == 1 || wScale.Length == maps), "its scales do not fit its maps");
        if (call.Optional(8) is not null)
        {
            long[] bias = Elements.ToLongs(call.Input(8, OnnxElementType.Int32));
            call.Require(bias.Length == maps, $"a bias of {bias.Length} numbers does not fit {maps} maps");
            for (int i = 0; i < values.Length; i++)
                values[i] += bias[i / plane % maps];
        }
        return Requantized(call, values, shape, 6, i => (xScale[0], wScale.Length == 1 ? wScale[0] : wScale[i / plane % maps]));
    }

    /// <summary>Sums times the scales of both factors, over the result's scale, in single precision.</summary>
    private static OnnxTensor Requantized(OperatorCall call, long[] sums, int[] shape, int scaleInput, Func<int, (double First, double Second)> scales)
    {
        double[] scale = call.Doubles(scaleInput);
        OnnxTensor zero = Bytes(call, scaleInput + 1);
        call.Require(scale.Length == 1 && zero.Count == 1, "the result's scale and zero point must be single numbers");
        (double least, double most) = Range(zero.ElementType)!.Value;
        double shift = Elements.ToDoubles(zero)[0];
        var values = new double[sums.Length];
        for (int i = 0; i < values.Length; i++)
        {
            (double first, double second) = scales(i);
            float factor = (float)first * (float)second / (float)scale[0];
            values[i] = Math.Clamp(Math.Round(sums[i] * factor, MidpointRounding.ToEven) + shift, least, most);
        }
        return Elements.FromDoubles(zero.ElementType, shape, values);
    }
}
