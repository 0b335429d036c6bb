namespace Fovea.Schedules;

/// <summary>
/// The rate is multiplied by γ over every epoch, evenly from step to step: γ^(step / steps per epoch). At the start of
/// every epoch this is PyTorch's <c>ExponentialLR</c>.
/// </summary>
/// <param name="Gamma">The factor over an epoch: (0, 1].</param>
public sealed record ExponentialDecay(double Gamma = 0.9) : Schedule
{
    /// <summary>The factor over an epoch.</summary>
    public double Gamma { get; } = Guard.UpToOne(Gamma, "gamma");

    /// <inheritdoc/>
    public override double Factor(long step, long totalSteps, long stepsPerEpoch) =>
        Math.Pow(Gamma, (double)step / Math.Max(1, stepsPerEpoch));
}
