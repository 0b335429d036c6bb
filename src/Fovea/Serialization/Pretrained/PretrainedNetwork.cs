using Fovea.Networks;

namespace Fovea.Serialization.Pretrained;

/// <summary>A network that was filled from a file, and what was done with the file's tensors.</summary>
public sealed record PretrainedNetwork
{
    /// <summary>The network.</summary>
    public required Network Network { get; init; }

    /// <summary>How many classes the file's network tells apart; null if the file lacks that layer.</summary>
    public int? FileClasses { get; init; }

    /// <summary>The layer that was drawn anew, since the file has it for other classes or not at all; null if there is none.</summary>
    public string? NewHead { get; init; }

    /// <summary>What stood before every name in the file, such as <c>module.</c>; empty if nothing did.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>A pair of names if the file's are others and its tensors were taken in their order; null if the names were the same.</summary>
    public (string File, string Network)? InOrder { get; init; }

    /// <summary>The parts of the file that the network has not, since they serve only training: auxiliary classifiers.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];
}
