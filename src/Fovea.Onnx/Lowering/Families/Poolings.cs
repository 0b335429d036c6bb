using Fovea.Layers;
using Fovea.Onnx.Lowering.Calls;
using Fovea.Onnx.Passes;

namespace Fovea.Onnx.Lowering.Families;

/// <summary>Poolings of maps and sequences.</summary>
internal static class Poolings
{
    public static bool Max(LoweringCall call)
    {
        if (!call.HasOneOutput || Window(call) is not { } window || call.Sample(call.Info().Rank) is not { } input)
            return false;
        Layer layer = window.Kernel.Length == 1
            ? new MaxPool1d(window.Kernel[0], window.Strides[0], Convolutions.Around(window), window.Dilations[0], window.Ceil)
            : new MaxPool2d((window.Kernel[0], window.Kernel[1]), (window.Strides[0], window.Strides[1]), Convolutions.Around(window), (window.Dilations[0], window.Dilations[1]), window.Ceil);
        return call.Finish(layer, input);
    }

    public static bool Average(LoweringCall call)
    {
        if (Window(call) is not { } window || call.Sample(call.Info().Rank) is not { } input || window.Dilations.Any(step => step != 1))
            return false;
        bool counts = call.Int("count_include_pad", 0) != 0;
        // One window over the whole of every map is what its own layer does fastest.
        if (!window.IsPadded && window.Kernel.Length == 2 && window.Outputs is [1, 1] && window.Kernel.AsSpan().SequenceEqual(call.Info().Dimensions.AsSpan(2)))
            return call.Finish(new GlobalAvgPool2d(), input);
        Layer layer = window.Kernel.Length == 1
            ? new AvgPool1d(window.Kernel[0], window.Strides[0], Convolutions.Around(window), window.Ceil, counts)
            : new AvgPool2d((window.Kernel[0], window.Kernel[1]), (window.Strides[0], window.Strides[1]), Convolutions.Around(window), window.Ceil, counts);
        return call.Finish(layer, input);
    }

    public static bool GlobalAverage(LoweringCall call) => call.Info().Rank switch
    {
        4 when call.Sample(4) is { } maps => call.Finish(new GlobalAvgPool2d(), maps),
        3 when call.Sample(3) is { } sequence => call.Finish(new ReduceMean([1], keepDimensions: true), sequence),
        _ => false,
    };

    public static bool GlobalMax(LoweringCall call) => call.Info().Rank switch
    {
        4 when call.Sample(4) is { } maps => call.Finish(new ReduceMax([1, 2], keepDimensions: true), maps),
        3 when call.Sample(3) is { } sequence => call.Finish(new ReduceMax([1], keepDimensions: true), sequence),
        _ => false,
    };

    private static SpatialWindow? Window(LoweringCall call) =>
        call.Info() is { Rank: 3 or 4, ElementType: Graphs.OnnxElementType.Float } info ? SpatialWindow.Of(call.Node, info.Dimensions, null) : null;
}
