using Fovea.Onnx.Graphs;

namespace Fovea.Onnx.Operators.Calls;

/// <summary>
/// Floats of 8 and 4 bits and integers of 4 and 2: what files quantise to. Each lies in a byte of its own; they are
/// converted, not calculated with. The floats are those of the OCP's specifications and, with "UZ", of Graphcore and AMD.
/// </summary>
internal static class NarrowTypes
{
    public static bool IsNarrow(this OnnxElementType type) => type is >= OnnxElementType.Float8E4M3FN and <= OnnxElementType.Int2;

    public static bool IsNarrowFloat(this OnnxElementType type) => type.IsNarrow() && !type.IsNarrowInteger();

    public static bool IsNarrowInteger(this OnnxElementType type) =>
        type is OnnxElementType.UInt4 or OnnxElementType.Int4 or OnnxElementType.UInt2 or OnnxElementType.Int2;

    public static bool IsComplex(this OnnxElementType type) => type is OnnxElementType.Complex64 or OnnxElementType.Complex128;

    public static double[] ToDoubles(OnnxTensor tensor)
    {
        double[] meaning = Table(tensor.ElementType);
        ReadOnlySpan<byte> codes = tensor.Values<byte>();
        var result = new double[codes.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = meaning[codes[i]];
        return result;
    }

    /// <summary>Rounds to the nearest, ties to even. Integers beyond the type keep their lowest bits.</summary>
    /// <param name="type">The type.</param>
    /// <param name="sizes">The shape.</param>
    /// <param name="values">What to round.</param>
    /// <param name="saturate">Whether what is too large becomes the largest; otherwise infinity where there is one, and else NaN.</param>
    /// <param name="rounding">Which power of two a float of exponents alone becomes: up, down or nearest.</param>
    public static OnnxTensor FromDoubles(OnnxElementType type, ReadOnlySpan<int> sizes, ReadOnlySpan<double> values, bool saturate = true, string rounding = "up")
    {
        var codes = new byte[values.Length];
        double[] meaning = Table(type);
        for (int i = 0; i < codes.Length; i++)
            codes[i] = type switch
            {
                OnnxElementType.UInt4 => (byte)((long)Math.Round(values[i]) & 15),
                OnnxElementType.UInt2 => (byte)((long)Math.Round(values[i]) & 3),
                OnnxElementType.Int4 => (byte)((sbyte)((byte)(long)Math.Round(values[i]) << 4) >> 4),
                OnnxElementType.Int2 => (byte)((sbyte)((byte)(long)Math.Round(values[i]) << 6) >> 6),
                OnnxElementType.Float8E8M0 => Exponent(values[i], saturate, rounding),
                _ => Code(type, meaning, values[i], saturate),
            };
        return new OnnxTensor(type, sizes, codes);
    }

    /// <summary>Codes of positive numbers are in the order of the numbers: the nearest is found by halving.</summary>
    private static byte Code(OnnxElementType type, double[] meaning, double value, bool saturate)
    {
        (int most, int sign, int nan, int beyond) = type switch
        {
            OnnxElementType.Float8E4M3FN => (0x7E, 0x80, 0x7F, 0x7F),
            OnnxElementType.Float8E5M2 => (0x7B, 0x80, 0x7F, 0x7C),
            OnnxElementType.Float4E2M1 => (7, 8, 7, 7),
            _ => (0x7F, 0x80, 0x80, 0x80),
        };
        if (double.IsNaN(value))
            return (byte)nan;
        bool hasNegativeZero = nan != 0x80;
        double size = Math.Abs(value);
        int code;
        // What would round to the next number, if there were one, is beyond the largest.
        double limit = meaning[most] + ((meaning[most] - meaning[most - 1]) / 2);
        if (size > meaning[most])
            code = saturate || size < limit || (size == limit && (most & 1) == 0) ? most : beyond;
        else
        {
            int low = 0, high = most;
            while (high - low > 1)
            {
                int middle = (low + high) / 2;
                (low, high) = meaning[middle] <= size ? (middle, high) : (low, middle);
            }
            double below = size - meaning[low], above = meaning[high] - size;
            code = below < above || (below == above && (low & 1) == 0) ? low : high;
        }
        return (byte)(double.IsNegative(value) && (code != 0 || hasNegativeZero) && code != 0x80 ? code | sign : code);
    }

    private static byte Exponent(double value, bool saturate, string rounding)
    {
        if (double.IsNaN(value) || value < 0)
            return 0xFF;
        if (double.IsInfinity(value))
            return saturate ? (byte)0xFE : (byte)0xFF;
        if (value == 0)
            return 0;
        int exponent = Math.ILogB(value);
        double fraction = value / Math.ScaleB(1, exponent);
        exponent += rounding switch
        {
            "up" => fraction > 1 ? 1 : 0,
            "nearest" => fraction > 1.5 || (fraction == 1.5 && exponent % 2 == 0) ? 1 : 0,
            _ => 0,
        };
        return exponent > 127 && !saturate ? (byte)0xFF : (byte)Math.Clamp(exponent + 127, 0, 0xFE);
    }

    /// <summary>What the 256 bytes mean.</summary>
    private static double[] Table(OnnxElementType type)
    {
        var table = new double[256];
        for (int code = 0; code < table.Length; code++)
            table[code] = type switch
            {
                OnnxElementType.UInt4 => code & 15,
                OnnxElementType.UInt2 => code & 3,
                OnnxElementType.Int4 or OnnxElementType.Int2 => (sbyte)code,
                OnnxElementType.Float8E8M0 => code == 0xFF ? double.NaN : Math.ScaleB(1, code - 127),
                OnnxElementType.Float8E4M3FN => (code & 0x7F) == 0x7F ? double.NaN : Value(code, 3, 7, 0x80),
                OnnxElementType.Float8E4M3FNUZ => code == 0x80 ? double.NaN : Value(code, 3, 8, 0x80),
                OnnxElementType.Float8E5M2 => (code & 0x7F) > 0x7C ? double.NaN : code == 0x7C ? double.PositiveInfinity
                    : code == 0xFC ? double.NegativeInfinity : Value(code, 2, 15, 0x80),
                OnnxElementType.Float8E5M2FNUZ => code == 0x80 ? double.NaN : Value(code, 2, 16, 0x80),
                OnnxElementType.Float4E2M1 => Value(code & 15, 1, 1, 8),
                _ => throw new ArgumentException($"{type} is no narrow type", nameof(type)),
            };
        return table;
    }

    /// <summary>Sign, exponent and fraction, with subnormal numbers where the exponent is 0.</summary>
    private static double Value(int code, int fractionBits, int bias, int sign)
    {
        int fraction = code & ((1 << fractionBits) - 1), exponent = (code & (sign - 1)) >> fractionBits;
        double size = exponent == 0
            ? Math.ScaleB(fraction, 1 - bias - fractionBits)
            : Math.ScaleB(fraction + (1 << fractionBits), exponent - bias - fractionBits);
        return (code & sign) != 0 ? -size : size;
    }
}
