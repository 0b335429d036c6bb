using Fovea.Data;
using Fovea.Imaging;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Runs.Evaluation;

/// <summary>What a model takes some samples of a data set for: a first look at what it learnt.</summary>
internal static class SampleGuesses
{
    private const int Samples = 5, Guesses = 3;

    /// <summary>The guesses for a few samples, taken at equal distances.</summary>
    public static IReadOnlyList<SampleReport> Of(Model model, IDataset dataset)
    {
        int count = Math.Min(Samples, dataset.Count);
        var predictor = new Predictor(model);
        var pixels = new float[dataset.ImageShape.Length];
        var reports = new SampleReport[count];
        for (int i = 0; i < count; i++)
        {
            int index = (int)((long)i * dataset.Count / count);
            dataset.Read(index, pixels);
            reports[i] = new SampleReport(index, dataset.ClassNames[dataset.Label(index)], Guess.Best(predictor.Predict(pixels), model.ClassNames, Guesses));
        }
        return reports;
    }
}
