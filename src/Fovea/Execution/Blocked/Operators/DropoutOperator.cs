using System.Numerics.Tensors;
using Fovea.Execution.Graph;
using Fovea.Kernels.Blocked;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>
/// Runs <see cref="Layers.Dropout"/>, whose units are single elements, and <see cref="Layers.Dropout2d"/>, whose units are
/// feature maps. The <see cref="DropoutMask"/> is drawn row by row, forward and backward.
/// </summary>
internal sealed unsafe class DropoutOperator(double p, bool dropsMaps, BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output)
    : BlockedOperator(context, group, nodes, inputs, output)
{
    private const int Block = BlockedCorrelation.Block;

    public override string Algorithm => "element by element";

    public override int ScratchLength => Output.RowLength;

    public override bool OverwritesGradient => true;

    public override int ForwardTasks(int phase, int count) => TaskShare.Tasks((long)count * Output.RowsOfSample, Output.RowLength);

    public override void Forward(int phase, int task, int count, int worker)
    {
        Span<float> factors = Scratch(worker)[..Output.RowLength];
        DropoutMask mask = Mask;
        (int row, int end) = TaskShare.Of(task, (long)count * Output.RowsOfSample, Output.RowLength);
        for (; row < end; row++)
        {
            Draw(mask, row, factors);
            TensorPrimitives.Multiply(RowAt(Input.Row(row)), factors, RowAt(Output.Row(row)));
        }
    }

    public override int BackwardTasks(int phase, int count) => Targets[0] == GradientTarget.None ? 0 : ForwardTasks(phase, count);

    public override void Backward(int phase, int task, int count, int worker)
    {
        Span<float> factors = Scratch(worker)[..Output.RowLength];
        DropoutMask mask = Mask;
        (int row, int end) = TaskShare.Of(task, (long)count * Output.RowsOfSample, Output.RowLength);
        for (; row < end; row++)
        {
            Draw(mask, row, factors);
            TensorPrimitives.Multiply(RowAt(Output.RowGradient(row)), factors, factors);
            Span<float> gradient = RowAt(Input.RowGradient(row));
            if (Targets[0] == GradientTarget.Add)
                TensorPrimitives.Add(gradient, factors, gradient);
            else
                factors.CopyTo(gradient);
        }
    }

    private DropoutMask Mask => new(p, Context.Options.Seed, Context.Step, Group.Head);

    private Span<float> RowAt(float* first) => new(first, Output.RowLength);

    /// <summary>What the elements of a row are multiplied with; 0 where channels fill up the last block.</summary>
    private void Draw(in DropoutMask mask, int row, Span<float> factors)
    {
        ulong key = mask.KeyOf(row / Output.RowsOfSample);
        int first = row % Output.RowsOfSample / Output.Height * Block, channels = Math.Min(Block, Output.Channels - first);
        int drawn = dropsMaps ? Block : factors.Length, y = row % Output.Height;
        if (channels < Block)
            factors[..drawn].Clear();
        for (int c = 0; c < channels; c++)
        {
            int unit = dropsMaps ? first + c : ((first + c) * Output.Height + y) * Output.Width;
            for (int i = c; i < drawn; i += Block)
                factors[i] = mask.FactorOf(key, unit++);
        }
        for (int i = drawn; i < factors.Length; i += Block)
            factors[..Block].CopyTo(factors[i..]);
    }
}
