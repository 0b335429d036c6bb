using Fovea.Imaging;

namespace Fovea.Runs.Prediction;

/// <summary>What <c>predict --json</c> prints.</summary>
public sealed record PredictionReport(string Model, IReadOnlyList<ImagePrediction> Predictions, IReadOnlyList<SkippedImage> Skipped);

/// <summary>The guesses for one image, and what was done to it before.</summary>
public sealed record ImagePrediction(string Image, IReadOnlyList<string> Preparation, IReadOnlyList<Guess> Guesses);

/// <summary>A image that was not judged.</summary>
public sealed record SkippedImage(string Image, string Reason);
