using System.Numerics.Tensors;
using Fovea.Execution.Graph;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Sliced;

/// <summary>A group of nodes as the sliced engine runs it: the operator, and where its buffers lie. Offsets and lengths in floats.</summary>
internal sealed class SlicedNode
{
    /// <summary>The node, or several fused into one.</summary>
    public required Node Node { get; init; }

    public required FusionGroup Group { get; init; }
    public required Operator Operator { get; init; }
    public required int[] InputOffsets { get; init; }
    public required int[] InputLengths { get; init; }
    public required int OutputOffset { get; init; }
    public required int OutputLength { get; init; }
    public required int StateOffset { get; init; }

    /// <summary>Where each parameter's gradient lies among all; −1 where none is wanted.</summary>
    public required int[] ParameterOffsets { get; init; }

    /// <summary>What becomes of each input's gradient.</summary>
    public required GradientTarget[] Targets { get; init; }

    /// <summary>What all slices leave for the gradient that is computed late; null if there is none.</summary>
    public AlignedBuffer? Traces { get; init; }

    /// <summary>Where each input's gradient waits before it is added.</summary>
    public required int[] SumOffsets { get; init; }

    /// <summary>Runs a pass of backward; after the last, adds the input gradients to what others wrote.</summary>
    public void Backward(in Slice slice, int pass, SliceMemory memory)
    {
        Operator.Backward(slice, pass);
        if (pass < Operator.BackwardPasses - 1)
            return;
        for (int i = 0; i < Targets.Length; i++)
            if (Targets[i] == GradientTarget.Add)
            {
                Span<float> total = memory.Gradients.Span.Slice(InputOffsets[i], InputLengths[i]);
                TensorPrimitives.Add(total, slice.InputGradient(i), total);
            }
    }
}

/// <summary>What one slice needs: activations, their gradients, and what operators keep for backward.</summary>
internal sealed class SliceMemory(int activations, int gradients, int states)
{
    public AlignedBuffer Activations { get; } = new(activations);
    public AlignedBuffer Gradients { get; } = new(gradients);
    public AlignedBuffer States { get; } = new(states);
}

/// <summary>What one thread needs for itself.</summary>
internal sealed class Workspace(int scratch, int sums)
{
    public AlignedBuffer Scratch { get; } = new(scratch);
    public AlignedBuffer Sums { get; } = new(sums);
}
