using Fovea.Runs.Evaluation;
using Fovea.Runs.Settings;
using Fovea.Training;

namespace Fovea.Runs.Training;

/// <summary>What <c>train --json</c> prints.</summary>
public sealed record TrainReport(
    string Folder, string Model, string Checkpoint, TrainingEnd End, TrainSettings Settings, IReadOnlyList<EpochResult> History,
    EvaluationReport? Test, EvaluationReport? TestWithViews, IReadOnlyList<SampleReport> Samples)
{
    /// <summary>Whether the model takes texts.</summary>
    public bool IsText { get; init; }
}
