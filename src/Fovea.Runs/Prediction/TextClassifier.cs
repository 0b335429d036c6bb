using Fovea.Data.Text;
using Fovea.Imaging;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Runs.Prediction;

/// <summary>A word of a text, and what it does to the probability of a class.</summary>
/// <param name="Word">The word as the vocabulary has it.</param>
/// <param name="IsKnown">Whether the vocabulary has it.</param>
/// <param name="Contribution">By how much the probability falls when the word is hidden; negative if it rises.</param>
public sealed record WordContribution(string Word, bool IsKnown, double Contribution);

/// <summary>Says what class a text is of: <c>TextClassifier.Load("model.safetensors").Classify("not bad at all")</c>. One caller at a time.</summary>
public sealed class TextClassifier
{
    private const int Batch = 16;
    private readonly Model _model;
    private readonly TextPreparation _text;
    private readonly Predictor _predictor;

    /// <summary>A classifier that uses a model.</summary>
    /// <param name="model">A model of texts.</param>
    /// <param name="threads">The most threads to use.</param>
    /// <exception cref="ArgumentException">The model takes no texts.</exception>
    public TextClassifier(Model model, int? threads = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _text = model.Text ?? throw new ArgumentException($"the network {model.Network.Name} takes no texts", nameof(model));
        _predictor = new Predictor(model, Batch, threads);
    }

    /// <summary>Reads a model.</summary>
    /// <exception cref="ModelFormatException">The file is not a sound model.</exception>
    /// <exception cref="ArgumentException">The model takes no texts.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TextClassifier Load(string path) => new(ModelFile.Load(path));

    /// <summary>The most probable classes of a text, best first.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="top">How many are wanted.</param>
    public IReadOnlyList<Guess> Classify(string text, int top = 5)
    {
        var numbers = new float[_text.Length];
        _text.Encode(text, numbers);
        return Guess.Best(_predictor.Predict(numbers), _model.ClassNames, top);
    }

    /// <summary>
    /// What every word that is read does to the probability of a class: each in turn is hidden, as if the vocabulary lacked
    /// it (occlusion, after Zeiler and Fergus, 2014).
    /// </summary>
    /// <param name="text">Any text.</param>
    /// <param name="label">The class's number.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public IReadOnlyList<WordContribution> Explain(string text, int label)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(label);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(label, _model.ClassNames.Count);
        string[] words = [.. Tokenizer.Words(text).Take(_text.Length)];
        int length = _text.Length, classes = _model.ClassNames.Count;
        var numbers = new float[length];
        _text.Encode(text, numbers);
        float whole = _predictor.Predict(numbers)[label];
        var contributions = new WordContribution[words.Length];
        for (int first = 0; first < words.Length; first += Batch)
        {
            int count = Math.Min(Batch, words.Length - first);
            var hidden = new float[count * length];
            for (int i = 0; i < count; i++)
            {
                numbers.CopyTo(hidden, i * length);
                hidden[i * length + first + i] = TextPreparation.Unknown;
            }
            ReadOnlySpan<float> probabilities = _predictor.Predict(hidden);
            for (int i = 0; i < count; i++)
                contributions[first + i] = new WordContribution(words[first + i], numbers[first + i] != TextPreparation.Unknown, whole - probabilities[i * classes + label]);
        }
        return contributions;
    }
}
