using Fovea.Execution.Graph;
using Fovea.Kernels.Elementwise;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>
/// Runs every <see cref="Layers.Activation"/> without parameters. The batch's rows of pixels are dealt out to tasks; frames
/// stay zero.
/// </summary>
internal sealed unsafe class ElementwiseOperator(ElementwiseFunction function, BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output)
    : BlockedOperator(context, group, nodes, inputs, output)
{
    public override string Algorithm => "element by element";

    public override bool OverwritesGradient => true;

    public override int ForwardTasks(int phase, int count) => TaskShare.Tasks((long)count * Output.RowsOfSample, Output.RowLength);

    public override void Forward(int phase, int task, int count, int worker)
    {
        (int row, int end) = TaskShare.Of(task, (long)count * Output.RowsOfSample, Output.RowLength);
        for (int rows; row < end; row += rows)
        {
            rows = Run(row, end);
            function.Forward(Input.Row(row), Output.Row(row), rows * Output.RowLength);
        }
    }

    public override int BackwardTasks(int phase, int count) => Targets[0] == GradientTarget.None ? 0 : ForwardTasks(phase, count);

    public override void Backward(int phase, int task, int count, int worker)
    {
        (int row, int end) = TaskShare.Of(task, (long)count * Output.RowsOfSample, Output.RowLength);
        for (int rows; row < end; row += rows)
        {
            rows = Run(row, end);
            function.Backward(
                Input.Row(row), Output.Row(row), Output.RowGradient(row), Input.RowGradient(row), Targets[0] == GradientTarget.Add, rows * Output.RowLength);
        }
    }

    /// <summary>How many rows from here on follow one another without a gap: all of the sample, if there are no frames.</summary>
    private int Run(int row, int end) =>
        Input.Halo == 0 && Output.Halo == 0 ? Math.Min(end, (row / Output.RowsOfSample + 1) * Output.RowsOfSample) - row : 1;
}
