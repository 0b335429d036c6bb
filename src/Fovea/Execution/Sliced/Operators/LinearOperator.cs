using System.Numerics.Tensors;
using Fovea.Kernels;
using Fovea.Layers;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>
/// Runs <see cref="Linear"/>. Of more than one dimension, every row of the last one is connected by itself; the rows of a sample
/// that lies alone are one matrix product.
/// </summary>
internal sealed class LinearOperator : Operator
{
    private readonly Linear _layer;
    private readonly int _rows;
    private readonly Dense.Tables _tables;
    private readonly DenseGradient.Tables _gradient;
    private readonly MatrixProduct? _product;
    private readonly MatrixProduct? _inputGradient;

    public LinearOperator(Linear layer, OperatorContext context) : base(context)
    {
        _layer = layer;
        _rows = context.Input.Length / layer.InFeatures;
        _tables = new Dense.Tables(layer.InFeatures, layer.OutFeatures, context.Lanes);
        _gradient = new DenseGradient.Tables(layer.InFeatures, layer.OutFeatures, context.Lanes, context.HasBackward ? checked(context.Slices * _rows) : 0);
        if (context.Lanes > 1 || _rows == 1)
            return;
        _product = new MatrixProduct(_rows, layer.InFeatures, layer.OutFeatures, leftAcross: false, rightAcross: true, lanes: 1);
        _inputGradient = context.HasBackward ? new MatrixProduct(_rows, layer.OutFeatures, layer.InFeatures, leftAcross: false, rightAcross: false, lanes: 1) : null;
    }

    public override string Algorithm => AlgorithmNames.MatrixProduct;

    public override int ScratchLength => Math.Max(Context.HasBackward ? _gradient.Scratch : 0, Math.Max(_product?.ScratchLength ?? 0, _inputGradient?.ScratchLength ?? 0));

    /// <summary>The weights.</summary>
    public override int? DeferredParameter => 0;

    /// <summary>A trace a row.</summary>
    public override int TraceLength => checked(_rows * _gradient.TraceLength);

    public override int DeferredTasks => _gradient.Tasks;

    private int Inputs => _layer.InFeatures * Context.Lanes;

    private int Outputs => _layer.OutFeatures * Context.Lanes;

    public override void Forward(in Slice slice, int pass)
    {
        ReadOnlySpan<float> input = slice.Input(), weights = slice.Parameter(0), bias = _layer.Bias ? slice.Parameter(1) : [];
        Span<float> output = slice.Output;
        if (_product is null)
        {
            for (int row = 0; row < _rows; row++)
                Dense.Forward(_tables, input.Slice(row * Inputs, Inputs), weights, bias, output.Slice(row * Outputs, Outputs));
            return;
        }
        for (int row = 0; row < _rows && _layer.Bias; row++)
            bias.CopyTo(output.Slice(row * Outputs, Outputs));
        _product.Run(input, weights, output, adds: _layer.Bias, slice.Scratch);
    }

    public override void Backward(in Slice slice, int pass)
    {
        ReadOnlySpan<float> input = slice.Input(), outputGradient = slice.OutputGradient;
        for (int row = 0; row < _rows; row++)
            ParameterGradients(slice, row, input.Slice(row * Inputs, Inputs), outputGradient.Slice(row * Outputs, Outputs));
        if (!slice.WantsInputGradient())
            return;
        if (_inputGradient is not null)
            _inputGradient.Run(outputGradient, slice.Parameter(0), slice.InputGradient(), adds: false, slice.Scratch);
        else
            for (int row = 0; row < _rows; row++)
                Dense.InputGradient(_tables, outputGradient.Slice(row * Outputs, Outputs), slice.Parameter(0), slice.InputGradient().Slice(row * Inputs, Inputs));
    }

    public override void DeferredGradient(int task, ReadOnlySpan<float> traces, Span<float> gradient, Span<float> scratch) =>
        DenseGradient.Run(_gradient, task, traces, gradient, scratch);

    private void ParameterGradients(in Slice slice, int row, ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient)
    {
        if (slice.WantsParameterGradient(0))
            DenseGradient.Keep(_gradient, input, outputGradient, slice.Trace.Slice(row * _gradient.TraceLength, _gradient.TraceLength));
        if (!_layer.Bias || !slice.WantsParameterGradient(1))
            return;
        Span<float> biasGradient = slice.ParameterGradient(1);
        for (int o = 0; o < biasGradient.Length; o++)
            biasGradient[o] += TensorPrimitives.Sum(outputGradient.Slice(o * Context.Lanes, Context.Lanes));
    }
}
