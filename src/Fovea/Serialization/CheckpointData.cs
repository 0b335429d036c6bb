using Fovea.Kernels.Simd;

namespace Fovea.Serialization;

/// <summary>
/// All that a training run needs to go on as if it had never stopped. Floats come back bit by bit.
/// </summary>
public sealed record CheckpointData
{
    /// <summary>The model as it stands.</summary>
    public required Model Model { get; init; }

    /// <summary>The optimiser's name: <c>sgd</c>, <c>adam</c>.</summary>
    public required string OptimizerName { get; init; }

    /// <summary>
    /// The optimiser's state arrays: for every trainable parameter of the network, in its order, the same number of
    /// arrays of the parameter's length. Empty for an optimiser that has not started.
    /// </summary>
    public required IReadOnlyList<float[][]> OptimizerStates { get; init; }

    /// <summary>Steps the optimiser made.</summary>
    public long OptimizerSteps { get; init; }

    /// <summary>Epochs done.</summary>
    public int Epoch { get; init; }

    /// <summary>Training steps done: the position in the schedule.</summary>
    public long Step { get; init; }

    /// <summary>The run's seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>What else the trainer wants kept (options, history, the best metric), in a form of its own.</summary>
    public string SettingsJson { get; init; } = "{}";

    /// <summary>
    /// The width in bits of the vectors that computed it; null if the file does not say. Sums are rounded otherwise at
    /// another width: a run that goes on there ends with weights that differ in their last digits.
    /// </summary>
    public int? VectorBits { get; init; }

    /// <summary>The width in bits of this process's vectors.</summary>
    public static int VectorBitsHere => SimdWidth.Bits;

    /// <summary>The parameters at the best epoch so far, by name, all of the network's; null if none was kept.</summary>
    public IReadOnlyDictionary<string, float[]>? BestParameters { get; init; }

    /// <summary>The moving averages of the parameters, by name, all of the network's; null if none are kept.</summary>
    public IReadOnlyDictionary<string, float[]>? Averages { get; init; }
}
