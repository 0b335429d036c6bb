namespace Fovea.Schedules;

/// <summary>The base learning rate throughout.</summary>
public sealed record ConstantRate : Schedule
{
    /// <inheritdoc/>
    public override double Factor(long step, long totalSteps, long stepsPerEpoch) => 1;
}
