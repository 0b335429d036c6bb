using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>Elements picked by indices. Negative indices count from the end.</summary>
internal static class Gathering
{
    public static IEnumerable<OperatorDefinition> Definitions =>
    [
        OperatorDefinition.Of("Gather", 1, (2, 2), "axis", Gather),
        OperatorDefinition.Of("GatherElements", 11, (2, 2), "axis", GatherElements),
        OperatorDefinition.Of("GatherND", 11, (2, 2), "", call => GatherNd(call, 0)),
        OperatorDefinition.Of("GatherND", 12, (2, 2), "batch_dims", call => GatherNd(call, call.Int("batch_dims", 0))),
        OperatorDefinition.Of("Compress", 9, (2, 2), "axis", Compress),
        OperatorDefinition.Of("OneHot", 9, (3, 3), "axis", OneHot),
        OperatorDefinition.Of("NonZero", 9, (1, 1), "", NonZero),
        OperatorDefinition.Of("Trilu", 14, (1, 2), "upper", Trilu),
    ];

    /// <summary>Indices counted from the front, each checked.</summary>
    public static int[] Indices(OperatorCall call, OnnxTensor indices, int size)
    {
        long[] values = Elements.ToLongs(indices);
        var result = new int[values.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = Index(call, values[i], size);
        return result;
    }

    /// <summary>An index counted from the front.</summary>
    public static int Index(OperatorCall call, long index, int size) => index >= -size && index < size
        ? (int)(index < 0 ? index + size : index)
        : throw call.Error($"index {index} is not within {size} elements");

    private static OnnxTensor Whole(OperatorCall call, int input) => call.Input(input, OnnxElementType.Int64, OnnxElementType.Int32);

    private static OnnxTensor Gather(OperatorCall call)
    {
        OnnxTensor input = call.Input(0), indices = Whole(call, 1);
        int axis = call.Axis(call.Int("axis", 0), input.Rank);
        int[][] tables = AxisTables.Identity(input);
        int[] along = tables[axis];
        tables[axis] = [.. Indices(call, indices, along.Length).Select(index => along[index])];
        OnnxTensor result = AxisTables.Pick(call, input, tables);
        return call.Reshaped(result, [.. input.Dimensions[..axis], .. indices.Dimensions, .. input.Dimensions[(axis + 1)..]]);
    }

    private static OnnxTensor GatherElements(OperatorCall call)
    {
        OnnxTensor input = call.Input(0), indices = Whole(call, 1);
        call.Require(indices.Rank == input.Rank && input.Rank > 0, $"indices {Sizes.Text(indices.Dimensions)} do not fit {Sizes.Text(input.Dimensions)}");
        int axis = call.Axis(call.Int("axis", 0), input.Rank);
        return Picked(call, input, indices.Dimensions, Places(call, input, indices, axis));
    }

    /// <summary>For every index the place in the tensor where it lies in its own row, column and so on, and the index says where along the axis.</summary>
    public static int[] Places(OperatorCall call, OnnxTensor tensor, OnnxTensor indices, int axis)
    {
        for (int d = 0; d < tensor.Rank; d++)
            call.Require(d == axis || indices.Dimensions[d] <= tensor.Dimensions[d], $"indices {Sizes.Text(indices.Dimensions)} do not fit {Sizes.Text(tensor.Dimensions)}");
        int[] places = Indices(call, indices, tensor.Dimensions[axis]), strides = Sizes.Strides(tensor.Dimensions), own = Sizes.Strides(indices.Dimensions);
        for (int i = 0; i < places.Length; i++)
        {
            int place = places[i] * strides[axis];
            for (int d = 0; d < tensor.Rank; d++)
                if (d != axis)
                    place += i / own[d] % indices.Dimensions[d] * strides[d];
            places[i] = place;
        }
        return places;
    }

    private static OnnxTensor GatherNd(OperatorCall call, long batchAxes)
    {
        OnnxTensor input = call.Input(0), indices = call.Input(1, OnnxElementType.Int64);
        call.Require(batchAxes >= 0 && batchAxes < Math.Min(input.Rank, indices.Rank), $"batch_dims {batchAxes} does not fit the inputs");
        int batch = (int)batchAxes;
        call.Require(indices.Dimensions[..batch].SequenceEqual(input.Dimensions[..batch]), "the batches of the inputs differ");
        (int[] places, int inner) = PlacesOfTuples(call, input.Dimensions, indices, batch);
        OnnxTensor picked = AxisTables.Pick(call, input, [places, AxisTables.Along(inner, 1)]);
        return call.Reshaped(picked, [.. indices.Dimensions[..^1], .. input.Dimensions[(batch + indices.Dimensions[^1])..]]);
    }

    /// <summary>Where every tuple of indices points to, and how many elements lie there together.</summary>
    public static (int[] Places, int Inner) PlacesOfTuples(OperatorCall call, ReadOnlySpan<int> sizes, OnnxTensor indices, int batch)
    {
        call.Require(indices.Rank > 0, "its indices must be tuples");
        int length = indices.Dimensions[^1];
        call.Require(length >= 1 && batch + length <= sizes.Length, $"tuples of {length} indices do not fit {Sizes.Text(sizes)}");
        int[] strides = Sizes.Strides(sizes);
        int inner = Sizes.Count(sizes[(batch + length)..]), perBatch = Sizes.Count(indices.Dimensions[batch..^1]);
        int batchStride = Sizes.Count(sizes[batch..]);
        ReadOnlySpan<long> values = indices.Values<long>();
        var places = new int[Sizes.Count(indices.Dimensions[..^1])];
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = i / perBatch * batchStride;
            for (int k = 0; k < length; k++)
                places[i] += Index(call, values[(i * length) + k], sizes[batch + k]) * strides[batch + k];
        }
        return (places, inner);
    }

