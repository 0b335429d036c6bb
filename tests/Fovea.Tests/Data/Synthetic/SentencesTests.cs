using Fovea.Data;
using Fovea.Data.Synthetic;
using Fovea.Data.Text;

namespace Fovea.Tests.Data.Synthetic;

public class SentencesTests
{
    private static readonly TextDataset Train = Sentences.Generate(4000), Test = Sentences.Generate(1000, split: DatasetSplit.Test);

    [Fact]
    public void No_sentence_of_the_test_is_one_to_learn_from() =>
        Assert.Empty(TextDataset.Texts(Test).Intersect(TextDataset.Texts(Train)));

    [Fact]
    public void There_are_several_hundred_templates_and_some_are_kept_for_the_test()
    {
        int held = Enumerable.Range(0, 600).Count(i => Sentences.IsHeldOut(i / 20, i % 20));
        Assert.InRange(held, 60, 140);
    }

    [Fact]
    public void The_same_seed_gives_the_same_sentences_and_classes_are_equal()
    {
        Assert.Equal(TextDataset.Texts(Train).Take(50), TextDataset.Texts(Sentences.Generate(50)));
        Assert.NotEqual(TextDataset.Texts(Train).Take(50), TextDataset.Texts(Sentences.Generate(50, seed: 1)));
        Assert.Equal(500, Enumerable.Range(0, Test.Count).Count(i => Test.Label(i) == 1));
    }

    /// <summary>Logistic regression on which words are there: what a network must beat by seeing them beside each other.</summary>
    [Fact]
    public void Words_alone_do_not_tell_the_classes()
    {
        var preparation = TextPreparation.Of(TextDataset.Texts(Train), 2000, 1, 64);
        int[][] train = Words(Train, preparation), test = Words(Test, preparation);
        double[] weights = new double[preparation.VocabularySize];
        for (int epoch = 0; epoch < 20; epoch++)
            for (int i = 0; i < train.Length; i++)
            {
                double error = Train.Label(i) - 1 / (1 + Math.Exp(-train[i].Sum(word => weights[word])));
                foreach (int word in train[i])
                    weights[word] += 0.05 * error;
            }
        double accuracy = Enumerable.Range(0, test.Length).Count(i => test[i].Sum(word => weights[word]) > 0 == (Test.Label(i) == 1)) / (double)test.Length;
        Assert.InRange(accuracy, 0.4, 0.75);
    }

    private static int[][] Words(TextDataset data, TextPreparation preparation) =>
        [.. TextDataset.Texts(data).Select(text => Tokenizer.Words(text).Select(preparation.NumberOf).Distinct().ToArray())];
}
