namespace Fovea.Execution;

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
internal readonly record struct Step(StepKind Kind, PlanNode? Node = null, int Pass = 0);

/// <summary>
/// Steps that a slice goes through without waiting for other slices, so that its activations stay in the cache, and
/// what is done once after all slices are through.
/// </summary>
internal sealed record Stage(Step[] Steps, Step? Combine)
{
    /// <summary>The stages of forward (and of loss) and of backward, as few as the operators' passes allow.</summary>
    public static Stage[] Make(PlanLayout layout, bool forward, bool loss, bool backward)
    {
        var stages = new List<Stage>();
        var steps = new List<Step>();
        if (forward)
        {
            steps.Add(new Step(StepKind.Load));
            foreach (PlanNode node in layout.Nodes)
                AddPasses(StepKind.Forward, node, node.Operator.ForwardPasses);
            steps.Add(new Step(StepKind.Store));
        }
        if (loss)
            steps.Add(new Step(StepKind.Loss));
        if (backward)
        {
            steps.Add(new Step(StepKind.LoadGradient));
            foreach (PlanNode node in layout.Backward)
                AddPasses(StepKind.Backward, node, node.Operator.BackwardPasses);
            if (layout.Graph.Options.InputGradient)
                steps.Add(new Step(StepKind.StoreGradient));
        }
        stages.Add(new Stage([.. steps], null));
        return [.. stages];

        void AddPasses(StepKind kind, PlanNode node, int passes)
        {
            for (int pass = 0; pass < passes; pass++)
            {
                steps.Add(new Step(kind, node, pass));
                if (pass == passes - 1)
                    continue;
                stages.Add(new Stage([.. steps], new Step(kind, node, pass)));
                steps.Clear();
            }
        }
    }
}
