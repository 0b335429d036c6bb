using Fovea.Data.Augmentation;
using Fovea.Losses;
using Fovea.Schedules;

namespace Fovea.Training;

/// <summary>How a run goes, apart from network, optimiser and data.</summary>
public sealed record TrainingOptions
{
    /// <summary>How often every sample is seen.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Samples a step.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>
    /// How many batches move the weights together, by the mean of their gradients: as one batch of so many times the
    /// samples would (but for batch normalisation, which knows single batches only), in the memory of one. The last of an
    /// epoch may be fewer. The schedule counts the moves.
    /// </summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>
    /// Whether an epoch's last batch is left out if it is not full: a step from a handful of samples is as long as any
    /// other, and batch normalisation learns little from them. The samples left out are others in every epoch.
    /// </summary>
    public bool DropLast { get; init; }

    /// <summary>Names the shuffles, the augmentation and dropout's masks. Same seed, same weights, for any number of threads.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The most threads to use.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>The loss that training minimises.</summary>
    public Loss Loss { get; init; } = new SoftmaxCrossEntropy();

    /// <summary>What is done to every training image, anew in every epoch; nothing if null.</summary>
    public Augmenter? Augmenter { get; init; }

    /// <summary>Whether an epoch holds all classes equally often, samples of rare classes several times.</summary>
    public bool BalancedClasses { get; init; }

    /// <summary>How the optimiser's learning rate changes over the run.</summary>
    public Schedule Schedule { get; init; } = new ConstantRate();

    /// <summary>Gradients whose norm over all parameters is larger are scaled down to it.</summary>
    public double MaxGradientNorm { get; init; } = double.PositiveInfinity;

    /// <summary>
    /// What an exponential moving average of the weights keeps of itself at every update, at least 0 and below 1; no
    /// average if null. With it, the validation samples judge the average, and the run ends with it; early averages are
    /// shorter. An average over the last epoch or two is good: 0.999 for a thousand updates and more.
    /// </summary>
    public double? AverageDecay { get; init; }

    /// <summary>After how many epochs without a better validation result the run stops; never if null.</summary>
    public int? Patience { get; init; }

    /// <summary>Whether the network ends with the weights of its best epoch, if there are validation samples.</summary>
    public bool KeepBest { get; init; } = true;

    internal TrainingOptions Check()
    {
        Positive(Epochs, "epochs");
        Positive(BatchSize, "batch size");
        Positive(Accumulate, "the number of accumulated batches");
        Positive(Threads, "threads");
        if (Patience is { } patience)
            Positive(patience, "patience");
        if (AverageDecay is { } decay)
            Guard.BelowOne(decay, "the decay of the weights' average");
        return MaxGradientNorm > 0 ? this : throw new ArgumentException($"the gradients' largest norm must be positive, got {MaxGradientNorm}");

        static void Positive(int value, string name)
        {
            if (value <= 0)
                throw new ArgumentException($"{name} must be positive, got {value}");
        }
    }
}
