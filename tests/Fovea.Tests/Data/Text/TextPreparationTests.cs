using Fovea.Data.Text;
using Fovea.Networks;
using Fovea.Serialization;
using Fovea.Tensors;

namespace Fovea.Tests.Data.Text;

public class TextPreparationTests
{
    [Theory]
    [InlineData("It wasn't GOOD, was it?", "it|was|n't|good|was|it|?")]
    [InlineData("don’t 'quote' rock'n'roll", "do|n't|quote|rock'n'roll")]
    [InlineData("Ça coûte 3,50 €!!", "ça|coûte|3|50|!|!")]
    [InlineData("我喜欢 cats", "我|喜|欢|cats")]
    [InlineData(" \n...", "")]
    public void Texts_are_cut_into_words(string text, string words) => Assert.Equal(words, string.Join('|', Tokenizer.Words(text)));

    [Fact]
    public void A_word_without_end_is_cut() => Assert.All(Tokenizer.Words(new string('a', 1000)), word => Assert.True(word.Length <= 64));

    [Fact]
    public void Frequent_words_come_first_and_rare_ones_are_unknown()
    {
        var preparation = TextPreparation.Of(["b a a c", "a b d"], vocabulary: 3, leastLength: 2, mostLength: 3);
        Assert.Equal(["a", "b", "c"], preparation.Words);
        Assert.Equal(3, preparation.Length);
        Assert.Equal(5, preparation.VocabularySize);
        float[] numbers = new float[3];
        preparation.Encode("A, d", numbers);
        Assert.Equal([2, 1, 0], numbers);
        preparation.Encode("c c b a", numbers);
        Assert.Equal([4, 4, 3], numbers);
    }

    [Fact]
    public void Vocabularies_that_cannot_be_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new TextPreparation(["a", "a"], 3));
        Assert.Throws<ArgumentException>(() => new TextPreparation([""], 3));
        Assert.Throws<ArgumentException>(() => new TextPreparation(["a"], 0));
        Assert.Throws<ArgumentException>(() => new TextPreparation(["a"], 1 << 20));
    }

    [Fact]
    public void A_model_file_holds_its_vocabulary()
    {
        Network network = new NetworkBuilder(new Shape(4)).Embedding(5, 2, paddingIndex: 0).Conv1d(3, 2).ReLU().ReduceMax([1]).Linear(2).Softmax().Build(seed: 3);
        var model = new Model(network, ["no", "yes"], text: new TextPreparation(["good", "n't", "\"é\""], 4));
        using var stream = new MemoryStream();
        ModelFile.Save(stream, model);
        Model read = ModelFile.Parse(stream.ToArray());
        Assert.Equal(model.Text!.Words, read.Text!.Words);
        Assert.Equal(4, read.Text.Length);
        Assert.Empty(read.UnknownFields);
        Assert.Throws<ArgumentException>(() => new Model(network, text: new TextPreparation(["a"], 5)));
    }
}
