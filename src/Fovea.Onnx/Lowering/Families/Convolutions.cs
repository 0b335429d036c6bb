using Fovea.Layers;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Lowering.Calls;
using Fovea.Onnx.Passes;

namespace Fovea.Onnx.Lowering.Families;

/// <summary>Convolutions whose weights are constants.</summary>
internal static class Convolutions
{
    public static bool Conv(LoweringCall call)
    {
        if (call.Constant(1) is not { } weight || call.Has(2) && call.Constant(2) is null || weight.Rank is not (3 or 4)
            || call.Sample(weight.Rank) is not { } input || SpatialWindow.Of(call.Node, call.Info().Dimensions, weight.Dimensions.ToArray()) is not { } window)
            return false;
        int groups = checked((int)call.Int("group", 1)), channels = weight.Dimensions[1] * groups, outputs = weight.Dimensions[0];
        bool bias = call.Has(2);
        Layer layer = weight.Rank == 3
            ? new Conv1d(channels, outputs, window.Kernel[0], window.Strides[0], Around(window), window.Dilations[0], groups, bias)
            : new Conv2d(channels, outputs, (window.Kernel[0], window.Kernel[1]), (window.Strides[0], window.Strides[1]), Around(window), (window.Dilations[0], window.Dilations[1]), groups, bias);
        return call.Finish(layer, input, Fills(call, weight));
    }

    public static bool ConvTranspose(LoweringCall call)
    {
        if (call.Constant(1) is not { Rank: 4 } weight || call.Has(2) && call.Constant(2) is null || call.Sample(4) is not { } input
            || call.Word("auto_pad", "NOTSET") is not ("NOTSET" or "VALID") || call.Ints("output_shape") is not null)
            return false;
        int groups = checked((int)call.Int("group", 1));
        Size2 strides = Pair(call, "strides", 1), dilations = Pair(call, "dilations", 1), more = Pair(call, "output_padding", 0);
        long[] pads = call.Word("auto_pad", "NOTSET") == "NOTSET" ? call.Ints("pads") ?? [0, 0, 0, 0] : [0, 0, 0, 0];
        var padding = new Padding { Top = (int)pads[0], Left = (int)pads[1], Bottom = (int)pads[2], Right = (int)pads[3] };
        var layer = new ConvTranspose2d(weight.Dimensions[0], weight.Dimensions[1] * groups, (weight.Dimensions[2], weight.Dimensions[3]), strides, padding, more, dilations, groups, call.Has(2));
        return call.Finish(layer, input, Fills(call, weight));
    }

    /// <summary>The frame around the input of a window.</summary>
    public static Padding Around(SpatialWindow window) => window.Kernel.Length == 1
        ? new Padding { Left = window.Begin[0], Right = window.End[0] }
        : new Padding { Top = window.Begin[0], Left = window.Begin[1], Bottom = window.End[0], Right = window.End[1] };

    private static Dictionary<string, ParameterFill> Fills(LoweringCall call, OnnxTensor weight)
    {
        var fills = new Dictionary<string, ParameterFill> { ["weight"] = LoweringCall.Copy(weight) };
        if (call.Constant(2) is { } bias)
            fills["bias"] = LoweringCall.Copy(bias);
        return fills;
    }

    private static Size2 Pair(LoweringCall call, string name, int fallback) =>
        call.Ints(name) is { } sizes ? sizes.Length == 2 ? new Size2((int)sizes[0], (int)sizes[1]) : throw new ArgumentException(name) : fallback;
}
