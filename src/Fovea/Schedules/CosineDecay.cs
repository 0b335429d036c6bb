namespace Fovea.Schedules;

/// <summary>
/// A linear warm-up, then half a cosine from the base rate down to a share of it (Loshchilov and Hutter, 2017). The
/// first step of the warm-up is already above zero, and the end is reached one step after the last, so that no step is
/// made with a rate of zero. Without warm-up this is PyTorch's <c>CosineAnnealingLR</c> over the whole run.
/// </summary>
/// <param name="WarmUp">The warm-up's share of the run: [0, 1).</param>
/// <param name="Final">The factor at the end: [0, 1).</param>
public sealed record CosineDecay(double WarmUp = 0.05, double Final = 0) : Schedule
{
    /// <summary>The warm-up's share of the run.</summary>
    public double WarmUp { get; } = Guard.BelowOne(WarmUp, "the share of warm-up");

    /// <summary>The factor at the end.</summary>
    public double Final { get; } = Guard.BelowOne(Final, "the final factor");

    /// <inheritdoc/>
    public override double Factor(long step, long totalSteps, long stepsPerEpoch)
    {
        long warmUpSteps = (long)(WarmUp * totalSteps);
        if (step < warmUpSteps)
            return (step + 1.0) / (warmUpSteps + 1);
        double progress = Math.Min(1, (double)(step - warmUpSteps) / Math.Max(1, totalSteps - warmUpSteps));
        return Final + (1 - Final) * (1 + Math.Cos(Math.PI * progress)) / 2;
    }
}
