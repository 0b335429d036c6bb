using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked;

/// <summary>
/// Decides which gradients are wanted, who writes and who adds where several operators read one map, and where gradients
/// lie: they take turns in few buffers, since a gradient is done with when the operator below has run. Backward runs from
/// the last operator to the first, and through an operator's inputs likewise, so the last reader writes.
/// </summary>
internal static class BlockedGradientFlow
{
    /// <summary>Sets all operators' targets; returns those whose backward runs, the last one first.</summary>
    public static BlockedOperator[] Aim(BlockedGraph graph)
    {
        IReadOnlyList<BlockedOperator> operators = graph.Operators;
        var reaching = new HashSet<BlockedMap> { graph.Output };
        foreach (BlockedOperator op in operators.Reverse())
            if (reaching.Contains(op.Output))
                reaching.UnionWith(op.Inputs);

        var wanted = new HashSet<BlockedMap>();
        if (graph.Context.InputGradient)
            wanted.Add(graph.Input);
        var runs = new List<BlockedOperator>();
        foreach (BlockedOperator op in operators)
        {
            bool learns = op.Nodes.Any(node => node.Parameters.Any(parameter => parameter.Learns));
            if (!reaching.Contains(op.Output) || !learns && !op.Inputs.Any(wanted.Contains))
                continue;
            wanted.Add(op.Output);
            runs.Insert(0, op);
        }

        var written = new HashSet<BlockedMap>();
        foreach (BlockedOperator op in operators)
            op.Targets = new GradientTarget[op.Inputs.Length];
        foreach (BlockedOperator op in runs)
            for (int i = op.Inputs.Length - 1; i >= 0; i--)
                if (wanted.Contains(op.Inputs[i]))
                    op.Targets[i] = written.Add(op.Inputs[i]) ? GradientTarget.Write : GradientTarget.Add;
        return [.. runs];
    }

    /// <summary>Gives every gradient that is wanted a buffer.</summary>
    /// <param name="graph">The operators, aimed.</param>
    /// <param name="reuses">Whether gradients may be forgotten.</param>
    public static void LayOut(BlockedGraph graph, bool reuses)
    {
        var free = new BlockedBuffers(graph.Context.Batch);
        graph.Output.Gradients = free.Take(graph.Output);
        foreach (BlockedOperator op in graph.Backward)
        {
            bool takesOver = false;
            for (int i = 0; i < op.Inputs.Length; i++)
            {
                BlockedMap input = op.Inputs[i];
                if (op.Targets[i] != GradientTarget.Write)
                    continue;
                bool overwrites = reuses && i == 0 && op.OverwritesGradient && input.Geometry == op.Output.Geometry;
                input.Gradients = overwrites ? op.Output.Gradients : free.Take(input);
                takesOver |= overwrites;
            }
            if (reuses && !takesOver)
                free.Return(op.Output, op.Output.Gradients!);
        }
    }

    /// <summary>Gives every trainable parameter's gradient its place; returns the offsets, in the network's order.</summary>
    public static int[] PlaceParameters(Network network, BlockedContext context)
    {
        const int alignment = 16;
        int length = 0;
        int[] offsets = new int[network.TrainableParameters.Count];
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = length;
            length = checked(length + (network.TrainableParameters[i].Value.Length + alignment - 1) / alignment * alignment);
        }
        context.Gradients = new AlignedBuffer(length);
        for (int i = 0; i < offsets.Length; i++)
            context.GradientOffsets.Add(network.TrainableParameters[i], offsets[i]);
        return offsets;
    }
}
