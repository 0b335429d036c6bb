namespace Fovea.Execution.Sliced;

/// <summary>What a slice goes through.</summary>
internal enum StepKind
{
    /// <summary>The slice's input is laid out.</summary>
    Load,
    Forward,

    /// <summary>Once, when all slices are through a pass of forward.</summary>
    CombineForward,

    /// <summary>The outputs are laid out for the caller.</summary>
    Store,

    /// <summary>The loss and its gradient are computed from the outputs.</summary>
    Loss,

    /// <summary>The gradient with respect to the outputs is laid out.</summary>
    LoadGradient,
    Backward,

    /// <summary>Once, when all slices are through a pass of backward.</summary>
    CombineBackward,

    /// <summary>The gradient with respect to the input is laid out for the caller.</summary>
    StoreGradient,
}

/// <summary>One thing done to one slice.</summary>
internal readonly record struct SliceStep(StepKind Kind, SlicedNode? Node = null, int Pass = 0);

/// <summary>
/// A phase of a pass over the batch: steps that a slice goes through without waiting for other slices, so that its activations
/// stay in the cache; or one step for all of them, when they are through.
/// </summary>
internal sealed record SlicePhase(SliceStep[] Steps, bool IsForAll)
{
    /// <summary>The phases of forward (and of loss) and of backward, as few as the operators' passes allow.</summary>
    public static SlicePhase[] Make(SlicedLayout layout, bool forward, bool loss, bool backward)
    {
        var phases = new List<SlicePhase>();
        var steps = new List<SliceStep>();
        if (forward)
        {
            steps.Add(new SliceStep(StepKind.Load));
            foreach (SlicedNode node in layout.Nodes)
                AddPasses(StepKind.Forward, StepKind.CombineForward, node, node.Operator.ForwardPasses);
            steps.Add(new SliceStep(StepKind.Store));
        }
        if (loss)
            steps.Add(new SliceStep(StepKind.Loss));
        if (backward)
        {
            steps.Add(new SliceStep(StepKind.LoadGradient));
            foreach (SlicedNode node in layout.Backward)
                AddPasses(StepKind.Backward, StepKind.CombineBackward, node, node.Operator.BackwardPasses);
            if (layout.Graph.Options.InputGradient)
                steps.Add(new SliceStep(StepKind.StoreGradient));
        }
        phases.Add(new SlicePhase([.. steps], IsForAll: false));
        return [.. phases];

        void AddPasses(StepKind kind, StepKind combine, SlicedNode node, int passes)
        {
            for (int pass = 0; pass < passes; pass++)
            {
                steps.Add(new SliceStep(kind, node, pass));
                if (pass == passes - 1)
                    continue;
                phases.Add(new SlicePhase([.. steps], IsForAll: false));
                phases.Add(new SlicePhase([new SliceStep(combine, node, pass)], IsForAll: true));
                steps.Clear();
            }
        }
    }
}
