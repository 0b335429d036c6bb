using Fovea.Imaging;

namespace Fovea.Runs.Evaluation;

/// <summary>A sample of a data set, and what a model takes it for.</summary>
public sealed record SampleReport(int Index, string Truth, IReadOnlyList<Guess> Guesses);
