using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>Elements in another order, some of them, or several times: all by tables along the axes.</summary>
internal static class Movements
{
    public static IEnumerable<OperatorDefinition> Definitions =>
    [
        OperatorDefinition.Of("Transpose", 1, (1, 1), "perm", call => Transpose(call, call.Input(0), Permutation(call))),
        OperatorDefinition.Of("Slice", 1, (1, 1), "starts ends axes", call => Slice(call, call.Ints("starts"), call.Ints("ends"), call.Ints("axes"), null)),
        OperatorDefinition.Of("Slice", 10, (3, 5), "", call => Slice(call, call.Integers(1), call.Integers(2), call.Integers(3), call.Integers(4))),
        new("Split", 2, (1, 1), OperatorDefinition.Many, "axis split", call => Split(call, call.Ints("split"))),
        new("Split", 13, (1, 2), OperatorDefinition.Many, "axis", call => Split(call, call.Integers(1))),
        new("Split", 18, (1, 2), OperatorDefinition.Many, "axis num_outputs", call => Split(call, call.Integers(1))),
        OperatorDefinition.Of("Tile", 6, (2, 2), "", Tile),
        OperatorDefinition.Of("Expand", 8, (2, 2), "", Expand),
        OperatorDefinition.Of("DepthToSpace", 1, (1, 1), "blocksize", call => DepthToSpace(call, "DCR")),
        OperatorDefinition.Of("DepthToSpace", 11, (1, 1), "blocksize mode", call => DepthToSpace(call, call.Word("mode", "DCR", "DCR", "CRD"))),
        OperatorDefinition.Of("SpaceToDepth", 1, (1, 1), "blocksize", SpaceToDepth),
        OperatorDefinition.Of("ReverseSequence", 10, (2, 2), "batch_axis time_axis", ReverseSequence),
    ];

    /// <summary>The tensor with its axes in another order.</summary>
    public static OnnxTensor Transpose(OperatorCall call, OnnxTensor input, ReadOnlySpan<int> order)
    {
        int[][] tables = AxisTables.Identity(input);
        var turned = new int[tables.Length][];
        for (int axis = 0; axis < turned.Length; axis++)
            turned[axis] = tables[order[axis]];
        return AxisTables.Pick(call, input, turned);
    }

    private static int[] Permutation(OperatorCall call)
    {
        int rank = call.Input(0).Rank;
        if (call.Ints("perm") is not { } order)
            return [.. Enumerable.Range(0, rank).Reverse()];
        call.Require(order.Length == rank, $"attribute perm has {order.Length} axes, the input {rank}");
        return call.Axes(order, rank);
    }

    private static OnnxTensor Slice(OperatorCall call, long[]? starts, long[]? ends, long[]? axes, long[]? steps)
    {
        OnnxTensor input = call.Input(0);
        call.Require(starts is not null && ends is not null, "starts and ends are missing");
        int count = starts!.Length;
        call.Require(ends!.Length == count && (axes is null || axes.Length == count) && (steps is null || steps.Length == count), "starts, ends, axes and steps are not equally many");
        int[] sliced = call.Axes(axes ?? [.. Enumerable.Range(0, count).Select(axis => (long)axis)], input.Rank);
        int[][] tables = AxisTables.Identity(input);
        for (int i = 0; i < count; i++)
        {
            long step = steps?[i] ?? 1;
            call.Require(step != 0, "a step is 0");
            tables[sliced[i]] = Sliced(tables[sliced[i]], starts[i], ends[i], step);
        }
        return AxisTables.Pick(call, input, tables);
    }

    /// <summary>As in Python: from the end if negative, cut to what is there.</summary>
    private static int[] Sliced(int[] table, long start, long end, long step)
    {
        long size = table.Length;
        long Cut(long value) => Math.Clamp(value < 0 ? value + size : value, step < 0 ? -1 : 0, step < 0 ? size - 1 : size);
        (start, end) = (Cut(start), Cut(end));
        // A step of more than the axis takes one element at most.
        step = Math.Clamp(step, -size - 1, size + 1);
        long count = Math.Max(0, step > 0 ? (end - start + step - 1) / step : (start - end - step - 1) / -step);
        var result = new int[count];
        for (int i = 0; i < result.Length; i++)
            result[i] = table[start + (i * step)];
        return result;
    }

    private static OnnxTensor[] Split(OperatorCall call, long[]? sizes)
    {
        OnnxTensor input = call.Input(0);
        int axis = call.Axis(call.Int("axis", 0), input.Rank);
        int size = input.Dimensions[axis], count = call.OutputCount;
        long named = call.Int("num_outputs", sizes?.Length ?? count);
        call.Require(sizes is null || call.Node.Find("num_outputs") is null, "it has both sizes and attribute num_outputs");
        call.Require(named == count, $"it is split into {named} parts, but has {count} outputs");
        if (sizes is null)
        {
            // Equal parts; from version 18 on the last may be smaller.
            int part = (size + count - 1) / count;
            call.Require(call.Version >= 18 || size % count == 0, $"{size} elements do not split into {count} equal parts");
            sizes = [.. Enumerable.Range(0, count).Select(i => (long)Math.Max(0, Math.Min(part, size - (i * part))))];
        }
        call.Require(sizes.All(part => part >= 0) && sizes.Sum() == size, $"the parts {Sizes.Text(sizes)} do not add up to {size}");
        int[][] tables = AxisTables.Identity(input);
        int[] whole = tables[axis];
        var results = new OnnxTensor[count];
        for (int i = 0, start = 0; i < count; start += (int)sizes[i], i++)
        {
            tables[axis] = whole[start..(start + (int)sizes[i])];
            results[i] = AxisTables.Pick(call, input, tables);
        }
        return results;
    }