    private static OnnxTensor Picked(OperatorCall call, OnnxTensor input, ReadOnlySpan<int> sizes, int[] places) =>
        call.Reshaped(AxisTables.Pick(call, input, [places]), sizes);

    private static OnnxTensor Compress(OperatorCall call)
    {
        OnnxTensor input = call.Input(0), condition = call.Input(1, OnnxElementType.Bool);
        bool flat = call.Node.Find("axis") is null;
        OnnxTensor source = flat ? call.Reshaped(input, [input.Count]) : input;
        int axis = flat ? 0 : call.Axis(call.Int("axis", 0), input.Rank);
        int[][] tables = AxisTables.Identity(source);
        int[] along = tables[axis];
        call.Require(condition.Count <= along.Length, $"{condition.Count} conditions are more than the {along.Length} elements");
        tables[axis] = [.. Enumerable.Range(0, condition.Count).Where(i => condition.Values<byte>()[i] != 0).Select(i => along[i])];
        return AxisTables.Pick(call, source, tables);
    }

    private static OnnxTensor OneHot(OperatorCall call)
    {
        OnnxTensor indices = call.Input(0), values = call.Input(2);
        call.Require(call.Input(1).Count == 1 && values.Count == 2, "depth must be one number and values two");
        double[] wanted = Casting.ToDoubles(call, indices);
        double depthValue = Casting.ToDoubles(call, call.Input(1))[0];
        call.Require(depthValue is >= 0 and <= int.MaxValue, $"depth is {depthValue}");
        int depth = (int)depthValue, axis = call.Axis(call.Int("axis", -1), indices.Rank + 1);
        long[] sizes = [.. indices.Dimensions[..axis].ToArray().Select(size => (long)size), depth, .. indices.Dimensions[axis..].ToArray().Select(size => (long)size)];
        int[] shape = call.CheckSizes(sizes, Math.Max(sizeof(int), values.ElementType.Size()));
        // One table of choices between the two values, off and on.
        var choices = new int[Sizes.Count(shape)];
        int inner = Sizes.Count(indices.Dimensions[axis..]);
        for (int i = 0; i < wanted.Length; i++)
        {
            double index = wanted[i] < 0 ? wanted[i] + depth : wanted[i];
            if (index >= 0 && index < depth)
                choices[(((i / inner * depth) + (int)index) * inner) + (i % inner)] = 1;
        }
        return Picked(call, values, shape, choices);
    }

    private static OnnxTensor NonZero(OperatorCall call)
    {
        OnnxTensor input = call.Input(0);
        double[] values = Casting.ToDoubles(call, input);
        int[] found = [.. Enumerable.Range(0, values.Length).Where(i => values[i] != 0)], strides = Sizes.Strides(input.Dimensions);
        OnnxTensor result = call.New(OnnxElementType.Int64, [input.Rank, found.Length], out Span<long> target);
        for (int d = 0; d < input.Rank; d++)
            for (int i = 0; i < found.Length; i++)
                target[(d * found.Length) + i] = found[i] / strides[d] % input.Dimensions[d];
        return result;
    }

    /// <summary>The triangle above a diagonal, or below it, of every matrix; zero elsewhere.</summary>
    private static OnnxTensor Trilu(OperatorCall call)
    {
        OnnxTensor input = call.Input(0);
        call.Require(input.Rank >= 2, "it takes matrices");
        bool upper = call.Flag("upper", true);
        long diagonal = call.Integer(1) ?? 0;
        int rows = input.Dimensions[^2], columns = input.Dimensions[^1];
        var places = new int[input.Count];
        for (int i = 0; i < places.Length; i++)
        {
            long distance = (long)(i % columns) - (i / columns % rows);
            places[i] = (upper ? distance >= diagonal : distance <= diagonal) ? i : AxisTables.Outside;
        }
        return Picked(call, input, input.Dimensions, places);
    }
}
