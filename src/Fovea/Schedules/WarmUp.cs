namespace Fovea.Schedules;

/// <summary>
/// A linear warm-up of some epochs, then another schedule over what is left of the run. The first step is already above
/// zero: (step + 1) / (steps of the warm-up + 1) of what the other schedule begins with.
/// </summary>
/// <param name="After">What follows.</param>
/// <param name="Epochs">The length of the warm-up in epochs, zero or more; parts of an epoch are fine.</param>
public sealed record WarmUp(Schedule After, double Epochs) : Schedule
{
    /// <summary>What follows.</summary>
    public Schedule After { get; } = After ?? throw new ArgumentNullException(nameof(After));

    /// <summary>The length of the warm-up in epochs.</summary>
    public double Epochs { get; } = Guard.NotNegative(Epochs, "the warm-up's epochs");

    /// <inheritdoc/>
    public override double Factor(long step, long totalSteps, long stepsPerEpoch)
    {
        long warmUpSteps = (long)(Epochs * stepsPerEpoch), left = Math.Max(1, totalSteps - warmUpSteps);
        return step < warmUpSteps
            ? (step + 1.0) / (warmUpSteps + 1) * After.Factor(0, left, stepsPerEpoch)
            : After.Factor(step - warmUpSteps, left, stepsPerEpoch);
    }
}
