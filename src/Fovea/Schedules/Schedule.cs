namespace Fovea.Schedules;

/// <summary>How the learning rate changes over a run. Immutable.</summary>
public abstract record Schedule
{
    /// <summary>What the base learning rate is multiplied by at a step.</summary>
    /// <param name="step">Steps made so far, from 0.</param>
    /// <param name="totalSteps">Steps the whole run will make.</param>
    /// <param name="stepsPerEpoch">Steps in an epoch.</param>
    public abstract double Factor(long step, long totalSteps, long stepsPerEpoch);
}
