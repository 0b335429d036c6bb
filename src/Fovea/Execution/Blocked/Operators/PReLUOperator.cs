using Fovea.Execution.Graph;
using Fovea.Kernels.Blocked;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>
/// Runs <see cref="Layers.PReLU"/>, dealing out blocks of channels of samples. Each leaves its sums for the slopes' gradient,
/// which are joined in the samples' order.
/// </summary>
internal sealed unsafe class PReLUOperator(BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output)
    : BlockedOperator(context, group, nodes, inputs, output)
{
    private const int Block = BlockedCorrelation.Block;

    public override string Algorithm => "element by element";

    /// <summary>Doubles: (samples, blocks, 16).</summary>
    public override int SharedLength => WantsSlopes ? checked(Context.Batch * Output.Blocks * Block * (sizeof(double) / sizeof(float))) : 0;

    public override bool OverwritesGradient => true;

    private Parameter Slopes => Nodes[0].Parameters[0];

    private bool WantsSlopes => Context.HasBackward && Context.WantsGradient(Slopes);

    private int PlaneLength => checked(Output.Height * Output.RowLength);

    public override int ForwardTasks(int phase, int count) => TaskShare.Tasks((long)count * Output.Blocks, PlaneLength);

    public override void Forward(int phase, int task, int count, int worker)
    {
        float* slopes = stackalloc float[Block];
        (int plane, int end) = TaskShare.Of(task, (long)count * Output.Blocks, PlaneLength);
        for (; plane < end; plane++)
        {
            int n = plane / Output.Blocks, block = plane % Output.Blocks;
            ReadSlopes(block, slopes);
            BlockedPReLU.Forward(RowsOf(n, block, Output.Sample(n)), slopes);
        }
    }

    public override int BackwardPhases => WantsSlopes ? 2 : 1;

    public override int BackwardTasks(int phase, int count) =>
        phase == 1 ? 1 : Targets[0] == GradientTarget.None && !WantsSlopes ? 0 : ForwardTasks(phase, count);

    public override void Backward(int phase, int task, int count, int worker)
    {
        fixed (float* shared = Context.Shared.Span)
            if (phase == 0)
                Propagate(task, count, (double*)shared);
            else
                Join((double*)shared, count);
    }

    private void Propagate(int task, int count, double* sums)
    {
        float* slopes = stackalloc float[Block];
        (int plane, int end) = TaskShare.Of(task, (long)count * Output.Blocks, PlaneLength);
        for (; plane < end; plane++)
        {
            int n = plane / Output.Blocks, block = plane % Output.Blocks;
            BlockedStandardization.Rows rows = RowsOf(n, block, Output.SampleGradient(n));
            if (WantsSlopes)
            {
                new Span<double>(sums + (nint)plane * Block, Block).Clear();
                BlockedPReLU.Products(rows, sums + (nint)plane * Block);
            }
            if (Targets[0] == GradientTarget.None)
                continue;
            rows.Other = Input.SampleGradient(n) + block * Input.Plane;
            rows.OtherPitch = Input.Pitch;
            ReadSlopes(block, slopes);
            BlockedPReLU.Backward(rows, slopes, Targets[0] == GradientTarget.Add);
        }
    }

    /// <summary>Channel by channel, sample by sample; a slope for all gets the sum over all channels.</summary>
    private void Join(double* sums, int count)
    {
        Span<float> gradient = ParameterGradient(0, 0);
        double total = 0;
        for (int c = 0; c < Output.Channels; c++)
        {
            if (gradient.Length > 1)
                total = 0;
            for (int n = 0; n < count; n++)
                total += sums[(nint)n * Output.Blocks * Block + c];
            gradient[gradient.Length > 1 ? c : 0] = (float)total;
        }
    }

    /// <summary>The slopes of a block's channels; 0 where channels fill up the last block.</summary>
    private void ReadSlopes(int block, float* slopes)
    {
        ReadOnlySpan<float> all = Slopes.Value.Values;
        for (int c = 0; c < Block; c++)
            slopes[c] = all.Length == 1 ? all[0] : block * Block + c < all.Length ? all[block * Block + c] : 0;
    }

    /// <param name="n">The sample.</param>
    /// <param name="block">The block.</param>
    /// <param name="output">The sample's output, or its gradient.</param>
    private BlockedStandardization.Rows RowsOf(int n, int block, float* output) => new()
    {
        Input = Input.Sample(n) + block * Input.Plane,
        InputPitch = Input.Pitch,
        Output = output + block * Output.Plane,
        OutputPitch = Output.Pitch,
        Height = Output.Height,
        Width = Output.Width,
    };
}
