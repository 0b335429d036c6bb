using Fovea.Data;
using Fovea.Data.Text;
using Fovea.Networks;
using Fovea.Runs.Models;
using Fovea.Runs.Settings;

namespace Fovea.Runs.Tests.Models;

public sealed class WordVectorsTests : IDisposable
{
    private static readonly TextPreparation Vocabulary = new(["good", "bad", "paris", "n't", "café"], 8);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("4 3\n")]
    public void Vectors_of_known_words_are_taken_and_the_others_stay(string header)
    {
        Network network = Make(3);
        float[] drawn = Table(network).ToArray();
        WordVectors vectors = Read(header + "good 1 -2.5 3e-1\nunknown 7 7 7\ncafé 4 5 6\r\nn't\t0.5 0.25 0.125 \n");
        Assert.Equal((3, 3), (vectors.Dimension, vectors.Found));
        vectors.CopyTo(network);
        Assert.Equal([1, -2.5f, 0.3f], Row(network, "good"));
        Assert.Equal([4, 5, 6f], Row(network, "café"));
        Assert.Equal([0.5f, 0.25f, 0.125f], Row(network, "n't"));
        foreach (int kept in (int[])[TextPreparation.Padding, TextPreparation.Unknown, Vocabulary.NumberOf("bad"), Vocabulary.NumberOf("paris")])
            Assert.Equal(drawn[(3 * kept)..(3 * kept + 3)], Table(network).Slice(3 * kept, 3).ToArray());
    }

    [Fact]
    public void A_word_to_the_letter_comes_before_one_with_capitals_and_the_first_before_others()
    {
        Assert.Equal([5f], Vector("Good 9\ngood 5\nGOOD 7\ngood 6\n", "good"));
        Assert.Equal([1f], Vector("Paris 1\nPARIS 2\n", "paris"));
        Assert.Equal([1f, 2], Vector(". . . 8 8\ngood 1 2\nat a@b.c 3 4\n", "good", dimension: 2, header: "3 2\n"));
    }

    [Fact]
    public void Lines_longer_than_a_buffer_and_files_longer_than_many_are_read()
    {
        string other = string.Concat(Enumerable.Range(0, 40_000).Select(i => $"w{i} {string.Join(' ', Enumerable.Repeat("0.125", 10))}\n"));
        Assert.Equal(Enumerable.Repeat(2f, 10), Vector(other + "good " + string.Join(' ', Enumerable.Repeat("2", 10)), "good", 10));
        Assert.Equal(Enumerable.Repeat(0.5f, 10_000), Vector("good " + string.Join(' ', Enumerable.Repeat("0.50000000", 10_000)), "good", 10_000));
    }

    [Theory]
    [InlineData("good 1 2\nbad 1\n", "line 2: 1 numbers, where 2 would be right")]
    [InlineData("good 1 2\n\nbad 1 2 3\n", "line 3: 3 numbers, where 2 would be right")]
    [InlineData("2 2\ngood 1 x\n", "line 2, number 2: 'x' is no number")]
    [InlineData("good 1 NaN\n", "line 1, number 2: 'NaN' is no number")]
    [InlineData("good 1e999 1\n", "line 1, number 1: '1e999' is no number")]
    [InlineData("9 2\ngood 1 2\n", "ends after 1 of the 9 vectors")]
    [InlineData("9 0\ngood 1 2\n", "line 1: vectors of 0 numbers")]
    [InlineData("9 999999999999\ngood 1 2\n", "line 1: vectors of 999999999999 numbers")]
    [InlineData("good\n", "line 1: vectors of 0 numbers")]
    [InlineData("3 2\ngood \u0000\u0001", "is no text")]
    public void What_is_wrong_is_said_with_its_line(string text, string message) =>
        Assert.Contains("v.txt" + (message.StartsWith("line", StringComparison.Ordinal) ? ", " : " ") + message, Assert.Throws<DataFormatException>(() => Read(text)).Message);

    [Fact]
    public void A_line_without_end_and_a_file_of_other_words_are_refused()
    {
        Assert.Contains("line 1: more than", Assert.Throws<DataFormatException>(() => Read(new string('a', 1 << 20))).Message);
        Assert.Contains("none of a word of the vocabulary, which begins with good", Assert.Throws<RunException>(() => Read("der 1\ndie 2\n")).Message);
        Assert.Contains("none of a word", Assert.Throws<RunException>(() => Read("\n \n")).Message);
    }

    private float[] Vector(string text, string word, int dimension = 1, string header = "")
    {
        Network network = Make(dimension);
        Read(header + text).CopyTo(network);
        return Row(network, word);
    }

    private WordVectors Read(string text)
    {
        File.WriteAllText(_folder["v.txt"], text);
        return WordVectors.Read(_folder["v.txt"], Vocabulary, default);
    }

    private static Network Make(int dimension) => PresetChoice.CreateForText("textcnn", Vocabulary.VocabularySize, dimension, 8, 2, seed: 1);

    private static float[] Row(Network network, string word) =>
        Table(network) is var table && table.Length / Vocabulary.VocabularySize is var dimension ? table.Slice(Vocabulary.NumberOf(word) * dimension, dimension).ToArray() : [];

    private static Span<float> Table(Network network) => network.Parameters.Single(parameter => parameter.Name == "embedding.weight").Value.Span;
}
