using Fovea.Optimizers;

namespace Fovea.Runs.Settings;

/// <summary>The settings that suit transfer learning, whatever the network.</summary>
public static class TransferRecipe
{
    /// <summary>For a head on features: these are cheap, so it sees them often.</summary>
    /// <param name="run">Whose other settings stay.</param>
    public static TrainSettings Head(TrainSettings run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run with
        {
            Epochs = 30,
            BatchSize = 64,
            Accumulate = 1,
            LearningRate = 3e-3,
            Optimizer = "adamw",
            OptimizerOptions = new OptimizerOptions { WeightDecay = 0.05 },
            Schedule = "one-cycle",
            ScheduleOptions = new(),
        };
    }

    /// <summary>For all layers, after the head has learnt.</summary>
    /// <param name="run">Whose other settings stay.</param>
    public static TrainSettings All(TrainSettings run) => Head(run) with { Epochs = 5, BatchSize = 32, LearningRate = 1e-3 };
}
