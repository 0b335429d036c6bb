using Fovea.Kernels;
using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>
/// Runs <see cref="MatMul"/>: a product for each of the leading dimensions' places. Where one right matrix serves all places, they
/// are one product of more rows.
/// </summary>
internal sealed class MatMulOperator : Operator
{
    private readonly MatrixProduct _product;
    private readonly MatrixProduct? _leftGradient;
    private readonly MatrixProduct? _rightGradient;
    private readonly int _left;
    private readonly int _right;
    private readonly int _output;

    /// <summary>Which of an operand's matrices a place takes.</summary>
    private readonly int[] _leftMatrices;

    /// <inheritdoc cref="_leftMatrices"/>
    private readonly int[] _rightMatrices;

    public MatMulOperator(OperatorContext context) : base(context)
    {
        Shape left = context.Inputs[0], right = context.Inputs[1], leftLeading = MatMul.Leading(left), rightLeading = MatMul.Leading(right);
        int taps = left[left.Rank - 1], rows = left.Rank > 1 ? left[left.Rank - 2] : 1, columns = right.Rank > 1 ? right[right.Rank - 1] : 1;
        if (rightLeading.Length == 1)
        {
            rows *= leftLeading.Length;
            (leftLeading, rightLeading) = (new Shape(), new Shape());
        }
        int[] places = Broadcasting.Of(leftLeading, rightLeading)!.Value.ToArray();
        _leftMatrices = MatricesOf(leftLeading, places);
        _rightMatrices = MatricesOf(rightLeading, places);
        _left = rows * taps * context.Lanes;
        _right = taps * columns * context.Lanes;
        _output = rows * columns * context.Lanes;
        _product = new MatrixProduct(rows, taps, columns, leftAcross: false, rightAcross: false, context.Lanes);
        if (!context.HasBackward)
            return;
        _leftGradient = new MatrixProduct(rows, columns, taps, leftAcross: false, rightAcross: true, context.Lanes);
        _rightGradient = new MatrixProduct(taps, rows, columns, leftAcross: true, rightAcross: false, context.Lanes);
    }

    public override string Algorithm => AlgorithmNames.MatrixProduct;

    public override int ScratchLength => Math.Max(_product.ScratchLength, Math.Max(_leftGradient?.ScratchLength ?? 0, _rightGradient?.ScratchLength ?? 0));

    public override void Forward(in Slice slice, int pass)
    {
        ReadOnlySpan<float> left = slice.Input(0), right = slice.Input(1);
        for (int place = 0; place < _leftMatrices.Length; place++)
            _product.Run(
                left.Slice(_leftMatrices[place] * _left, _left), right.Slice(_rightMatrices[place] * _right, _right), slice.Output.Slice(place * _output, _output), adds: false, slice.Scratch);
    }

    /// <summary>∂L/∂left = g · rightᵀ, ∂L/∂right = leftᵀ · g; a matrix that serves several places gets their sum, in their order.</summary>
    public override void Backward(in Slice slice, int pass)
    {
        ReadOnlySpan<float> left = slice.Input(0), right = slice.Input(1), outputGradient = slice.OutputGradient;
        if (slice.WantsInputGradient(0))
        {
            Span<float> gradient = slice.InputGradient(0);
            bool repeats = gradient.Length < _leftMatrices.Length * _left;
            if (repeats)
                gradient.Clear();
            for (int place = 0; place < _leftMatrices.Length; place++)
                _leftGradient!.Run(
                    outputGradient.Slice(place * _output, _output), right.Slice(_rightMatrices[place] * _right, _right), gradient.Slice(_leftMatrices[place] * _left, _left), repeats, slice.Scratch);
        }
        if (slice.WantsInputGradient(1))
        {
            Span<float> gradient = slice.InputGradient(1);
            bool repeats = gradient.Length < _rightMatrices.Length * _right;
            if (repeats)
                gradient.Clear();
            for (int place = 0; place < _leftMatrices.Length; place++)
                _rightGradient!.Run(
                    left.Slice(_leftMatrices[place] * _left, _left), outputGradient.Slice(place * _output, _output), gradient.Slice(_rightMatrices[place] * _right, _right), repeats, slice.Scratch);
        }
    }

    /// <summary>The number of an operand's matrix at every place, of which it has fewer where it repeats.</summary>
    private static int[] MatricesOf(Shape leading, int[] places)
    {
        int[] matrices = new int[places.Aggregate(1, (product, size) => product * size)];
        for (int place = 0; place < matrices.Length; place++)
            for (int back = 1, left = place, step = 1; back <= leading.Rank; back++)
            {
                (left, int index) = Math.DivRem(left, places[^back]);
                int size = leading[leading.Rank - back];
                matrices[place] += size == 1 ? 0 : index * step;
                step *= size;
            }
        return matrices;
    }
}
