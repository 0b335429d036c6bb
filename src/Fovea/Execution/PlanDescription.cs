using Fovea.Kernels;
using Fovea.Tensors;

namespace Fovea.Execution;

/// <summary>What one core can do at most.</summary>
/// <param name="Gflops">Billions of multiplications and additions a second, a multiply-add counting two, from registers.</param>
/// <param name="CacheGigabytes">Billions of bytes a second read from its own second-level cache.</param>
/// <param name="MemoryGigabytes">Billions of bytes a second read from memory.</param>
public sealed record CoreFigures(double Gflops, double CacheGigabytes, double MemoryGigabytes)
{
    private const int CacheFloats = 1 << 16, MemoryFloats = 1 << 23;

    /// <summary>Measures this machine, in some 50 milliseconds; other work on it makes the figures smaller.</summary>
    public static CoreFigures Measure() => new(
        CoreProbe.Gflops(rounds: 200_000, runs: 8),
        CoreProbe.ReadGigabytes(CacheFloats, runs: 50),
        CoreProbe.ReadGigabytes(MemoryFloats, runs: 4));
}

/// <summary>
/// One step of a plan: a node, or several that run as one. What is expected is an estimate from <see cref="CoreFigures"/>
/// and from what share of them each algorithm usually reaches (<c>docs/architecture.md</c>); nothing of it was measured.
/// </summary>
/// <param name="Nodes">Names of the nodes, in the network's order.</param>
/// <param name="Layers">Their layers: <c>Conv2d</c>.</param>
/// <param name="Algorithm">How the step is computed: <c>direct</c>, <c>Winograd 4×4</c>.</param>
/// <param name="Layout">How its output lies in memory: <c>CHWN16</c>, <c>NCHW</c>, <c>nChw16c</c>.</param>
/// <param name="OutputShape">The shape of one output sample.</param>
/// <param name="MultiplyAdds">
/// Multiply-adds of a run over the whole batch, by the plain formula: Winograd's transform makes fewer. In training
/// forward and both gradients.
/// </param>
/// <param name="ExpectedGflops">Two times the multiply-adds by the expected time, in billions a second; may pass the peak where fewer are made.</param>
/// <param name="ExpectedSeconds">The expected time of a run over the whole batch.</param>
/// <param name="BoundByMemory">Whether moving the data is expected to take longer than the arithmetic.</param>
public sealed record PlanStep(
    IReadOnlyList<string> Nodes, IReadOnlyList<string> Layers, string Algorithm, string Layout, Shape OutputShape,
    long MultiplyAdds, double ExpectedGflops, double ExpectedSeconds, bool BoundByMemory);

/// <summary>How a plan runs its network, and what is expected of it.</summary>
/// <param name="Core">What the expectations start from.</param>
/// <param name="VectorBits">How wide the kernels' vectors are.</param>
/// <param name="Steps">In the order in which they run; every node of the network is in one.</param>
public sealed record PlanDescription(CoreFigures Core, int VectorBits, IReadOnlyList<PlanStep> Steps)
{
    /// <summary>Multiply-adds of all steps.</summary>
    public long MultiplyAdds => Steps.Sum(step => step.MultiplyAdds);

    /// <summary>The expected time of a run over the whole batch.</summary>
    public double ExpectedSeconds => Steps.Sum(step => step.ExpectedSeconds);

    /// <summary>What that makes, in billions of multiplications and additions a second.</summary>
    public double ExpectedGflops => 2e-9 * MultiplyAdds / ExpectedSeconds;
}
