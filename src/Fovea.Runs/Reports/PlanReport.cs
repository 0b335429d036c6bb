using Fovea.Execution;

namespace Fovea.Runs.Reports;

/// <summary>What <c>summary --plan --json</c> prints. All but the core's figures is expected, not measured.</summary>
public sealed record PlanReport(
    string Name, int Batch, int Threads, string Mode, int VectorBits, CoreFigures Core, IReadOnlyList<StepReport> Steps,
    long MultiplyAdds, double ExpectedGflops, double ExpectedSeconds)
{
    /// <summary>The report of a plan; measures the core.</summary>
    public static PlanReport Of(Plan plan, string mode)
    {
        ArgumentNullException.ThrowIfNull(plan);
        PlanDescription description = plan.Describe();
        return new PlanReport(
            plan.Network.Name, plan.Options.Batch, plan.Options.Threads, mode, description.VectorBits, description.Core,
            [.. description.Steps.Select(step => new StepReport(
                step.Nodes, step.Layers, step.Algorithm, step.Layout, step.OutputShape.ToArray(), step.MultiplyAdds,
                step.ExpectedGflops, step.ExpectedSeconds, step.BoundByMemory))],
            description.MultiplyAdds, description.ExpectedGflops, description.ExpectedSeconds);
    }
}

/// <summary>One step of a plan: a node, or several that run as one.</summary>
public sealed record StepReport(
    IReadOnlyList<string> Nodes, IReadOnlyList<string> Layers, string Algorithm, string Layout, int[] Output, long MultiplyAdds,
    double ExpectedGflops, double ExpectedSeconds, bool BoundByMemory);
