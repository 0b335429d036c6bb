using Fovea.Execution.Graph;
using Fovea.Kernels;
using Fovea.Kernels.Blocked;
using Fovea.Layers;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>
/// Trains a <see cref="BatchNorm2d"/> together with a clamp and a <see cref="MaxPool2d"/> behind it, as first layers have
/// them, whose maps are the largest of a network: only the pooled map is stored.
/// </summary>
internal sealed class NormalizedPoolingOperator(BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output, float lower, float upper)
    : BatchNormOperator(context, group, nodes, inputs, output)
{
    private readonly Window _window = ((MaxPool2d)nodes[^1].Layer).WindowFor(inputs[0].Shape);

    public override string Algorithm => "batch statistics, maximum";

    protected override void Normalize(int n, int block) => PooledStandardization.Forward(OperandsOf(n, block));

    protected override unsafe void SumProducts(int n, int block)
    {
        double* sums = Statistics.SumsOf(n, block);
        PooledStandardization.Products(GradientOperandsOf(n, block), sums, sums + Statistics.Second);
    }

    protected override unsafe void Propagate(int n, int block)
    {
        PooledStandardization.Operands operands = GradientOperandsOf(n, block);
        operands.InputGradient = Input.SampleGradient(n) + block * Input.Plane;
        PooledStandardization.Backward(operands, Statistics.SlopeOf(block), Targets[0] == GradientTarget.Add);
    }

    private unsafe PooledStandardization.Operands OperandsOf(int n, int block) => new()
    {
        Window = _window,
        Input = Input.Sample(n) + block * Input.Plane,
        InputPitch = Input.Pitch,
        Output = Output.Sample(n) + block * Output.Plane,
        OutputPitch = Output.Pitch,
        Line = Statistics.LineOf(block, lower, upper),
    };

    private unsafe PooledStandardization.Operands GradientOperandsOf(int n, int block)
    {
        PooledStandardization.Operands operands = OperandsOf(n, block);
        operands.OutputGradient = Output.SampleGradient(n) + block * Output.Plane;
        return operands;
    }
}
