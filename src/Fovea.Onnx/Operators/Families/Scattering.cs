using System.Numerics;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>Elements put, or added, where indices say.</summary>
internal static class Scattering
{
    public static IEnumerable<OperatorDefinition> Definitions =>
    [
        OperatorDefinition.Of("Scatter", 9, (3, 3), "axis", ScatterElements),
        OperatorDefinition.Of("ScatterElements", 11, (3, 3), "axis", ScatterElements),
        OperatorDefinition.Of("ScatterElements", 16, (3, 3), "axis reduction", ScatterElements),
        OperatorDefinition.Of("ScatterND", 11, (3, 3), "", ScatterNd),
        OperatorDefinition.Of("ScatterND", 16, (3, 3), "reduction", ScatterNd),
        OperatorDefinition.Of("TensorScatter", 24, (2, 3), "axis mode", TensorScatter),
    ];

    private static OnnxTensor ScatterElements(OperatorCall call)
    {
        OnnxTensor data = call.Input(0), indices = call.Input(1, OnnxElementType.Int64, OnnxElementType.Int32), updates = call.Input(2);
        int axis = call.Axis(call.Int("axis", 0), data.Rank);
        call.Require(indices.Rank == data.Rank && indices.Dimensions.SequenceEqual(updates.Dimensions), $"indices {Sizes.Text(indices.Dimensions)} and updates {Sizes.Text(updates.Dimensions)} must be of one shape");
        return Put(call, data, updates, Gathering.Places(call, data, indices, axis), 1);
    }

    private static OnnxTensor ScatterNd(OperatorCall call)
    {
        OnnxTensor data = call.Input(0), indices = call.Input(1, OnnxElementType.Int64), updates = call.Input(2);
        (int[] places, int inner) = Gathering.PlacesOfTuples(call, data.Dimensions, indices, 0);
        call.Require(updates.Count == places.Length * (long)inner, $"updates {Sizes.Text(updates.Dimensions)} do not fit the indices");
        return Put(call, data, updates, places, inner);
    }

    /// <summary>A cache of keys or values: a piece written into every sample from a position on.</summary>
    private static OnnxTensor TensorScatter(OperatorCall call)
    {
        OnnxTensor past = call.Input(0), update = call.Input(1);
        bool circular = call.Word("mode", "linear", "linear", "circular") == "circular";
        int axis = call.Axis(call.Int("axis", -2), past.Rank);
        call.Require(axis > 0 && update.Rank == past.Rank, "its axis must not be the batch, and its inputs must have the same rank");
        for (int d = 0; d < past.Rank; d++)
            call.Require(d == axis ? update.Dimensions[d] <= past.Dimensions[d] : update.Dimensions[d] == past.Dimensions[d], $"{Sizes.Text(update.Dimensions)} does not go into {Sizes.Text(past.Dimensions)}");
        long[] starts = call.Integers(2) ?? new long[past.Dimensions[0]];
        call.Require(starts.Length == past.Dimensions[0], "it has not one position for every sample");
        int length = past.Dimensions[axis], steps = update.Dimensions[axis], inner = Sizes.Count(past.Dimensions[(axis + 1)..]);
        int perSample = Sizes.Count(past.Dimensions[1..axis]);
        var places = new int[Sizes.Count(update.Dimensions[..(axis + 1)])];
        for (int i = 0; i < places.Length; i++)
        {
            int step = i % steps, row = i / steps;
            long at = starts[row / perSample] + step;
            call.Require(at >= 0 && (circular || at < length), $"position {at} is not within {length}");
            places[i] = ((row * length) + (int)(at % length)) * inner;
        }
        return Put(call, past, update, places, inner);
    }

    private static OnnxTensor Put(OperatorCall call, OnnxTensor data, OnnxTensor updates, int[] places, int inner)
    {
        call.SameType(data, updates);
        string reduction = call.Version >= 18 || call.Version == 16 ? call.Word("reduction", "none", "none", "add", "mul", "max", "min") : "none";
        if (reduction == "none")
            return Movement.Apply(call, data.ElementType, data.Dimensions.ToArray(), data, updates, new Placed(places, inner));
        OnnxTensor wide = Elements.Widened(data);
        return Elements.Narrowed(
            Elements.Run<Combination, OnnxTensor>(call, wide.ElementType, new(call, wide, Elements.Widened(updates), places, inner, reduction)), data.ElementType);
    }

    private readonly struct Placed(int[] places, int inner) : IMovement
    {
        public void Run<T>(OnnxTensor first, OnnxTensor? second, ReadOnlySpan<T> source, ReadOnlySpan<T> other, int[] sizes, Span<T> target)
        {
            source.CopyTo(target);
            for (int i = 0; i < places.Length; i++)
                other.Slice(i * inner, inner).CopyTo(target[places[i]..]);
        }
    }

    private readonly struct Combination(OperatorCall call, OnnxTensor data, OnnxTensor updates, int[] places, int inner, string reduction) : INumberWork<OnnxTensor>
    {
        public OnnxTensor Run<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            OnnxTensor result = call.New(data.ElementType, data.Dimensions, out Span<T> target);
            data.Values<T>().CopyTo(target);
            ReadOnlySpan<T> source = updates.Values<T>();
            for (int i = 0; i < places.Length; i++)
                for (int k = 0; k < inner; k++)
                {
                    ref T place = ref target[places[i] + k];
                    T value = source[(i * inner) + k];
                    place = reduction switch
                    {
                        "add" => place + value,
                        "mul" => place * value,
                        "max" => T.Max(place, value),
                        _ => T.Min(place, value),
                    };
                }
            return result;
        }
    }
}
