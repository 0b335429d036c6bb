using Fovea.Execution.Blocked;
using Fovea.Execution.Graph;

namespace Fovea.Execution.Quantized;

/// <summary>What runs as one in int8: what does so in floats, one by one where that would need an activation that is never bytes.</summary>
/// <param name="options">How the network is to run.</param>
internal sealed class QuantizedRules(PlanOptions options) : BlockedRules(options)
{
    /// <summary>An activation may be bytes and floats at once, so each node has its own.</summary>
    public override bool IsView(ExecutionGraph graph, int node) => false;

    public override bool IsAbsorbed(ExecutionGraph graph, FusionGroup producer, FusionGroup group) => false;
}
