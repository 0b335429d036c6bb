using System.Globalization;
using Fovea.Data;
using Fovea.Data.Synthetic;
using Fovea.Imaging;
using Fovea.Quantization;
using Fovea.Runs.Evaluation;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Cli.Tests;

/// <summary>The library's front door and the command are one thing.</summary>
public sealed class FrontDoorTests(TrainedModel trained) : IClassFixture<TrainedModel>
{
    [Theory]
    [InlineData]
    [InlineData("--model", "minivgg", "--seed", "7", "--validation", "0.2", "--augment", "flip", "--input", "3x24x24")]
    public void A_folder_gives_the_weights_that_the_command_gives(params string[] options)
    {
        using var folder = new TemporaryFolder();
        CommandRun.Of("data", "export", "shapes", "--limit", "90", "--out", folder["photos"]).Succeeds();
        CommandRun.Of(["train", folder["photos"], "--epochs", "2", "--out", folder["run"], .. options]).Succeeds();
        Model ofCommand = ModelFile.Load(folder["run/model.safetensors"]);

        ImageClassifier classifier = ImageClassifier.Train(folder["photos"], options.Length == 0
            ? new ImageTrainingOptions { Epochs = 2 }
            : new ImageTrainingOptions { Epochs = 2, Preset = "minivgg", Seed = 7, Validation = 0.2, Augment = "flip", Input = new(3, 24, 24) });

        Assert.Equal(ofCommand.ClassNames, classifier.ClassNames);
        Assert.Equal(ofCommand.Normalization, classifier.Model.Normalization);
        Assert.Equal(ofCommand.Background, classifier.Model.Background);
        Assert.Equal(ofCommand.Info.OrderBy(pair => pair.Key), classifier.Model.Info.OrderBy(pair => pair.Key));
        foreach ((Fovea.Networks.Parameter mine, Fovea.Networks.Parameter theirs) in classifier.Model.Network.Parameters.Zip(ofCommand.Network.Parameters))
            Assert.Equal(theirs.Value.Span.ToArray(), mine.Value.Span.ToArray());
    }

    [Fact]
    public void Predict_says_what_the_classifier_says()
    {
        var classifier = ImageClassifier.Load(trained.Model);
        CommandRun run = CommandRun.Of(["predict", trained.Model, "--top", "2", "--json", .. trained.Images]).Succeeds();
        Assert.Equal(
            classifier.ClassifyBatch(trained.Images, top: 2).SelectMany(image => image.Classification!.Guesses).Select(guess => (guess.Class, guess.Probability)),
            run.Json().GetProperty("predictions").EnumerateArray().SelectMany(one => one.GetProperty("guesses").EnumerateArray())
                .Select(guess => (guess.GetProperty("class").GetString()!, guess.GetProperty("probability").GetDouble())));
    }

    /// <summary>Samples were once guessed in floats whatever the model was.</summary>
    [Fact]
    public void Guesses_for_samples_are_those_of_the_quantised_model()
    {
        MemoryDataset data = Digits.Generate(40, seed: 3);
        Model floats = ModelFile.Load(trained.Model);
        QuantizedNetwork quantized = Quantizer.Quantize(floats.Network, data, floats.Normalization);
        var small = new Model(quantized.Network, floats.ClassNames, floats.Normalization, quantization: quantized.Scheme);
        var image = new float[data.ImageShape.Length];
        var predictor = new Predictor(small);
        IReadOnlyList<SampleReport> reports = SampleGuesses.Of(small, data);
        foreach (SampleReport report in reports)
        {
            data.Read(report.Index, image);
            Assert.Equal(Guess.Best(predictor.Predict(image), small.ClassNames, 3), report.Guesses);
        }
        Assert.NotEqual(
            SampleGuesses.Of(new Model(quantized.Network, floats.ClassNames, floats.Normalization), data).Select(Text), reports.Select(Text));

        static string Text(SampleReport report) => string.Join(' ', report.Guesses.Select(guess => guess.Probability.ToString(CultureInfo.InvariantCulture)));
    }
}
