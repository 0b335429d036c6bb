using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>Powers. The exponent may be of another type than the base; the result is of the base's.</summary>
internal static class Power
{
    public static OnnxTensor Run(OperatorCall call)
    {
        OnnxTensor @base = call.Input(0), exponent = call.Input(1);
        foreach (OnnxTensor input in (ReadOnlySpan<OnnxTensor>)[@base, exponent])
            call.Require(input.ElementType.IsFloat() || input.ElementType.IsInteger(), $"it does not take {input.ElementType}");
        if (@base.ElementType.IsInteger() && exponent.ElementType.IsInteger())
        {
            OnnxTensor whole = Broadcast.Map<long, long, long, Whole>(call, OnnxElementType.Int64, Longs(@base), Longs(exponent), default);
            return Elements.FromLongs(@base.ElementType, whole.Dimensions, whole.Values<long>());
        }
        OnnxTensor result = Broadcast.Map<double, double, double, Real>(call, OnnxElementType.Double, Doubles(@base), Doubles(exponent), default);
        return Elements.FromDoubles(@base.ElementType, result.Dimensions, result.Values<double>());
    }

    private static OnnxTensor Doubles(OnnxTensor tensor) =>
        Elements.FromDoubles(OnnxElementType.Double, tensor.Dimensions, Elements.ToDoubles(tensor));

    private static OnnxTensor Longs(OnnxTensor tensor) =>
        Elements.FromLongs(OnnxElementType.Int64, tensor.Dimensions, Elements.ToLongs(tensor));

    private readonly struct Real : IBinary<double, double, double>
    {
        public double Value(double a, double b) => b == 2 ? a * a : Math.Pow(a, b);
    }

    /// <summary>By squaring; it wraps round. Of a negative exponent what is left of 1/aⁿ is 0, 1 or -1.</summary>
    private readonly struct Whole : IBinary<long, long, long>
    {
        public long Value(long a, long b)
        {
            if (b < 0)
                return a switch { 1 => 1, -1 => (b & 1) == 0 ? 1 : -1, _ => 0 };
            long result = 1;
            for (; b > 0; b >>= 1, a *= a)
                if ((b & 1) != 0)
                    result *= a;
            return result;
        }
    }
}
