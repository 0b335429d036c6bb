using System.Numerics;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>Shapes as values, tensors under other shapes, and tensors made of nothing else.</summary>
internal static class Shapes
{
    public static IEnumerable<OperatorDefinition> Definitions =>
    [
        OperatorDefinition.Of("Identity", 1, (1, 1), "", call => call.Input(0)),
        OperatorDefinition.Of("Shape", 1, (1, 1), "", Shape),
        OperatorDefinition.Of("Shape", 15, (1, 1), "start end", Shape),
        OperatorDefinition.Of("Size", 1, (1, 1), "", call => call.NewLongs([], [call.Input(0).Count])),
        OperatorDefinition.Of("Reshape", 5, (2, 2), "", Reshape),
        OperatorDefinition.Of("Reshape", 14, (2, 2), "allowzero", Reshape),
        OperatorDefinition.Of("Flatten", 1, (1, 1), "axis", Flatten),
        OperatorDefinition.Of("Squeeze", 1, (1, 1), "axes", call => Squeeze(call, call.Ints("axes"))),
        OperatorDefinition.Of("Squeeze", 13, (1, 2), "", call => Squeeze(call, call.Integers(1))),
        OperatorDefinition.Of("Unsqueeze", 1, (1, 1), "axes", call => Unsqueeze(call, call.Ints("axes"))),
        OperatorDefinition.Of("Unsqueeze", 13, (2, 2), "", call => Unsqueeze(call, call.Integers(1))),
        OperatorDefinition.Of("Constant", 1, (0, 0), "value", Constant),
        OperatorDefinition.Of("Constant", 12, (0, 0), "value value_float value_floats value_int value_ints value_string value_strings", Constant),
        OperatorDefinition.Of("ConstantOfShape", 9, (1, 1), "value", ConstantOfShape),
        OperatorDefinition.Of("EyeLike", 9, (1, 1), "dtype k", EyeLike),
        OperatorDefinition.Of("Range", 11, (3, 3), "", Range),
    ];

    private static OnnxTensor Shape(OperatorCall call)
    {
        ReadOnlySpan<int> sizes = call.Input(0).Dimensions;
        int rank = sizes.Length;
        long Clamped(long axis) => Math.Clamp(axis < 0 ? axis + rank : axis, 0, rank);
        int start = (int)Clamped(call.Int("start", 0)), end = (int)Clamped(call.Int("end", rank));
        var values = new long[Math.Max(0, end - start)];
        for (int i = 0; i < values.Length; i++)
            values[i] = sizes[start + i];
        return call.NewLongs([values.Length], values);
    }

    private static OnnxTensor Reshape(OperatorCall call)
    {
        OnnxTensor input = call.Input(0);
        long[] wanted = call.RequiredIntegers(1);
        call.Require(call.Input(1).Rank == 1, "the shape must be a list");
        bool zeroIsZero = call.Flag("allowzero");
        call.Require(!zeroIsZero || !wanted.Contains(0) || !wanted.Contains(-1), "a shape with allowzero has either a 0 or a -1");
        int open = -1;
        double known = 1;
        for (int i = 0; i < wanted.Length; i++)
        {
            if (wanted[i] == 0 && !zeroIsZero)
                wanted[i] = i < input.Rank ? input.Dimensions[i] : throw call.Error($"dimension {i} is to be copied from a tensor of {input.Rank} dimensions");
            if (wanted[i] == -1)
            {
                call.Require(open < 0, "more than one dimension is -1");
                open = i;
            }
            else
            {
                known *= wanted[i];
            }
        }
        if (open >= 0)
        {
            call.Require(known > 0 && known <= int.MaxValue && input.Count % (long)known == 0, $"{Sizes.Text(input.Dimensions)} does not reshape to {Sizes.Text(wanted)}");
            wanted[open] = input.Count / (long)known;
        }
        call.Require(wanted.Length <= 64, $"its result would have {wanted.Length} dimensions");
        return call.Reshaped(input, call.CheckSizes(wanted, 1));
    }

    private static OnnxTensor Flatten(OperatorCall call)
    {
        OnnxTensor input = call.Input(0);
        long axis = call.Int("axis", 1);
        int at = axis == input.Rank ? input.Rank : call.Axis(axis, input.Rank);
        return call.Reshaped(input, [Sizes.Count(input.Dimensions[..at]), Sizes.Count(input.Dimensions[at..])]);
    }

