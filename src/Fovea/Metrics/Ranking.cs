namespace Fovea.Metrics;

/// <summary>
/// The order of classes by score, best first. Ties go to the lower class, and NaN is worse than any number: a total
/// order, so that "first" is the same class wherever it is asked for.
/// </summary>
public static class Ranking
{
    /// <summary>The class with the highest score.</summary>
    /// <param name="scores">One score a class; at least one.</param>
    /// <exception cref="ArgumentException">There are no scores.</exception>
    public static int ArgMax(ReadOnlySpan<float> scores)
    {
        if (scores.IsEmpty)
            throw new ArgumentException("there is no best of no scores");
        int best = 0;
        for (int c = 1; c < scores.Length; c++)
        {
            if (scores[c].CompareTo(scores[best]) > 0)
                best = c;
        }
        return best;
    }

    /// <summary>How many classes come before this one: 0 for the best.</summary>
    /// <param name="scores">One score a class.</param>
    /// <param name="label">The class in question.</param>
    public static int Rank(ReadOnlySpan<float> scores, int label)
    {
        float score = scores[label];
        int rank = 0;
        for (int c = 0; c < scores.Length; c++)
        {
            int order = scores[c].CompareTo(score);
            if (order > 0 || (order == 0 && c < label))
                rank++;
        }
        return rank;
    }

    /// <summary>The best classes, best first.</summary>
    /// <param name="scores">One score a class.</param>
    /// <param name="count">How many are wanted; all are given when there are fewer.</param>
    public static int[] Top(ReadOnlySpan<float> scores, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        float[] copy = scores.ToArray();
        int[] order = [.. Enumerable.Range(0, copy.Length)];
        Array.Sort(order, (a, b) => copy[b].CompareTo(copy[a]) is var byScore and not 0 ? byScore : a.CompareTo(b));
        return order[..Math.Min(count, order.Length)];
    }
}
