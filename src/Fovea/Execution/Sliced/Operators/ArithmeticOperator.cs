using Fovea.Kernels;
using Fovea.Kernels.Elementwise;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>
/// Runs every <see cref="Layers.Arithmetic"/>, inputs of different shapes among them. Of more than two inputs, which only a
/// sum has, each is added to what those before it came to.
/// </summary>
internal sealed class ArithmeticOperator : Operator
{
    private readonly BinaryFunction _function;

    /// <summary>How the first two inputs lie, then the output and each input after them.</summary>
    private readonly BroadcastLoop[] _loops;

    public ArithmeticOperator(BinaryFunction function, OperatorContext context) : base(context)
    {
        _function = function;
        int[] output = context.Output.ToArray();
        _loops = [.. context.Inputs.Skip(1).Select((right, i) =>
            new BroadcastLoop(i == 0 ? context.Inputs[0].ToArray() : output, right.ToArray(), output, context.Lanes))];
    }

    public override string Algorithm => "element by element";

    public override void Forward(in Slice slice, int pass)
    {
        for (int i = 0; i < _loops.Length; i++)
            _loops[i].Forward(_function, i == 0 ? slice.Input(0) : slice.Output, slice.Input(i + 1), slice.Output);
        // Lanes without a sample may hold 0 / 0, or grow from product to product, and no gradient of 0 takes that back.
        Lanes.ClearPadding(slice.Output, Context.Lanes, slice.Count);
    }

    public override void Backward(in Slice slice, int pass)
    {
        // The gradient of a sum of many does not depend on its operands, so that it is one with respect to any.
        for (int i = 0; i < Context.Inputs.Length; i++)
            if (slice.WantsInputGradient(i))
            {
                int loop = Math.Max(i - 1, 0);
                Span<float> gradient = slice.InputGradient(i);
                _loops[loop].Gradient(_function, i == 0, loop == 0 ? slice.Input(0) : slice.Output, slice.Input(loop + 1), slice.OutputGradient, gradient);
                if (!_function.IsFinite)
                    Lanes.ClearPadding(gradient, Context.Lanes, slice.Count);
            }
    }
}