    private static OnnxTensor Tile(OperatorCall call)
    {
        OnnxTensor input = call.Input(0);
        long[] repeats = call.RequiredIntegers(1);
        call.Require(repeats.Length == input.Rank, $"it has {repeats.Length} repeats for {input.Rank} dimensions");
        int[] sizes = call.CheckSizes([.. repeats.Select((repeat, axis) => repeat < 0 ? repeat : checked(repeat * input.Dimensions[axis]))], input.ElementType.Size());
        int[][] tables = AxisTables.Identity(input);
        for (int axis = 0; axis < tables.Length; axis++)
        {
            int[] once = tables[axis], all = new int[sizes[axis]];
            for (int i = 0; i < all.Length; i++)
                all[i] = once[i % once.Length];
            tables[axis] = all;
        }
        return AxisTables.Pick(call, input, tables);
    }

    /// <summary>Both ways: a 1 in the shape keeps what the input has there.</summary>
    private static OnnxTensor Expand(OperatorCall call)
    {
        OnnxTensor input = call.Input(0);
        long[] shape = call.RequiredIntegers(1);
        int rank = Math.Max(shape.Length, input.Rank);
        call.Require(rank <= 64, $"its result would have {rank} dimensions");
        var wanted = new long[rank];
        int[][] own = AxisTables.Identity(input), tables = new int[rank][];
        for (int axis = 0; axis < rank; axis++)
        {
            long size = axis < rank - shape.Length ? 1 : shape[axis - rank + shape.Length];
            int has = axis < rank - input.Rank ? 1 : input.Dimensions[axis - rank + input.Rank];
            call.Require(size == has || size == 1 || has == 1, $"{Sizes.Text(input.Dimensions)} does not expand to {Sizes.Text(shape)}");
            wanted[axis] = has == 1 ? size : has;
        }
        int[] sizes = call.CheckSizes(wanted, input.ElementType.Size());
        for (int axis = 0; axis < rank; axis++)
        {
            int from = axis - rank + input.Rank;
            tables[axis] = from >= 0 && own[from].Length == sizes[axis] ? own[from] : new int[sizes[axis]];
        }
        return AxisTables.Pick(call, input, tables);
    }

    private static OnnxTensor DepthToSpace(OperatorCall call, string mode)
    {
        OnnxTensor input = call.Input(0);
        int block = BlockSize(call, input);
        int n = input.Dimensions[0], channels = input.Dimensions[1], height = input.Dimensions[2], width = input.Dimensions[3];
        call.Require(channels % (block * block) == 0, $"{channels} channels do not split into blocks of {block}×{block}");
        int kept = channels / (block * block);
        bool depthFirst = mode == "DCR";
        OnnxTensor split = call.Reshaped(input, depthFirst ? [n, block, block, kept, height, width] : [n, kept, block, block, height, width]);
        OnnxTensor turned = Transpose(call, split, depthFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3]);
        return call.Reshaped(turned, [n, kept, height * block, width * block]);
    }

    private static OnnxTensor SpaceToDepth(OperatorCall call)
    {
        OnnxTensor input = call.Input(0);
        int block = BlockSize(call, input);
        int n = input.Dimensions[0], channels = input.Dimensions[1], height = input.Dimensions[2], width = input.Dimensions[3];
        call.Require(height % block == 0 && width % block == 0, $"{height}×{width} does not split into blocks of {block}×{block}");
        OnnxTensor split = call.Reshaped(input, [n, channels, height / block, block, width / block, block]);
        return call.Reshaped(Transpose(call, split, [0, 3, 5, 1, 2, 4]), [n, channels * block * block, height / block, width / block]);
    }

    private static int BlockSize(OperatorCall call, OnnxTensor input)
    {
        call.Require(input.Rank == 4, $"it takes (N, C, H, W), not {Sizes.Text(input.Dimensions)}");
        long block = call.RequiredInt("blocksize");
        return block is >= 1 and <= 32768 ? (int)block : throw call.Error($"attribute blocksize must be positive, not {block}");
    }

    /// <summary>In every sequence of the batch, the first elements in reverse order.</summary>
    private static OnnxTensor ReverseSequence(OperatorCall call)
    {
        OnnxTensor input = call.Input(0);
        call.Require(input.Rank >= 2, "it takes a batch of sequences");
        int batch = call.Axis(call.Int("batch_axis", 1), input.Rank), time = call.Axis(call.Int("time_axis", 0), input.Rank);
        call.Require(batch + time == 1, "batch_axis and time_axis must be 0 and 1");
        long[] lengths = call.RequiredIntegers(1);
        int steps = input.Dimensions[time];
        call.Require(lengths.Length == input.Dimensions[batch] && lengths.All(length => length >= 0 && length <= steps), "the lengths do not fit the batch");
        // The first two axes become one, whose table says what goes where.
        int inner = Sizes.Count(input.Dimensions[2..]);
        var rows = new int[input.Dimensions[0] * input.Dimensions[1]];
        for (int i = 0; i < rows.Length; i++)
        {
            int first = i / input.Dimensions[1], second = i % input.Dimensions[1];
            int step = time == 0 ? first : second, sequence = time == 0 ? second : first;
            int from = step < lengths[sequence] ? (int)lengths[sequence] - 1 - step : step;
            rows[i] = ((time == 0 ? from : first) * input.Dimensions[1] + (time == 0 ? second : from)) * inner;
        }
        return call.Reshaped(AxisTables.Pick(call, input, [rows, AxisTables.Along(inner, 1)]), input.Dimensions);
    }
}
