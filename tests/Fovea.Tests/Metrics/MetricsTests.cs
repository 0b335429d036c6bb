using Fovea.Metrics;
using Fovea.Tensors;

namespace Fovea.Tests.Metrics;

public class MetricsTests
{
    [Theory]
    [InlineData(new[] { .9f, .1f, .1f, .9f, .4f, .6f }, 0.25, 0.38)]
    [InlineData(new[] { .6f, .4f, .3f, .7f, .1f, .9f }, 0.71, 1.06)]
    public void Known_answer_of_two_networks_for_dog_and_cat(float[] outputs, double squaredError, double crossEntropy)
    {
        int[] truth = [0, 1, 0];
        var metrics = new ClassificationMetrics(2);
        for (int row = 0; row < 3; row++)
            metrics.Add(outputs.AsSpan(row * 2, 2), truth[row]);
        Assert.Equal(1.0 / 3, metrics.Error, 12);
        Assert.Equal(squaredError, Math.Round(metrics.MeanSquaredError, 2));
        Assert.Equal(crossEntropy, Math.Round(metrics.CrossEntropy, 2));
    }

    [Fact]
    public void Top_k_counts_the_truth_among_the_best_and_ties_go_to_the_lower_class()
    {
        var metrics = new ClassificationMetrics(4);
        metrics.Add([.25f, .25f, .25f, .25f], 2);   // rank 2
        metrics.Add([.1f, .2f, .3f, .4f], 2);       // rank 1
        metrics.Add([.4f, .1f, .4f, .1f], 0);       // rank 0
        metrics.Add([.4f, .1f, .1f, .4f], 3);       // rank 1
        Assert.Equal(0.25, metrics.TopAccuracy(1));
        Assert.Equal(0.75, metrics.TopAccuracy(2));
        Assert.Equal(1.0, metrics.TopAccuracy(3));
        Assert.Equal(1.0, metrics.TopAccuracy(9));
        Refused.With("k of the top k must be 1 or more, got 0", () => metrics.TopAccuracy(0));
    }

    [Fact]
    public void Rank_argmax_and_top_agree_whatever_the_scores()
    {
        var rng = new Rng(6);
        float[] special = [float.NaN, float.NegativeInfinity, float.PositiveInfinity, 0, -0f, 1, 1, 2];
        for (int trial = 0; trial < 500; trial++)
        {
            float[] scores = [.. Enumerable.Range(0, 1 + trial % 9).Select(_ => special[rng.NextInt(special.Length)])];
            int[] order = Ranking.Top(scores, 100);
            Assert.Equal(Enumerable.Range(0, scores.Length), order.Order());
            Assert.Equal(order[0], Ranking.ArgMax(scores));
            for (int rank = 0; rank < order.Length; rank++)
                Assert.Equal(rank, Ranking.Rank(scores, order[rank]));
            Assert.Equal(order.Take(2), Ranking.Top(scores, 2));
        }
        Assert.Equal([2, 0, 1], Ranking.Top([1, float.NaN, 3], 3));
    }

    [Fact]
    public void A_probability_of_zero_is_finite_and_one_that_is_no_number_shows()
    {
        var metrics = new ClassificationMetrics(2);
        metrics.Add([0, 1], 0);
        Assert.Equal(103.28, metrics.CrossEntropy, 2);
        metrics.Add([float.NaN, float.NaN], 1);
        Assert.True(double.IsNaN(metrics.CrossEntropy));
        Assert.True(double.IsNaN(metrics.MeanSquaredError));
        Assert.Equal(0, metrics.Accuracy);
    }

    [Fact]
    public void Merging_equals_gathering_in_one()
    {
        var rng = new Rng(7);
        ClassificationMetrics whole = new(5), first = new(5), second = new(5);
        float[] row = new float[5];
        for (int i = 0; i < 100; i++)
        {
            foreach (ref float p in row.AsSpan())
                p = (float)rng.NextDouble();
            int label = rng.NextInt(5);
            whole.Add(row, label);
            (i < 37 ? first : second).Add(row, label);
        }
        first.Merge(second);
        Assert.Equal(100, first.Count);
        Assert.Equal(whole.Accuracy, first.Accuracy);
        Assert.Equal(whole.TopAccuracy(3), first.TopAccuracy(3));
        Assert.Equal(whole.CrossEntropy, first.CrossEntropy, 12);
        Assert.Equal(whole.MeanSquaredError, first.MeanSquaredError, 12);
        for (int truth = 0; truth < 5; truth++)
            Assert.Equal(whole.Confusion.Row(truth), first.Confusion.Row(truth));
    }

    [Fact]
    public void A_confusion_matrix_gives_precision_recall_and_F1()
    {
        var matrix = new ConfusionMatrix(3);
        long[,] counts = { { 5, 2, 0 }, { 1, 3, 0 }, { 4, 0, 0 } };
        for (int truth = 0; truth < 3; truth++)
        {
            for (int predicted = 0; predicted < 3; predicted++)
            {
                for (long i = 0; i < counts[truth, predicted]; i++)
                    matrix.Add(truth, predicted);
            }
        }
        Assert.Equal(2, matrix[0, 1]);
        Assert.Equal([1, 3, 0], matrix.Row(1));
        Assert.Equal(15, matrix.Total);
        Assert.Equal(8, matrix.Correct);
        Assert.Equal(8.0 / 15, matrix.Accuracy);
        Assert.Equal(7, matrix.TruthCount(0));
        Assert.Equal(10, matrix.PredictedCount(0));
        Assert.Equal(0.5, matrix.Precision(0));
        Assert.Equal(5.0 / 7, matrix.Recall(0));
        Assert.Equal(2 * 0.5 * (5.0 / 7) / (0.5 + 5.0 / 7), matrix.F1(0), 12);
        Assert.Equal(0, matrix.Precision(2));
        Assert.Equal(0, matrix.Recall(2));
        Assert.Equal(0, matrix.F1(2));
        Assert.Equal((matrix.F1(0) + matrix.F1(1)) / 3, matrix.MacroF1, 12);
    }

    [Fact]
    public void Wrong_use_is_refused_with_a_reason()
    {
        Refused.With("the number of classes must be 1 or more, got 0", () => new ClassificationMetrics(0));
        var metrics = new ClassificationMetrics(3);
        Refused.With("a row must have 3 probabilities, got 2", () => metrics.Add([0, 1], 0));
        Refused.With("the true class must be 0 to 2, got 3", () => metrics.Add([0, 1, 0], 3));
        Refused.With("the true class must be 0 to 2, got -1", () => metrics.Add([0, 1, 0], -1));
        Assert.Throws<ArgumentException>(() => metrics.Merge(new ClassificationMetrics(4)));
        Assert.Equal(0, metrics.Count);
        Assert.Equal(0, metrics.Confusion.Total);
        Assert.Throws<ArgumentException>(() => Ranking.ArgMax([]));
    }
}
