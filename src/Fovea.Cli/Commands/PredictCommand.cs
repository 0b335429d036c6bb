using System.CommandLine;
using Fovea.Cli.Options;
using Fovea.Cli.Rendering;
using Fovea.Imaging;
using Fovea.Runs;
using Fovea.Runs.Models;
using Fovea.Runs.Prediction;
using Fovea.Runs.Reports;
using Fovea.Serialization;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea predict MODEL IMAGE...</c>: says what images show.</summary>
internal sealed class PredictCommand : FoveaCommand
{
    private const int DefaultTop = 5;

    private readonly Argument<string> _model = new("MODEL") { Description = "A model file, such as runs/digits-lenet5/model.safetensors, or an ONNX file" };
    private readonly Argument<string[]> _images = new("IMAGE") { Description = $"Image files ({ImageFile.FormatNames}), patterns such as photos/*.png, or folders with all images in them; for a model of texts, the texts; - for the standard input", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _file = new("--file") { Description = "For a model of texts: a file with a text a line", HelpName = "FILE" };
    private readonly Option<int?> _top = Numbers.Whole("--top", $"How many guesses to print (default: {DefaultTop})");
    private readonly Option<string?> _views = ViewsOption.Make("Judge every image");
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly SourceOptions _source = new();
    private readonly Option<bool> _noLimits = CommonOptions.NoLimits();
    private readonly Option<bool> _json = CommonOptions.Json();

    public PredictCommand(Terminal terminal)
        : base("predict", "Say what images show, or what texts say.", terminal)
    {
        Add(_model);
        Add(_images);
        foreach (Option option in (Option[])[_file, _top, _views, _threads, .. _source.All, _noLimits, _json])
            Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "fovea predict runs/digits-lenet5/model.safetensors seven.png",
        "fovea predict model.safetensors photos/*.png --top 3",
        "fovea predict squeezenet.onnx kitten.png --labels Labels.txt --channels bgr --scale 255",
        "fovea predict model.safetensors photos/ --json",
        "fovea predict runs/sentences-textcnn/model.safetensors \"not bad at all\"",
        "fovea predict model.safetensors --file lines.txt",
        "cat seven.png | fovea predict model.safetensors - --json",
    ];

    protected override int Execute(ParseResult line, IProgress<RunEvent> progress)
    {
        string path = line.GetRequiredValue(_model);
        bool json = line.GetValue(_json);
        int top = line.GetValue(_top) ?? DefaultTop;
        string[] given = line.GetValue(_images) ?? [];
        bool isMissing = given.Length == 0 && line.GetValue(_file) is null;
        // Only a model says whether it wants images or texts.
        if (isMissing && !File.Exists(path))
            throw Missing();
        Model model = LoadedModel.Load(path, line.GetValue(_noLimits), progress, _source.Of(line));
        if (model.Text is not null)
            return PredictTexts(model, path, given, line, top);
        if (line.GetValue(_file) is not null)
            throw CommandException.Usage("--file is for models of texts; images are named one by one, by patterns or by folders");
        if (isMissing)
            throw Missing();
        IReadOnlyList<ImageArgument> images = ImageArguments.Expand(given, progress);
        var classifier = new ImageClassifier(model, new ImageClassifierOptions { Threads = line.GetValue(_threads), Views = ViewsOption.Of(line.GetValue(_views)) });
        var predictions = new List<ImagePrediction>();
        var skipped = new List<SkippedImage>();
        // Results that appear on the terminal are progress enough.
        CountLine? count = json || !Terminal.ShowsResults ? new CountLine(Terminal, "images") : null;
        foreach (ClassifiedImage[] group in Classify(classifier, images, top).Chunk(classifier.BatchSize))
        {
            count?.Clear();
            foreach (ClassifiedImage image in group)
                if (image.Classification is { } found)
                {
                    var prediction = new ImagePrediction(image.Name, found.Notes, found.Guesses);
                    predictions.Add(prediction);
                    if (!json)
                        Print(prediction);
                }
                else
                {
                    string reason = ErrorText.OneLine(image.Error!);
                    skipped.Add(new SkippedImage(image.Name, reason));
                    Terminal.Say($"error: {(reason.Contains(image.Name, StringComparison.Ordinal) ? reason : $"{image.Name}: {reason}")}");
                }
            count?.Show(predictions.Count + skipped.Count, images.Count);
        }
        if (json)
            JsonOutput.Print(Terminal, new PredictionReport(path, predictions, skipped), ReportJson.Readable.PredictionReport);
        if (skipped.Count == 0)
            return ExitCode.Done;
        if (predictions.Count > 0)
            Terminal.Say($"{skipped.Count} of {skipped.Count + predictions.Count} images skipped");
        return ExitCode.Failed;
    }

    private int PredictTexts(Model model, string path, string[] given, ParseResult line, int top)
    {
        if (given.Length == 0 == (line.GetValue(_file) is null))
            throw CommandException.Usage("a model of texts takes texts, such as \"not bad at all\", - for the standard input, or --file with a text a line");
        if (line.GetResult(_views) is { Implicit: false })
            throw CommandException.Usage($"{_views.Name} is for models of images; leave it out");
        var classifier = new TextClassifier(model, line.GetValue(_threads));
        var predictions = new List<ImagePrediction>();
        foreach (string text in line.GetValue(_file) is { } file ? TextLines.Read(file, null) : given.SelectMany(argument => argument == PredictionInput.StandardInput ? TextLines.Read(argument, Terminal.OpenInput) : [argument]))
        {
            Cancellation.ThrowIfCancellationRequested();
            var prediction = new ImagePrediction(text, [], classifier.Classify(text, top));
            if (line.GetValue(_json))
                predictions.Add(prediction);
            else
                Print(prediction);
        }
        if (line.GetValue(_json))
            JsonOutput.Print(Terminal, new PredictionReport(path, predictions, []), ReportJson.Readable.PredictionReport);
        return ExitCode.Done;
    }

    private IEnumerable<ClassifiedImage> Classify(ImageClassifier classifier, IEnumerable<ImageArgument> images, int top) =>
        classifier.ClassifyBatch(images.Select(image => new ImageInput(image.Path, () => image.Failure is null ? PredictionInput.ReadBytes(image.Path, Terminal.OpenInput) : throw new IOException(image.Failure))), top, Cancellation);

    private static CommandException Missing() => CommandException.Usage("IMAGE is missing, as in 'fovea predict MODEL IMAGE...'; see 'fovea predict --help'");

    private void Print(ImagePrediction prediction)
    {
        if (prediction.Preparation.Count > 0)
            Terminal.Say($"{prediction.Image}: {string.Join(", ", prediction.Preparation)}");
        Terminal.Print(prediction.Image);
        GuessLines.Write(Terminal, prediction.Guesses);
    }
}
