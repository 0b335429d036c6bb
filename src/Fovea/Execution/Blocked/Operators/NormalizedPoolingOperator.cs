using Fovea.Kernels;
using Fovea.Kernels.Blocked;
using Fovea.Layers;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>
/// Trains a <see cref="BatchNorm2d"/> together with a clamp and a <see cref="MaxPool2d"/> behind it, as first layers have
/// them, whose maps are the largest of a network: only the pooled map is stored.
/// </summary>
internal sealed class NormalizedPoolingOperator(BlockedContext context, Node[] nodes, BlockedMap[] inputs, BlockedMap output, float lower, float upper)
    : BlockedOperator(context, nodes, inputs, output)
{
    private readonly BatchStatistics _statistics = new(context, nodes[0], inputs[0]);
    private readonly Window _window = ((MaxPool2d)nodes[^1].Layer).WindowFor(inputs[0].Shape);

    public override string Algorithm => "batch statistics, maximum";

    public override int ForwardPhases => 3;

    public override int ForwardTasks(int phase, int count) => phase == 1 ? Input.Blocks : count * Input.Blocks;

    public override void Forward(int phase, int task, int count, int worker)
    {
        int n = task / Input.Blocks, block = task % Input.Blocks;
        if (phase == 0)
            _statistics.SumMoments(n, block);
        else if (phase == 1)
            _statistics.JoinMoments(task, count);
        else
            PooledStandardization.Forward(OperandsOf(n, block));
    }

    public override int BackwardPhases => 3;

    public override int BackwardTasks(int phase, int count) => phase switch
    {
        1 => Input.Blocks,
        2 when Targets[0] == GradientTarget.None => 0,
        _ => count * Input.Blocks,
    };

    public override void Backward(int phase, int task, int count, int worker)
    {
        int n = task / Input.Blocks, block = task % Input.Blocks;
        if (phase == 0)
            SumProducts(n, block);
        else if (phase == 1)
            _statistics.JoinProducts(task, count);
        else
            Propagate(n, block);
    }

    private unsafe void SumProducts(int n, int block)
    {
        double* sums = _statistics.SumsOf(n, block);
        PooledStandardization.Products(GradientOperandsOf(n, block), sums, sums + _statistics.Second);
    }

    private unsafe void Propagate(int n, int block)
    {
        PooledStandardization.Operands operands = GradientOperandsOf(n, block);
        operands.InputGradient = Input.SampleGradient(n) + block * Input.Plane;
        PooledStandardization.Backward(operands, _statistics.SlopeOf(block), Targets[0] == GradientTarget.Add);
    }

    private unsafe PooledStandardization.Operands OperandsOf(int n, int block) => new()
    {
        Window = _window,
        Input = Input.Sample(n) + block * Input.Plane,
        InputPitch = Input.Pitch,
        Output = Output.Sample(n) + block * Output.Plane,
        OutputPitch = Output.Pitch,
        Line = _statistics.LineOf(block, lower, upper),
    };

    private unsafe PooledStandardization.Operands GradientOperandsOf(int n, int block)
    {
        PooledStandardization.Operands operands = OperandsOf(n, block);
        operands.OutputGradient = Output.SampleGradient(n) + block * Output.Plane;
        return operands;
    }
}
