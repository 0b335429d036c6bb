namespace Fovea.Schedules;

/// <summary>
/// One rise and one fall (Smith, 2018): from 1 / <see cref="InitialDivisor"/> of the base rate up to it, then down to
/// 1 / (<see cref="InitialDivisor"/> · <see cref="FinalDivisor"/>) at the last step, both along half a cosine. The base
/// learning rate is the peak. Equal to PyTorch's <c>OneCycleLR</c>, whose momentum cycle is left out.
/// </summary>
/// <param name="PeakAt">The rise's share of the run: [0, 1).</param>
/// <param name="InitialDivisor">What the peak is divided by at the start: 1 or more.</param>
/// <param name="FinalDivisor">What the start is divided by at the end: 1 or more.</param>
public sealed record OneCycle(double PeakAt = 0.3, double InitialDivisor = 25, double FinalDivisor = 1e4) : Schedule
{
    /// <summary>The rise's share of the run.</summary>
    public double PeakAt { get; } = Guard.BelowOne(PeakAt, "the place of the peak");

    /// <summary>What the peak is divided by at the start.</summary>
    public double InitialDivisor { get; } = Guard.AtLeastOne(InitialDivisor, "the initial divisor");

    /// <summary>What the start is divided by at the end.</summary>
    public double FinalDivisor { get; } = Guard.AtLeastOne(FinalDivisor, "the final divisor");

    /// <inheritdoc/>
    public override double Factor(long step, long totalSteps, long stepsPerEpoch)
    {
        double initial = 1 / InitialDivisor;
        double final = initial / FinalDivisor;
        // The peak may lie between two steps; in a run too short for a rise it is the first.
        double peak = Math.Max(0, PeakAt * totalSteps - 1);
        double last = Math.Max(peak, totalSteps - 1);
        if (step < peak)
            return Along(initial, 1, step / peak);
        return step >= last && last > peak ? final : Along(1, final, last > peak ? (step - peak) / (last - peak) : 0);
    }

    private static double Along(double from, double to, double progress) =>
        to + (from - to) * (1 + Math.Cos(Math.PI * progress)) / 2;
}
