using Fovea.Layers;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Lowering.Calls;

namespace Fovea.Onnx.Lowering.Families;

/// <summary>One number of those along some axes.</summary>
internal static class Reductions
{
    public static bool Mean(LoweringCall call)
    {
        if (Axes(call) is not { } axes)
            return false;
        // The mean of every map has a layer of its own, which the engines fuse.
        if (call.Info() is { Rank: 4 } info && axes.Order().SequenceEqual([2, 3]) && info.Dimensions[0] == 1)
            return call.Finish(new GlobalAvgPool2d(), call.Sample(4)!.Value);
        return Reduce(call, axes, dimensions => new ReduceMean(dimensions));
    }

    public static bool Sum(LoweringCall call) => Axes(call) is { } axes && Reduce(call, axes, dimensions => new ReduceSum(dimensions));

    public static bool Max(LoweringCall call) => Axes(call) is { } axes && Reduce(call, axes, dimensions => new ReduceMax(dimensions));

    public static bool Min(LoweringCall call) => Axes(call) is { } axes && Reduce(call, axes, dimensions => new ReduceMin(dimensions));

    private static bool Reduce(LoweringCall call, int[] axes, Func<int[], Layer> layer)
    {
        if (axes.Length == 0)
            return call.Give(0, call.Input());
        bool batch = Form.HasBatch(call.Info().Dimensions);
        int[] dimensions = [.. axes.Where(axis => !batch || axis > 0).Select(axis => batch ? axis - 1 : axis)];
        return dimensions.Length == 0 ? call.Give(0, call.Input()) : call.Finish(layer(dimensions), call.Input());
    }

    /// <summary>The axes, counted from the front; null if they are computed, or the numbers are no floats.</summary>
    private static int[]? Axes(LoweringCall call)
    {
        if (call.Info().ElementType != OnnxElementType.Float || call.Has(1) && call.Longs(1) is null)
            return null;
        long[] given = call.Longs(1) ?? call.Ints("axes") ?? [];
        if (given.Length == 0)
            return call.Int("noop_with_empty_axes", 0) != 0 ? [] : [.. Enumerable.Range(0, call.Info().Rank)];
        return [.. given.Select(axis => call.Axis(axis))];
    }
}
