using Fovea.Metrics;

namespace Fovea.Runs.Evaluation;

/// <summary>A class and how probable a model thinks it.</summary>
/// <param name="Class">Its name.</param>
/// <param name="Probability">In [0, 1].</param>
public sealed record Guess(string Class, double Probability)
{
    /// <summary>The most probable classes, best first.</summary>
    public static Guess[] Best(ReadOnlySpan<float> probabilities, IReadOnlyList<string> classNames, int count)
    {
        int[] top = Ranking.Top(probabilities, count);
        var guesses = new Guess[top.Length];
        for (int i = 0; i < top.Length; i++)
            guesses[i] = new Guess(classNames[top[i]], probabilities[top[i]]);
        return guesses;
    }
}
