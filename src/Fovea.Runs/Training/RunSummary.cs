using Fovea.Runs.Evaluation;
using Fovea.Training;

namespace Fovea.Runs.Training;

/// <summary>What came out of a run.</summary>
/// <param name="Name">Its folder inside the series' own.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="TrainingSamples">How many samples it learnt from.</param>
/// <param name="Parameters">How many numbers it learnt.</param>
/// <param name="End">Why it ended.</param>
/// <param name="Epochs">How many epochs it made.</param>
/// <param name="Test">How well it classifies the samples that were kept back.</param>
/// <param name="TestWithViews">The same with copies of every sample; null if these were not asked for.</param>
/// <param name="Time">How long it took, from reading the data to the report.</param>
public sealed record RunSummary(
    string Name, ulong Seed, int TrainingSamples, long Parameters, TrainingEnd End, int Epochs, EvaluationReport? Test, EvaluationReport? TestWithViews, RunTime Time);
