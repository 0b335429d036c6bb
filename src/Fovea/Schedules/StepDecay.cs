namespace Fovea.Schedules;

/// <summary>A stair: the rate is multiplied by a factor after every so many epochs (PyTorch's <c>StepLR</c>).</summary>
/// <param name="Epochs">The length of a stair in epochs, 1 or more.</param>
/// <param name="Gamma">The factor from one stair to the next: (0, 1].</param>
public sealed record StepDecay(int Epochs = 10, double Gamma = 0.1) : Schedule
{
    /// <summary>The length of a stair in epochs.</summary>
    public int Epochs { get; } = Guard.AtLeastOne(Epochs, "the length of a stair in epochs");

    /// <summary>The factor from one stair to the next.</summary>
    public double Gamma { get; } = Guard.UpToOne(Gamma, "gamma");

    /// <inheritdoc/>
    public override double Factor(long step, long totalSteps, long stepsPerEpoch) =>
        Math.Pow(Gamma, step / Math.Max(1, stepsPerEpoch) / Epochs);
}
