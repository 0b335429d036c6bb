using Fovea.Metrics;

namespace Fovea.Imaging;

/// <summary>A class and how probable a model thinks it.</summary>
/// <param name="Class">Its name.</param>
/// <param name="Probability">In [0, 1].</param>
public sealed record Guess(string Class, double Probability)
{
    /// <summary>The most probable classes, best first.</summary>
    /// <param name="probabilities">(classes).</param>
    /// <param name="classNames">A name for every class.</param>
    /// <param name="count">How many are wanted; all are given when there are fewer.</param>
    public static Guess[] Best(ReadOnlySpan<float> probabilities, IReadOnlyList<string> classNames, int count)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        int[] top = Ranking.Top(probabilities, count);
        var guesses = new Guess[top.Length];
        for (int i = 0; i < top.Length; i++)
            guesses[i] = new Guess(classNames[top[i]], probabilities[top[i]]);
        return guesses;
    }
}
