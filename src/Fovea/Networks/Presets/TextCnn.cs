using System.Globalization;
using Fovea.Initializers;
using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Networks.Presets;

/// <summary>
/// The classifier of sentences of Kim, "Convolutional Neural Networks for Sentence Classification" (2014): vectors of
/// words, convolutions with windows of 3, 4 and 5 words and 100 maps each, ReLU, the maximum over time, dropout, and one
/// fully connected layer. The vectors are learnt with it (the paper's CNN-rand), of 100 numbers unless others are given
/// (there 300); the paper's limit on the norm of the last layer's weights is left to weight decay.
/// </summary>
internal static class TextCnn
{
    private const int Maps = 100, Dimension = 100, Words = 10_000, Length = 32;

    private static readonly int[] Windows = [3, 4, 5];

    public static Preset Preset { get; } = For(Words, null);

    /// <summary>The preset for so many words, and vectors of so many numbers.</summary>
    private static Preset For(int words, int? dimension) => new(
        "textcnn", "Kim's classifier of sentences: word vectors, windows of 3, 4 and 5 words with 100 maps each, maximum over time",
        new Shape(Length), smallest: Windows[^1],
        new TrainingRecipe { Epochs = 8, BatchSize = 50 }, Start,
        (builder, classes) => Build(builder, words, dimension ?? Dimension, classes))
    {
        ForWords = For,
    };

    private static Initializer Start(Layer layer, ParameterSpec spec) => layer is Embedding embedding
        ? new PaddedGaussian(0.25, embedding.PaddingIndex)
        : spec.Role == ParameterRole.Weight ? new He() : spec.Initializer;

    private static void Build(NetworkBuilder builder, int words, int dimension, int classes)
    {
        builder.Embedding(words, dimension, paddingIndex: 0, name: "embedding");
        string[] maxima = [.. Windows.Select(window => "max" + window.ToString(CultureInfo.InvariantCulture))];
        for (int i = 0; i < Windows.Length; i++)
        {
            string number = Windows[i].ToString(CultureInfo.InvariantCulture);
            builder.Add(new Conv1d(dimension, Maps, Windows[i]), "conv" + number, "embedding").ReLU("relu" + number).ReduceMax([1], name: maxima[i]);
        }
        builder.Add(new Concat(), "features", maxima).Dropout(0.5, "dropout").Linear(classes, name: "fc");
    }
}