    private static OnnxTensor Squeeze(OperatorCall call, long[]? axes)
    {
        OnnxTensor input = call.Input(0);
        int[] dropped = call.Axes(axes ?? [], input.Rank);
        var sizes = new List<int>();
        for (int axis = 0; axis < input.Rank; axis++)
        {
            int size = input.Dimensions[axis];
            bool drops = axes is null ? size == 1 : dropped.Contains(axis);
            call.Require(!drops || size == 1, $"axis {axis} of {Sizes.Text(input.Dimensions)} has more than one element");
            if (!drops)
                sizes.Add(size);
        }
        return call.Reshaped(input, [.. sizes]);
    }

    private static OnnxTensor Unsqueeze(OperatorCall call, long[]? axes)
    {
        OnnxTensor input = call.Input(0);
        call.Require(axes is not null, "attribute axes is missing");
        call.Require(axes!.Length <= 64, $"its result would have {input.Rank + axes.Length} dimensions");
        int[] added = call.Axes(axes, input.Rank + axes.Length);
        var sizes = new List<int>([.. input.Dimensions]);
        foreach (int axis in added.Order())
            sizes.Insert(axis, 1);
        return call.Reshaped(input, [.. sizes]);
    }

    private static OnnxTensor Constant(OperatorCall call)
    {
        call.Require(call.Node.Attributes.Count == 1, $"it has {call.Node.Attributes.Count} values instead of one");
        string name = call.Node.Attributes[0].Name;
        return name switch
        {
            "value" => call.Tensor(name)!,
            "value_int" => call.NewLongs([], [call.Int(name, 0)]),
            "value_ints" => call.NewLongs([call.Ints(name)!.Length], call.Ints(name)),
            "value_float" => Elements.FromDoubles(OnnxElementType.Float, [], [call.Float(name, 0)]),
            "value_floats" => Elements.FromDoubles(OnnxElementType.Float, [call.Floats(name)!.Length], [.. call.Floats(name)!.Select(value => (double)value)]),
            "value_string" => new OnnxTensor([], [call.Text(name)!]),
            _ => new OnnxTensor([call.Strings(name)!.Length], call.Strings(name)!),
        };
    }

    private static OnnxTensor ConstantOfShape(OperatorCall call)
    {
        OnnxTensor value = call.Tensor("value") ?? Elements.FromDoubles(OnnxElementType.Float, [], [0]);
        call.Require(value.Count == 1, "its value must be one number");
        int[] sizes = call.CheckSizes(call.RequiredIntegers(0), value.ElementType.Size());
        return AxisTables.Pick(call, call.Reshaped(value, []), [.. sizes.Select(size => new int[size])]);
    }

    private static OnnxTensor EyeLike(OperatorCall call)
    {
        OnnxTensor input = call.Input(0);
        call.Require(input.Rank == 2, "it takes a matrix");
        var type = (OnnxElementType)call.Int("dtype", (long)input.ElementType);
        long offset = call.Int("k", 0);
        double[] values = call.NewDoubles(input.Dimensions);
        int columns = input.Dimensions[1];
        for (int row = 0; row < input.Dimensions[0]; row++)
            if (row + offset >= 0 && row + offset < columns)
                values[(row * columns) + (int)(row + offset)] = 1;
        return Casting.FromDoubles(call, type, input.Dimensions, values);
    }

    private static OnnxTensor Range(OperatorCall call)
    {
        for (int i = 0; i < 3; i++)
        {
            call.Require(call.Input(i).Count == 1, "start, limit and delta must be single numbers");
            call.SameType(call.Input(0), call.Input(i));
        }
        OnnxElementType type = call.Input(0).ElementType;
        OnnxTensor[] parts = [.. Enumerable.Range(0, 3).Select(i => Elements.Widened(call.Input(i)))];
        return Elements.Narrowed(Elements.Run<RangeWork, OnnxTensor>(call, parts[0].ElementType, new(call, parts)), type);
    }

    private readonly struct RangeWork(OperatorCall call, OnnxTensor[] parts) : INumberWork<OnnxTensor>
    {
        public OnnxTensor Run<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            T start = parts[0].Values<T>()[0], limit = parts[1].Values<T>()[0], delta = parts[2].Values<T>()[0];
            call.Require(delta != T.Zero, "delta must not be 0");
            double count = Math.Max(0, Math.Ceiling((double.CreateChecked(limit) - double.CreateChecked(start)) / double.CreateChecked(delta)));
            call.Require(count <= int.MaxValue, "its result would be too large");
            OnnxTensor result = call.New(parts[0].ElementType, [(int)count], out Span<T> target);
            for (int i = 0; i < target.Length; i++)
                target[i] = start + (T.CreateTruncating(i) * delta);
            return result;
        }
    }
}
