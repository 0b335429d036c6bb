namespace Fovea.Execution.Sliced;

/// <summary>What a slice goes through.</summary>
internal enum StepKind
{
    /// <summary>The slice's input is laid out.</summary>
    Load,
    Forward,

    /// <summary>The outputs are laid out for the caller.</summary>
    Store,

    /// <summary>The loss and its gradient are computed from the outputs.</summary>
    Loss,

    /// <summary>The gradient with respect to the outputs is laid out.</summary>
    LoadGradient,
    Backward,

    /// <summary>The gradient with respect to the input is laid out for the caller.</summary>
    StoreGradient,
}

/// <summary>One thing done to one slice.</summary>
internal readonly record struct SliceStep(StepKind Kind, SlicedNode? Node = null, int Pass = 0);

/// <summary>
/// Steps that a slice goes through without waiting for other slices, so that its activations stay in the cache, and
/// what is done once after all slices are through.
/// </summary>
internal sealed record Stage(SliceStep[] Steps, SliceStep? Combine)
{
    /// <summary>The stages of forward (and of loss) and of backward, as few as the operators' passes allow.</summary>
    public static Stage[] Make(SlicedLayout layout, bool forward, bool loss, bool backward)
    {
        var stages = new List<Stage>();
        var steps = new List<SliceStep>();
        if (forward)
        {
            steps.Add(new SliceStep(StepKind.Load));
            foreach (SlicedNode node in layout.Nodes)
                AddPasses(StepKind.Forward, node, node.Operator.ForwardPasses);
            steps.Add(new SliceStep(StepKind.Store));
        }
        if (loss)
            steps.Add(new SliceStep(StepKind.Loss));
        if (backward)
        {
            steps.Add(new SliceStep(StepKind.LoadGradient));
            foreach (SlicedNode node in layout.Backward)
                AddPasses(StepKind.Backward, node, node.Operator.BackwardPasses);
            if (layout.Graph.Options.InputGradient)
                steps.Add(new SliceStep(StepKind.StoreGradient));
        }
        stages.Add(new Stage([.. steps], null));
        return [.. stages];

        void AddPasses(StepKind kind, SlicedNode node, int passes)
        {
            for (int pass = 0; pass < passes; pass++)
            {
                steps.Add(new SliceStep(kind, node, pass));
                if (pass == passes - 1)
                    continue;
                stages.Add(new Stage([.. steps], new SliceStep(kind, node, pass)));
                steps.Clear();
            }
        }
    }
}
