namespace Fovea.Training;

/// <summary>
/// Where a run stands, apart from the weights and the optimiser: with those, all that a resumed run needs to end with
/// the very bits of one that was never interrupted. Shuffles and dropout need no state: their random streams are named
/// by seed, epoch and step.
/// </summary>
public sealed record TrainingState
{
    /// <summary>Epochs that are complete.</summary>
    public int Epoch { get; init; }

    /// <summary>Batches of the next epoch that are already done.</summary>
    public int Batch { get; init; }

    /// <summary>Steps made over all epochs.</summary>
    public long Step { get; init; }

    /// <summary>Sum of the unfinished epoch's losses, each times its batch's samples.</summary>
    public double LossSum { get; init; }

    /// <summary>Samples of the unfinished epoch that were recognised.</summary>
    public long Correct { get; init; }

    /// <summary>Samples of the unfinished epoch.</summary>
    public long Samples { get; init; }

    /// <summary>The complete epochs' results.</summary>
    public IReadOnlyList<EpochResult> History { get; init; } = [];

    /// <summary>The weights (all parameters, in the network's order) of the best epoch so far; null without validation.</summary>
    public float[][]? BestParameters { get; init; }

    /// <summary>
    /// The moving averages of all parameters, in the network's order; null without. A running trainer changes them in place.
    /// </summary>
    public float[][]? Averages { get; init; }

    /// <summary>The best epoch so far; null without validation.</summary>
    public EpochResult? Best => History.LastOrDefault(epoch => epoch.IsBest);
}
