using System.Numerics.Tensors;
using Fovea.Kernels;
using Fovea.Layers;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>Runs <see cref="Subsample2d"/>. The windows' sums are kept for the coefficients' gradients.</summary>
internal sealed class Subsample2dOperator : Operator
{
    private readonly Window _window;
    private readonly float[] _ones;
    private readonly int _inputPlane;
    private readonly int _outputPlane;

    public Subsample2dOperator(Subsample2d layer, OperatorContext context) : base(context)
    {
        _window = layer.WindowFor(context.Input);
        _ones = [.. Enumerable.Repeat(1f, _window.OutputArea)];
        _inputPlane = _window.InputArea * context.Lanes;
        _outputPlane = _window.OutputArea * context.Lanes;
    }

    public override int StateLength => Context.HasBackward ? Context.Output.Length * Context.Lanes : 0;

    public override void Forward(in Slice slice, int pass)
    {
        Span<float> output = slice.Output;
        SumPooling.Forward(_window, Context.Input.Channels, Context.Lanes, _ones, slice.Input(), output);
        if (Context.HasBackward)
            output.CopyTo(slice.State);
        ReadOnlySpan<float> weight = slice.Parameter(0), bias = slice.Parameter(1);
        for (int c = 0; c < weight.Length; c++)
        {
            Span<float> plane = output.Slice(c * _outputPlane, _outputPlane);
            Standardization.Forward(plane, mean: 0, weight[c], bias[c], plane);
        }
    }

    public override void Backward(in Slice slice, int pass)
    {
        ReadOnlySpan<float> outputGradient = slice.OutputGradient, sums = slice.State, weight = slice.Parameter(0);
        Span<float> weightGradient = slice.ParameterGradient(0), biasGradient = slice.ParameterGradient(1);
        for (int c = 0; c < weight.Length; c++)
        {
            ReadOnlySpan<float> plane = outputGradient.Slice(c * _outputPlane, _outputPlane);
            if (slice.WantsParameterGradient(0))
                weightGradient[c] += TensorPrimitives.Dot(plane, sums.Slice(c * _outputPlane, _outputPlane));
            if (slice.WantsParameterGradient(1))
                biasGradient[c] += TensorPrimitives.Sum(plane);
        }
        if (!slice.WantsInputGradient())
            return;
        Span<float> inputGradient = slice.InputGradient();
        SumPooling.Backward(_window, Context.Input.Channels, Context.Lanes, _ones, outputGradient, inputGradient);
        for (int c = 0; c < weight.Length; c++)
        {
            Span<float> plane = inputGradient.Slice(c * _inputPlane, _inputPlane);
            TensorPrimitives.Multiply(plane, weight[c], plane);
        }
    }
}
