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
        var wanted = new HashSet<int>();
        foreach (FusionGroup group in graph.Groups)
        {
            group.RunsBackward = reaching.Contains(group) && (Learns(graph, group) || group.Inputs.Any(IsWanted));
            if (group.RunsBackward)
                wanted.Add(group.Last);
        }

        FusionGroup[] running = [.. graph.Groups.Where(group => group.RunsBackward).Reverse()];
        var written = new HashSet<int>();
        foreach (FusionGroup group in graph.Groups)
            group.Targets = new GradientTarget[group.Inputs.Length];
        foreach (FusionGroup group in running)
            for (int i = group.Inputs.Length - 1; i >= 0; i--)
                if (IsWanted(group.Inputs[i]))
                    group.Targets[i] = written.Add(group.Inputs[i]) ? GradientTarget.Write : GradientTarget.Add;
        return running;

        bool IsWanted(int value) => wanted.Contains(value) || graph.WantsGradient(value);
    }

    private static bool Learns(ExecutionGraph graph, FusionGroup group) =>
        graph.Options.ParameterGradients && group.AllNodes.Any(node => graph.Network.Nodes[node].Parameters.Any(parameter => parameter.Learns));
}
