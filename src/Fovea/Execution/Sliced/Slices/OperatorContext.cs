using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution;

/// <summary>What an operator knows when it is made: its node, the shapes and how the plan runs.</summary>
public sealed record OperatorContext
{
    internal OperatorContext()
    {
    }

    /// <summary>The node, with its layer and parameters.</summary>
    public Node Node { get; internal init; } = null!;

    /// <summary>The node's number, which names its random stream.</summary>
    internal int NodeIndex { get; init; }

    /// <summary>Shapes of one sample of the inputs.</summary>
    internal Shape[] Inputs { get; init; } = [];

    /// <summary>Shapes of one sample of the inputs.</summary>
    public IReadOnlyList<Shape> InputShapes => Inputs;

    /// <summary>Shape of one sample of the output.</summary>
    public Shape Output { get; internal init; }

    /// <summary>How many samples lie side by side at every element: 1 or 16.</summary>
    public int Lanes { get; internal init; }

    /// <summary>How many slices of <see cref="Lanes"/> samples the largest batch has.</summary>
    public int Slices { get; internal init; }

    /// <summary>How the plan was compiled.</summary>
    public PlanOptions Options { get; internal init; } = null!;

    /// <summary>Whether backward may run.</summary>
    public bool HasBackward => Options.HasGradients;

    /// <summary>Whether normalisation uses the batch's statistics rather than running ones.</summary>
    public bool UsesBatchStatistics => Options.UsesBatchStatistics;

    /// <summary>Shape of one sample of the first input.</summary>
    public Shape Input => Inputs[0];
}
