using Fovea.Layers;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Lowering.Calls;
using Fovea.Onnx.Passes;
using Fovea.Tensors;

namespace Fovea.Onnx.Lowering.Families;

/// <summary>Operators that move elements or name them otherwise, of any type.</summary>
internal static class Movements
{
    /// <summary>The same elements in the order they have, whatever the operator that says so.</summary>
    public static bool Reshape(LoweringCall call)
    {
        Form input = call.Input();
        Shape output = Form.Of(call.Output.Dimensions);
        if (output.Rank == 1 && input.Shape.Rank > 1)
            return call.Finish(new Flatten(), input);
        return input.Shape == output ? call.Give(0, input) : call.Finish(new Reshape(output.ToArray()), input);
    }

    public static bool Flatten(LoweringCall call) => Reshape(call);

    public static bool Transpose(LoweringCall call)
    {
        int[] order = ShapeRules.Permutation(call.Node, call.Info().Rank);
        if (order.Length > 0 && order[0] == 0 && Form.HasBatch(call.Info().Dimensions))
            return call.Finish(new Transpose([.. order[1..].Select(axis => axis - 1)]), call.Input());
        return call.Finish(new Transpose(order), call.Full());
    }

    public static bool Concat(LoweringCall call)
    {
        int axis = call.Axis(call.Int("axis", 0));
        int count = call.Node.Inputs.Count;
        // Along any axis but the first, all inputs have a batch dimension or none.
        bool batch = axis > 0 && Form.HasBatch(call.Info().Dimensions);
        Form[] inputs = [.. Enumerable.Range(0, count).Select(input => batch ? call.Input(input) : call.Full(input))];
        return count == 1 ? call.Give(0, inputs[0]) : call.Finish(new Concat(batch ? axis - 1 : axis), inputs);
    }

    /// <summary>A node a part.</summary>
    public static bool Split(LoweringCall call)
    {
        (Form input, int axis) = call.Along(call.Int("axis", 0));
        int dimension = call.Axis(call.Int("axis", 0)), start = 0;
        for (int i = 0; i < call.Node.Outputs.Count; i++)
        {
            if (call.Node.Outputs[i].Length == 0)
                return false;
            int length = call.Graph.Values[call.Node.Outputs[i]].Dimensions[dimension];
            if (!call.Give(i, call.Step(new Narrow(axis, start, length), input)))
                return false;
            start += length;
        }
        return true;
    }

    /// <summary>Neighbours along some axes; steps other than 1 have no layer.</summary>
    public static bool Slice(LoweringCall call)
    {
        if (Bounds(call, 1, "starts") is not { } starts || Bounds(call, 2, "ends") is not { } ends || starts.Length != ends.Length
            || call.Has(3) && call.Longs(3) is null || call.Has(4) && call.Longs(4)?.All(step => step == 1) != true)
            return false;
        long[] axes = call.Longs(3) ?? call.Ints("axes") ?? [.. Enumerable.Range(0, starts.Length).Select(axis => (long)axis)];
        if (axes.Length != starts.Length)
            return false;
        Form form = call.Input();
        bool batch = Form.HasBatch(call.Info().Dimensions);
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = call.Axis(axes[i]), size = call.Info().Dimensions[axis], length = call.Output.Dimensions[axis];
            int start = (int)Math.Clamp(starts[i] < 0 ? starts[i] + size : starts[i], 0, size);
            if (length == size)
                continue;
            if (batch && axis == 0)
                return false;
            form = call.Step(new Narrow(batch ? axis - 1 : axis, start, length), form);
        }
        return call.Give(0, form);
    }

    public static bool Pad(LoweringCall call)
    {
        if (call.Has(1) && call.Longs(1) is null || call.Has(2) && call.Number(2) is null || call.Has(3) && call.Longs(3) is null)
            return false;
        int rank = call.Info().Rank;
        long[] pads = call.Longs(1) ?? call.Ints("pads") ?? [];
        int[] axes = call.Longs(3) is { } given ? [.. given.Select(axis => call.Axis(axis))] : [.. Enumerable.Range(0, rank)];
        PadMode? mode = call.Word("mode", "constant") switch
        {
            "constant" => PadMode.Constant,
            "reflect" => PadMode.Reflect,
            "edge" => PadMode.Replicate,
            _ => null,
        };
        if (mode is null || pads.Length != 2 * axes.Length || pads.Any(pad => pad is < 0 or > int.MaxValue))
            return false;
        int[] before = new int[rank], after = new int[rank];
        for (int i = 0; i < axes.Length; i++)
            (before[axes[i]], after[axes[i]]) = ((int)pads[i], (int)pads[i + axes.Length]);
        double value = call.Number(2) ?? call.Float("value", 0);
        return Form.HasBatch(call.Info().Dimensions) && before[0] == 0 && after[0] == 0
            ? call.Finish(new Pad(before.AsSpan(1), after.AsSpan(1), mode.Value, value), call.Input())
            : call.Finish(new Pad(before, after, mode.Value, value), call.Full());
    }

    /// <summary>A sum with zeros repeats elements as broadcasting does.</summary>
    public static bool Expand(LoweringCall call)
    {
        Shape output = Form.Of(call.Output.Dimensions);
        return call.Input().Shape == output ? call.Give(0, call.Input())
            : call.Output.ElementType == OnnxElementType.Float && call.Finish(new Add(), [call.Input(), call.Numbers(output, new float[output.Length])]);
    }

    private static long[]? Bounds(LoweringCall call, int input, string attribute) => call.Has(input) ? call.Longs(input) : call.Ints(attribute);
}
