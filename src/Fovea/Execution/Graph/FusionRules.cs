using Fovea.Networks;

namespace Fovea.Execution.Graph;

/// <summary>
/// A rewrite rule: appends the node to the group and returns true, if one operator of the engine can do the work of both.
/// The graph has made sure that the node alone reads what the group makes, and that nobody asked for it.
/// </summary>
/// <param name="graph">Shapes and readers.</param>
/// <param name="group">The group so far.</param>
/// <param name="next">The number of the node that reads it.</param>
/// <param name="node">That node.</param>
internal delegate bool FusionRule(ExecutionGraph graph, FusionGroup group, int next, Node node);

/// <summary>What a graph asks the engine that will run it: which nodes run as one, and which need not run.</summary>
internal abstract class EngineRules
{
    /// <summary>The rewrite rules; the first that applies appends a node.</summary>
    public abstract IReadOnlyList<FusionRule> Fusions { get; }

    /// <summary>
    /// Whether a node that leaves every value as it is (<see cref="ExecutionGraph.IsIdentity"/>) also leaves it where it is,
    /// in the engine's layout.
    /// </summary>
    public virtual bool IsView(ExecutionGraph graph, int node) => true;

    /// <summary>Whether an operator runs the group as it has grown; otherwise its nodes run one by one.</summary>
    public virtual bool IsComplete(FusionGroup group) => true;

    /// <summary>
    /// Whether the engine has no operator of its own for a group. Such groups run by another engine, in segments as long as
    /// possible, with conversions at the borders.
    /// </summary>
    public virtual bool IsForeign(ExecutionGraph graph, FusionGroup group) => false;

    /// <summary>Whether a group can run inside the one that alone reads it.</summary>
    public virtual bool IsAbsorbed(ExecutionGraph graph, FusionGroup producer, FusionGroup group) => false;
}
