using Fovea.Onnx.Graphs;

namespace Fovea.Onnx.Operators.Calls;

/// <summary>A function of two elements.</summary>
internal interface IBinary<TA, TB, TR>
{
    TR Value(TA a, TB b);
}

/// <summary>
/// Tensors of different shapes side by side, as NumPy broadcasts them: the result is cut into rows, and in a row every
/// input either goes on by one element or stays.
/// </summary>
internal ref struct Broadcast
{
    private readonly int[] _sizes;
    private readonly int[][] _strides;
    private readonly int[] _index;
    private readonly int[] _offsets;
    private int _rows;
    private bool _started;

    private Broadcast(int[] sizes, int[][] strides)
    {
        // Axes that all inputs cross alike become one; axes of one element vanish.
        var kept = new List<int>();
        var merged = new List<int>();
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            if (sizes[axis] == 1)
                continue;
            int before = kept.Count > 0 ? kept[^1] : -1;
            bool joins = before >= 0;
            foreach (int[] stride in strides)
                joins &= before >= 0 && stride[before] == stride[axis] * sizes[axis];
            if (joins)
            {
                merged[^1] *= sizes[axis];
                kept[^1] = axis;
            }
            else
            {
                merged.Add(sizes[axis]);
                kept.Add(axis);
            }
        }
        _sizes = [.. merged];
        _strides = [.. strides.Select(stride => kept.Select(axis => stride[axis]).ToArray())];
        _index = new int[_sizes.Length];
        _offsets = new int[strides.Length];
        Length = _sizes.Length == 0 ? 1 : _sizes[^1];
        _rows = Length == 0 ? 0 : Sizes.Count(sizes) / Length;
    }

    /// <summary>Elements in a row.</summary>
    public int Length { get; }

    /// <summary>The shape that these shapes broadcast to.</summary>
    public static int[] Shape(OperatorCall call, params ReadOnlySpan<OnnxTensor> inputs)
    {
        int rank = 0;
        foreach (OnnxTensor input in inputs)
            rank = Math.Max(rank, input.Rank);
        var sizes = new int[rank];
        Array.Fill(sizes, 1);
        foreach (OnnxTensor input in inputs)
            for (int i = 0; i < input.Rank; i++)
            {
                ref int size = ref sizes[rank - input.Rank + i];
                int other = input.Dimensions[i];
                if (size == 1)
                    size = other;
                else if (other != 1 && other != size)
                    throw call.Error($"the shapes {string.Join(" and ", inputs.ToArray().Select(one => Sizes.Text(one.Dimensions)))} do not broadcast");
            }
        return sizes;
    }

    /// <summary>Rows of tensors that broadcast to a shape.</summary>
    public static Broadcast Rows(int[] sizes, params ReadOnlySpan<OnnxTensor> inputs)
    {
        var strides = new int[inputs.Length][];
        for (int i = 0; i < strides.Length; i++)
            strides[i] = Strides(sizes, inputs[i].Dimensions);
        return new Broadcast(sizes, strides);
    }

    /// <summary>The result of a function of two tensors.</summary>
    public static OnnxTensor Map<TA, TB, TR, TFunction>(OperatorCall call, OnnxElementType type, OnnxTensor first, OnnxTensor second, TFunction function)
        where TA : unmanaged
        where TB : unmanaged
        where TR : unmanaged
        where TFunction : struct, IBinary<TA, TB, TR>
    {
        int[] sizes = Shape(call, first, second);
        OnnxTensor result = call.New(type, sizes, out Span<TR> target);
        ReadOnlySpan<TA> a = first.Values<TA>();
        ReadOnlySpan<TB> b = second.Values<TB>();
        Broadcast rows = Rows(sizes, first, second);
        for (int at = 0; rows.Next(); at += rows.Length)
        {
            Span<TR> row = target.Slice(at, rows.Length);
            if (rows.Step(0) == 0)
            {
                TA value = a[rows.Offset(0)];
                int offset = rows.Offset(1), step = rows.Step(1);
                for (int i = 0; i < row.Length; i++)
                    row[i] = function.Value(value, b[offset + (i * step)]);
            }
            else if (rows.Step(1) == 0)
            {
                ReadOnlySpan<TA> left = a.Slice(rows.Offset(0), row.Length);
                TB value = b[rows.Offset(1)];
                for (int i = 0; i < row.Length; i++)
                    row[i] = function.Value(left[i], value);
            }
            else
            {
                ReadOnlySpan<TA> left = a.Slice(rows.Offset(0), row.Length);
                ReadOnlySpan<TB> right = b.Slice(rows.Offset(1), row.Length);
                for (int i = 0; i < row.Length; i++)
                    row[i] = function.Value(left[i], right[i]);
            }
        }
        return result;
    }

    /// <summary>Goes to the next row; false after the last.</summary>
    public bool Next()
    {
        if (_rows-- <= 0)
            return false;
        if (!_started)
            return _started = true;
        for (int axis = _sizes.Length - 2; axis >= 0; axis--)
        {
            bool carry = ++_index[axis] == _sizes[axis];
            for (int i = 0; i < _offsets.Length; i++)
                _offsets[i] += carry ? -_strides[i][axis] * (_sizes[axis] - 1) : _strides[i][axis];
            if (!carry)
                break;
            _index[axis] = 0;
        }
        return true;
    }

    /// <summary>Where an input's row begins.</summary>
    public readonly int Offset(int input) => _offsets[input];

    /// <summary>1 if an input goes on within the row, 0 if it stays.</summary>
    public readonly int Step(int input) => _sizes.Length == 0 ? 0 : _strides[input][^1];

    private static int[] Strides(int[] sizes, ReadOnlySpan<int> own)
    {
        var result = new int[sizes.Length];
        int[] strides = Sizes.Strides(own);
        for (int i = 0; i < own.Length; i++)
            result[sizes.Length - own.Length + i] = own[i] == 1 ? 0 : strides[i];
        return result;
    }
}
