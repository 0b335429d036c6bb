using Fovea.Execution.Blocked.Gradients;
using Fovea.Kernels.Blocked;
using Fovea.Layers;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>
/// Trains a <see cref="BatchNorm2d"/> together with a sum and a clamp behind it. Forward: the samples' moments, which are
/// joined in the samples' order, then the elements; backward likewise.
/// </summary>
internal sealed class NormalizationOperator : BlockedOperator
{
    private readonly float _lower;
    private readonly float _upper;
    private readonly BatchStatistics _statistics;
    private readonly ClampGradient? _clamp;

    public NormalizationOperator(BlockedContext context, Node[] nodes, BlockedMap[] inputs, BlockedMap output, float lower, float upper)
        : base(context, nodes, inputs, output)
    {
        _lower = lower;
        _upper = upper;
        _statistics = new BatchStatistics(context, nodes[0], inputs[0]);
        // What is added cannot be computed again from the input, so the clamp is taken back first.
        _clamp = inputs.Length > 1 ? new ClampGradient(this, 1, lower, upper) : null;
    }

    public override string Algorithm => "batch statistics";

    public override bool OverwritesGradient => true;

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
            Normalize(n, block);
    }

    private unsafe void Normalize(int n, int block)
    {
        BlockedStandardization.Rows rows = _statistics.RowsOf(n, block);
        rows.Output = Output.Sample(n) + block * Output.Plane;
        rows.OutputPitch = Output.Pitch;
        if (Inputs.Length > 1)
        {
            rows.Other = Inputs[1].Sample(n) + block * Inputs[1].Plane;
            rows.OtherPitch = Inputs[1].Pitch;
        }
        BlockedStandardization.Forward(rows, _statistics.LineOf(block, _lower, _upper));
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
        {
            _clamp?.Run(0, task, count, worker);
            SumProducts(n, block);
        }
        else if (phase == 1)
            _statistics.JoinProducts(task, count);
        else
            Propagate(n, block);
    }

    private unsafe void SumProducts(int n, int block)
    {
        double* sums = _statistics.SumsOf(n, block);
        BlockedStandardization.Products(GradientRowsOf(n, block), PendingLineOf(block), sums, sums + _statistics.Second);
    }

    private unsafe void Propagate(int n, int block)
    {
        BlockedStandardization.Rows rows = GradientRowsOf(n, block);
        rows.Other = Input.SampleGradient(n) + block * Input.Plane;
        rows.OtherPitch = Input.Pitch;
        BlockedStandardization.Backward(rows, PendingLineOf(block), _statistics.SlopeOf(block), Targets[0] == GradientTarget.Add);
    }

    private unsafe BlockedStandardization.Rows GradientRowsOf(int n, int block)
    {
        BlockedStandardization.Rows rows = _statistics.RowsOf(n, block);
        rows.Output = Output.SampleGradient(n) + block * Output.Plane;
        rows.OutputPitch = Output.Pitch;
        return rows;
    }

    /// <summary>The line with the clamp that backward has not taken back yet.</summary>
    private BlockedStandardization.Line PendingLineOf(int block) => _clamp is null
        ? _statistics.LineOf(block, _lower, _upper)
        : _statistics.LineOf(block, float.NegativeInfinity, float.PositiveInfinity);
}
