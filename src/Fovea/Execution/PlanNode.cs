using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution;

/// <summary>What becomes of an input's gradient.</summary>
internal enum GradientTarget
{
    /// <summary>Nobody needs it.</summary>
    None,

    /// <summary>The operator writes it in place.</summary>
    Write,

    /// <summary>It is added to what other nodes fed by the same input wrote.</summary>
    Add,
}

/// <summary>A node as a plan runs it: the operator, and where its buffers lie. Offsets and lengths in floats.</summary>
internal sealed class PlanNode
{
    public required Node Node { get; init; }
    public required Operator Operator { get; init; }
    public required Shape OutputShape { get; init; }
    public required int[] InputOffsets { get; init; }
    public required int[] InputLengths { get; init; }
    public required int OutputOffset { get; init; }
    public required int OutputLength { get; init; }
    public required int StateOffset { get; init; }

    /// <summary>Where each parameter's gradient lies among all; −1 for buffers.</summary>
    public required int[] ParameterOffsets { get; init; }

    /// <summary>What becomes of each input's gradient.</summary>
    public GradientTarget[] Targets { get; set; } = [];

    /// <summary>What all slices leave for the gradient that is computed late; null if there is none.</summary>
    public AlignedBuffer? Traces { get; init; }

    /// <summary>Where each input's gradient waits before it is added.</summary>
    public required int[] SumOffsets { get; init; }
}

/// <summary>What one slice needs: activations, their gradients, and what operators keep for backward.</summary>
internal sealed class PlanMemory(int activations, int gradients, int states)
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
