namespace Fovea.Execution.Graph;

/// <summary>
/// Decides which groups' backward runs, and who writes and who adds where several groups read one value. Backward runs from
/// the last group to the first, and through a group's inputs likewise, so the last reader writes.
/// </summary>
internal static class GradientFlow
{
    /// <summary>Sets all groups' targets; returns those whose backward runs, the last one first.</summary>
    public static FusionGroup[] Resolve(ExecutionGraph graph)
    {
        HashSet<FusionGroup> reaching = graph.AncestorsOf(graph.Output);
        return Resolve(graph, graph.Groups, reaching.Contains, graph.WantsGradient);
    }

    /// <summary>Likewise for some groups alone.</summary>
    /// <param name="graph">What they are of.</param>
    /// <param name="groups">The groups, in order.</param>
    /// <param name="reaches">Whether the value that backward starts from depends on a group.</param>
    /// <param name="isAskedFor">Whether the gradient of a value is wanted by somebody outside.</param>
    public static FusionGroup[] Resolve(ExecutionGraph graph, IReadOnlyList<FusionGroup> groups, Func<FusionGroup, bool> reaches, Func<int, bool> isAskedFor)
    {
        var wanted = new HashSet<int>();
        foreach (FusionGroup group in groups)
        {
            group.RunsBackward = reaches(group) && (Learns(graph, group) || group.Inputs.Any(IsWanted));
            if (group.RunsBackward)
                wanted.Add(group.Last);
        }

        FusionGroup[] running = [.. groups.Where(group => group.RunsBackward).Reverse()];
        var written = new HashSet<int>();
        foreach (FusionGroup group in groups)
            group.Targets = new GradientTarget[group.Inputs.Length];
        foreach (FusionGroup group in running)
            for (int i = group.Inputs.Length - 1; i >= 0; i--)
                if (IsWanted(group.Inputs[i]))
                    group.Targets[i] = written.Add(group.Inputs[i]) ? GradientTarget.Write : GradientTarget.Add;
        return running;

        bool IsWanted(int value) => wanted.Contains(value) || isAskedFor(value);
    }

    private static bool Learns(ExecutionGraph graph, FusionGroup group) =>
        graph.Options.ParameterGradients && group.AllNodes.Any(node => graph.Network.Nodes[node].Parameters.Any(parameter => parameter.Learns));
}
