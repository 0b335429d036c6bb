using Fovea.Layers;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Lowering.Calls;
using Fovea.Tensors;

namespace Fovea.Onnx.Lowering.Families;

/// <summary>Functions of single elements, and softmax.</summary>
internal static class Functions
{
    /// <summary>An operator that a layer is, setting by setting.</summary>
    public static Func<LoweringCall, bool> Of(Func<LoweringCall, Layer> layer) => call => IsFloat(call) && call.Finish(layer(call), call.Input());

    public static bool PRelu(LoweringCall call)
    {
        if (!IsFloat(call) || call.Constant(1) is not { } slope)
            return false;
        Form input = call.Input();
        // One slope, or one for every channel: (C, 1, 1) under (1, C, H, W).
        int[] sizes = slope.Dimensions.ToArray();
        bool byChannel = call.Info().Dimensions is [1, var channels, ..] info && slope.Count == channels && sizes.Length >= info.Length - 1 && sizes[^(info.Length - 1)] == channels;
        return (slope.Count == 1 || byChannel) && call.Finish(new PReLU(slope.Count), input, new() { ["weight"] = LoweringCall.Copy(slope) });
    }

    public static bool Selu(LoweringCall call) => IsFloat(call)
        && Math.Abs(call.Float("alpha", 1.67326319217681884765625f) - 1.6732632423543772) < 1e-6 && Math.Abs(call.Float("gamma", 1.05070102214813232421875f) - 1.0507009873554805) < 1e-6
        && call.Finish(new SELU(), call.Input());

    public static bool HardSigmoid(LoweringCall call)
    {
        if (!IsFloat(call))
            return false;
        double alpha = call.Float("alpha", 0.2f), beta = call.Float("beta", 0.5f);
        if (Math.Abs(alpha - 1.0 / 6) < 1e-6 && beta == 0.5)
            return call.Finish(new HardSigmoid(), call.Input());
        Form line = call.Step(new Add(), call.Step(new Multiply(), call.Input(), call.Numbers(new Shape(1), (float)alpha)), call.Numbers(new Shape(1), (float)beta));
        return call.Finish(new Clamp(0, 1), line);
    }

    public static bool Gelu(LoweringCall call) => IsFloat(call) && call.Word("approximate", "none") == "none" && call.Finish(new GELU(), call.Input());

    public static bool Swish(LoweringCall call)
    {
        if (!IsFloat(call))
            return false;
        double alpha = call.Float("alpha", 1);
        if (alpha == 1)
            return call.Finish(new SiLU(), call.Input());
        Form gate = call.Step(new Sigmoid(), call.Step(new Multiply(), call.Input(), call.Numbers(new Shape(1), (float)alpha)));
        return call.Finish(new Multiply(), [call.Input(), gate]);
    }

    /// <summary>Bounds were attributes before operator set 11.</summary>
    public static bool Clip(LoweringCall call)
    {
        if (!IsFloat(call) || call.Has(1) && call.Number(1) is null || call.Has(2) && call.Number(2) is null)
            return false;
        double min = call.Has(1) ? call.Number(1)!.Value : call.Float("min", float.MinValue), max = call.Has(2) ? call.Number(2)!.Value : call.Float("max", float.MaxValue);
        bool below = min > float.MinValue, above = max < float.MaxValue;
        return (below, above) switch
        {
            (true, true) when min == 0 && max == 6 => call.Finish(new ReLU6(), call.Input()),
            (true, true) when max > min => call.Finish(new Clamp(min, max), call.Input()),
            (true, false) when min == 0 => call.Finish(new ReLU(), call.Input()),
            (true, false) when double.IsFinite(min) => call.Finish(new Maximum(), [call.Input(), call.Numbers(new Shape(1), (float)min)]),
            (false, true) when double.IsFinite(max) => call.Finish(new Minimum(), [call.Input(), call.Numbers(new Shape(1), (float)max)]),
            (false, false) => call.Give(0, call.Input()),
            _ => false,
        };
    }

    /// <summary>Along one axis since operator set 13; before that over all from an axis on.</summary>
    public static bool Softmax(LoweringCall call)
    {
        if (!IsFloat(call))
            return false;
        if (call.Opset >= 13)
        {
            (Form form, int axis) = call.Along(call.Int("axis", -1));
            return call.Finish(new Softmax(axis), form);
        }
        int cut = call.Axis(call.Int("axis", 1));
        int[] sizes = call.Info().Dimensions;
        int rows = sizes[..cut].Aggregate(1, (product, size) => product * size), columns = sizes[cut..].Aggregate(1, (product, size) => product * size);
        return rows == 1 ? call.Finish(new Softmax(), call.As(call.Input(), new Shape(columns)))
            : call.Finish(new Softmax(1), call.As(call.Input(), new Shape(rows, columns)));
    }

    public static bool Neg(LoweringCall call) => IsFloat(call) && call.Finish(new Multiply(), [call.Input(), call.Numbers(new Shape(1), -1)]);

    private static bool IsFloat(LoweringCall call) => call.Info().ElementType == OnnxElementType.Float;
}
