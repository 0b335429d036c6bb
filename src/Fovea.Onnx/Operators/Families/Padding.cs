using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>Elements put around a tensor, or cut from its edges.</summary>
internal static class Padding
{
    public static IEnumerable<OperatorDefinition> Definitions =>
    [
        OperatorDefinition.Of("Pad", 2, (1, 1), "mode pads value", PadByAttributes),
        OperatorDefinition.Of("Pad", 11, (2, 3), "mode", call => Pad(call, call.Integers(1), call.Optional(2), null)),
        OperatorDefinition.Of("Pad", 18, (2, 4), "mode", call => Pad(call, call.Integers(1), call.Optional(2), call.Integers(3))),
        OperatorDefinition.Of("CenterCropPad", 18, (2, 2), "axes", CenterCropPad),
    ];

    private static OnnxTensor PadByAttributes(OperatorCall call)
    {
        OnnxTensor input = call.FloatInput(0);
        return Pad(call, call.Ints("pads"), Elements.FromDoubles(input.ElementType, [], [call.Float("value", 0)]), null);
    }

    private static OnnxTensor Pad(OperatorCall call, long[]? pads, OnnxTensor? value, long[]? axes)
    {
        OnnxTensor input = call.Input(0);
        string mode = call.Version >= 18
            ? call.Word("mode", "constant", "constant", "reflect", "edge", "wrap")
            : call.Word("mode", "constant", "constant", "reflect", "edge");
        if (value is not null)
        {
            call.SameType(input, value);
            call.Require(value.Count == 1, "the value must be one number");
        }
        int[] padded = call.Axes(axes ?? [.. Enumerable.Range(0, input.Rank).Select(axis => (long)axis)], input.Rank);
        call.Require(pads is not null && pads.Length == 2 * padded.Length, $"it has {pads?.Length ?? 0} pads for {padded.Length} axes; each has one before and one behind");
        long[] sizes = [.. input.Dimensions.ToArray().Select(size => (long)size)];
        for (int i = 0; i < padded.Length; i++)
            sizes[padded[i]] = checked(sizes[padded[i]] + pads![i] + pads[padded.Length + i]);
        call.CheckSizes(sizes, input.ElementType.Size());
        int[][] tables = AxisTables.Identity(input);
        for (int i = 0; i < padded.Length; i++)
            tables[padded[i]] = Padded(call, tables[padded[i]], pads![i], (int)sizes[padded[i]], mode);
        return AxisTables.Pick(call, input, tables, value);
    }

    private static int[] Padded(OperatorCall call, int[] table, long before, int size, string mode)
    {
        int count = table.Length;
        call.Require(count > 0 || mode == "constant" || size == 0, $"mode {mode} has no elements to take");
        var result = new int[size];
        for (int i = 0; i < size; i++)
        {
            long from = i - before;
            if (from < 0 || from >= count)
                from = mode switch
                {
                    "edge" => Math.Clamp(from, 0, count - 1),
                    "wrap" => ((from % count) + count) % count,
                    "reflect" => Reflected(from, count),
                    _ => AxisTables.Outside,
                };
            result[i] = from < 0 ? AxisTables.Outside : table[from];
        }
        return result;
    }

    /// <summary>Mirrored at the outermost elements, which are not repeated.</summary>
    private static long Reflected(long index, int count)
    {
        if (count == 1)
            return 0;
        long period = 2L * (count - 1), at = ((index % period) + period) % period;
        return at < count ? at : period - at;
    }

    private static OnnxTensor CenterCropPad(OperatorCall call)
    {
        OnnxTensor input = call.Input(0);
        long[] shape = call.RequiredIntegers(1);
        int[] axes = call.Axes(call.Ints("axes") ?? [.. Enumerable.Range(0, input.Rank).Select(axis => (long)axis)], input.Rank);
        call.Require(shape.Length == axes.Length, $"it has {shape.Length} sizes for {axes.Length} axes");
        long[] sizes = [.. input.Dimensions.ToArray().Select(size => (long)size)];
        for (int i = 0; i < axes.Length; i++)
            sizes[axes[i]] = shape[i];
        call.CheckSizes(sizes, input.ElementType.Size());
        int[][] tables = AxisTables.Identity(input);
        foreach (int axis in axes)
        {
            // Of an odd difference the larger half goes, or is put, behind.
            long has = input.Dimensions[axis], wanted = sizes[axis];
            long before = wanted < has ? -((has - wanted) / 2) : (wanted - has) / 2;
            tables[axis] = Padded(call, tables[axis], before, (int)wanted, "constant");
        }
        return AxisTables.Pick(call, input, tables);
    }
}
