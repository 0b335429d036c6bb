using Fovea.Execution.Blocked.Gradients;
using Fovea.Execution.Graph;
using Fovea.Kernels.Blocked;
using Fovea.Layers;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>Trains a <see cref="BatchNorm2d"/> together with a sum and a clamp behind it.</summary>
internal sealed class NormalizationOperator : BatchNormOperator
{
    private readonly float _lower;
    private readonly float _upper;
    private readonly ClampGradient? _clamp;

    public NormalizationOperator(BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output, float lower, float upper)
        : base(context, group, nodes, inputs, output)
    {
        _lower = lower;
        _upper = upper;
        // What is added cannot be computed again from the input, so the clamp is taken back first.
        _clamp = inputs.Length > 1 ? new ClampGradient(this, 1, lower, upper) : null;
    }

    public override string Algorithm => Statistics.UsesBatch ? "batch statistics" : "running statistics";

    public override bool OverwritesGradient => true;

    protected override unsafe void Normalize(int n, int block)
    {
        BlockedStandardization.Rows rows = Statistics.RowsOf(n, block);
        rows.Output = Output.Sample(n) + block * Output.Plane;
        rows.OutputPitch = Output.Pitch;
        if (Inputs.Length > 1)
        {
            rows.Other = Inputs[1].Sample(n) + block * Inputs[1].Plane;
            rows.OtherPitch = Inputs[1].Pitch;
        }
        BlockedStandardization.Forward(rows, Statistics.LineOf(block, _lower, _upper));
    }

    public override void Backward(int phase, int task, int count, int worker)
    {
        if (phase == 0)
            _clamp?.Run(phase, task, count, worker);
        base.Backward(phase, task, count, worker);
    }

    protected override unsafe void SumProducts(int n, int block)
    {
        double* sums = Statistics.SumsOf(n, block);
        BlockedStandardization.Products(GradientRowsOf(n, block), PendingLineOf(block), sums, sums + Statistics.Second);
    }

    protected override unsafe void Propagate(int n, int block)
    {
        BlockedStandardization.Rows rows = GradientRowsOf(n, block);
        rows.Other = Input.SampleGradient(n) + block * Input.Plane;
        rows.OtherPitch = Input.Pitch;
        BlockedStandardization.Backward(rows, PendingLineOf(block), Statistics.SlopeOf(block), Targets[0] == GradientTarget.Add);
    }

    private unsafe BlockedStandardization.Rows GradientRowsOf(int n, int block)
    {
        BlockedStandardization.Rows rows = Statistics.RowsOf(n, block);
        rows.Output = Output.SampleGradient(n) + block * Output.Plane;
        rows.OutputPitch = Output.Pitch;
        return rows;
    }

    /// <summary>The line with the clamp that backward has not taken back yet.</summary>
    private BlockedStandardization.Line PendingLineOf(int block) => _clamp is null
        ? Statistics.LineOf(block, _lower, _upper)
        : Statistics.LineOf(block, float.NegativeInfinity, float.PositiveInfinity);
}
