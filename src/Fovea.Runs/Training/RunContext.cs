namespace Fovea.Runs.Training;

/// <summary>What a run has around it, which does not change what it comes to.</summary>
public sealed record RunContext
{
    /// <summary>The command line or other words that started it, for reports and records.</summary>
    public string Command { get; init; } = "";

    /// <summary>The most threads to use; null for one a processor.</summary>
    public int? Threads { get; init; }

    /// <summary>Told what happens, from the thread that trains.</summary>
    public IProgress<RunEvent>? Progress { get; init; }

    /// <summary>Asks the run to save a checkpoint and to end.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Features that the runs of a series have in common.</summary>
    internal SharedFeatures Features { get; } = new();
}
