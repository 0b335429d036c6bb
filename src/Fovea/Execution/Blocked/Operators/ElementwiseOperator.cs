using Fovea.Execution.Graph;
using Fovea.Kernels.Elementwise;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>
/// Runs every <see cref="Layers.Activation"/> without parameters. The batch's rows of pixels are dealt out to tasks; frames
/// stay zero.
/// </summary>
internal sealed unsafe class ElementwiseOperator(ElementwiseFunction function, BlockedContext context, Node[] nodes, BlockedMap[] inputs, BlockedMap output)
    : BlockedOperator(context, nodes, inputs, output)
{
    private const int FloatsATask = 1 << 13;

    public override string Algorithm => "element by element";

    public override bool OverwritesGradient => true;

    private int RowLength => Output.Width * Output.Inner;

    private int RowsOfSample => Output.Blocks * Output.Height;

    public override int ForwardTasks(int phase, int count)
    {
        long rows = (long)count * RowsOfSample;
        return (int)Math.Clamp(rows * RowLength / FloatsATask, 1, rows);
    }

    public override void Forward(int phase, int task, int count, int worker)
    {
        (int row, int end) = RowsOf(task, count);
        for (int rows; row < end; row += rows)
        {
            rows = Run(row, end);
            function.Forward(At(Input, row), At(Output, row), rows * RowLength);
        }
    }

    public override int BackwardTasks(int phase, int count) => Targets[0] == GradientTarget.None ? 0 : ForwardTasks(phase, count);

    public override void Backward(int phase, int task, int count, int worker)
    {
        (int row, int end) = RowsOf(task, count);
        for (int rows; row < end; row += rows)
        {
            rows = Run(row, end);
            function.Backward(
                At(Input, row), At(Output, row), GradientAt(Output, row), GradientAt(Input, row), Targets[0] == GradientTarget.Add, rows * RowLength);
        }
    }

    /// <summary>A task's share of the batch's rows.</summary>
    private (int First, int End) RowsOf(int task, int count)
    {
        long rows = (long)count * RowsOfSample, tasks = ForwardTasks(0, count);
        return ((int)(rows * task / tasks), (int)(rows * (task + 1) / tasks));
    }

    /// <summary>How many rows from here on follow one another without a gap: all of the sample, if there are no frames.</summary>
    private int Run(int row, int end) =>
        Input.Halo == 0 && Output.Halo == 0 ? Math.Min(end, (row / RowsOfSample + 1) * RowsOfSample) - row : 1;

    private float* At(BlockedMap map, int row) => map.Sample(row / RowsOfSample) + OffsetOf(map, row % RowsOfSample);

    private float* GradientAt(BlockedMap map, int row) => map.SampleGradient(row / RowsOfSample) + OffsetOf(map, row % RowsOfSample);

    private static int OffsetOf(BlockedMap map, int row) => row / map.Height * map.Plane + row % map.Height * map.Pitch;
}
