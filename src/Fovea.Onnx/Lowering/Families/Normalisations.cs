using Fovea.Layers;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Lowering.Calls;
using Fovea.Tensors;

namespace Fovea.Onnx.Lowering.Families;

/// <summary>Normalisations with constant scales and shifts.</summary>
internal static class Normalisations
{
    public static bool Batch(LoweringCall call)
    {
        int[] sizes = call.Info().Dimensions;
        if (!call.HasOneOutput || call.Int("training_mode", 0) != 0 || call.Int("spatial", 1) != 1 || sizes.Length < 2 || sizes[0] != 1
            || call.Constant(1) is not { } scale || call.Constant(2) is not { } shift || call.Constant(3) is not { } mean || call.Constant(4) is not { } variance)
            return false;
        // Map by map, or feature by feature; whatever lies behind the channels counts as the pixels of a map.
        int channels = sizes[1], pixels = sizes[2..].Aggregate(1, (product, size) => product * size);
        Form input = sizes.Length switch
        {
            2 or 4 => call.Sample(sizes.Length)!.Value,
            _ => call.As(call.Input(), new Shape(channels, pixels, 1)),
        };
        // Momentum is the share that stays in ONNX, the share that is new in PyTorch and here.
        double momentum = Math.Clamp(1 - call.Float("momentum", 0.9f), 0, 1);
        return call.Finish(new BatchNorm2d(channels, call.Float("epsilon", 1e-5f), momentum), input, new()
        {
            ["weight"] = LoweringCall.Copy(scale),
            ["bias"] = LoweringCall.Copy(shift),
            ["running_mean"] = LoweringCall.Copy(mean),
            ["running_var"] = LoweringCall.Copy(variance),
        });
    }

    public static bool Instance(LoweringCall call) => call.Constant(1) is { } scale && call.Constant(2) is { } shift && call.Sample(4) is { } input
        && call.Finish(new InstanceNorm2d(input.Shape.Channels, call.Float("epsilon", 1e-5f), affine: true), input, Affine(call, scale, shift));

    public static bool Layer(LoweringCall call)
    {
        if (!call.HasOneOutput || call.Constant(1) is not { } scale || call.Has(2) && call.Constant(2) is null || call.Int("stash_type", 1) != 1)
            return false;
        (Form input, int axis) = call.Along(call.Int("axis", -1));
        int[] normalized = input.Shape.ToArray()[axis..];
        OnnxTensor? shift = call.Constant(2);
        if (scale.Count != new Shape(normalized).Length || shift is not null && shift.Count != scale.Count)
            return false;
        return call.Finish(new LayerNorm(normalized, call.Float("epsilon", 1e-5f)), input, new()
        {
            ["weight"] = LoweringCall.Copy(scale),
            ["bias"] = shift is null ? target => target.Clear() : LoweringCall.Copy(shift),
        });
    }

    /// <summary>Since operator set 21 there is a scale a channel, before that a scale a group.</summary>
    public static bool Group(LoweringCall call)
    {
        int[] sizes = call.Info().Dimensions;
        return call.Opset >= 21 && sizes.Length >= 3 && sizes[0] == 1 && call.Int("stash_type", 1) == 1
            && call.Constant(1) is { } scale && call.Constant(2) is { } shift && scale.Count == sizes[1] && shift.Count == sizes[1]
            && call.Finish(new GroupNorm((int)call.Int("num_groups", 0), sizes[1], call.Float("epsilon", 1e-5f)), call.Input(), Affine(call, scale, shift));
    }

    /// <summary>Of an even number of channels ONNX takes one more after than before, Fovea one more before.</summary>
    public static bool LocalResponse(LoweringCall call) => call.Int("size", 0) is var size && size % 2 == 1 && call.Sample(4) is { } input
        && call.Finish(new LocalResponseNorm((int)size, call.Float("alpha", 0.0001f), call.Float("beta", 0.75f), call.Float("bias", 1)), input);

    private static Dictionary<string, ParameterFill> Affine(LoweringCall call, OnnxTensor scale, OnnxTensor shift) =>
        new() { ["weight"] = LoweringCall.Copy(scale), ["bias"] = LoweringCall.Copy(shift) };
}
