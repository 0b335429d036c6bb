namespace Fovea.Schedules;

/// <summary>
/// Half a cosine down, again and again, each time over a longer period (SGDR: Loshchilov and Hutter, 2017). At the ends of
/// the periods the weights are good; at their starts the base rate leads on to other valleys. Equal to PyTorch's
/// <c>CosineAnnealingWarmRestarts</c>, moved on step by step. A run should end with a period: periods of 1, 2 and 4 epochs
/// are 7.
/// </summary>
/// <param name="Period">The first period in epochs, 1 or more.</param>
/// <param name="Growth">How many times longer every period is than the one before: 1 or more.</param>
/// <param name="Final">The factor at a period's end: [0, 1).</param>
public sealed record WarmRestarts(double Period = 10, double Growth = 2, double Final = 0) : Schedule
{
    /// <summary>The first period in epochs.</summary>
    public double Period { get; } = Guard.AtLeastOne(Period, "the first period in epochs");

    /// <summary>How many times longer every period is than the one before.</summary>
    public double Growth { get; } = Guard.AtLeastOne(Growth, "the growth of the periods");

    /// <summary>The factor at a period's end.</summary>
    public double Final { get; } = Guard.BelowOne(Final, "the final factor");

    /// <inheritdoc/>
    public override double Factor(long step, long totalSteps, long stepsPerEpoch)
    {
        double epochs = (double)step / Math.Max(1, stepsPerEpoch), period = Period;
        for (; epochs >= period; period *= Growth)
            epochs -= period;
        return Final + (1 - Final) * (1 + Math.Cos(Math.PI * epochs / period)) / 2;
    }
}
