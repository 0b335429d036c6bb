using System.CommandLine;
using Fovea.Cli.Options;
using Fovea.Cli.Rendering;
using Fovea.Cli.Running;
using Fovea.Imaging;
using Fovea.Imaging.Preparing;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea predict MODEL IMAGE...</c>: says what pictures show.</summary>
internal sealed class PredictCommand : FoveaCommand
{
    private const int DefaultTop = 5;

    private readonly Argument<string> _model = new("MODEL") { Description = "A model file, such as runs/digits-lenet5/model.safetensors" };
    private readonly Argument<string[]> _images = new("IMAGE") { Description = "Picture files (JPEG, PNG, GIF, BMP, PNM); - for the standard input", Arity = ArgumentArity.OneOrMore };
    private readonly Option<int?> _top = Numbers.Whole("--top", $"How many guesses to print (default: {DefaultTop})");
    private readonly Option<string?> _views = ViewsOption.Make("Judge every picture");
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<bool> _json = CommonOptions.Json();

    public PredictCommand(Terminal terminal)
        : base("predict", "Say what pictures show.", terminal)
    {
        Add(_model);
        Add(_images);
        foreach (Option option in (Option[])[_top, _views, _threads, _json])
            Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "fovea predict runs/digits-lenet5/model.safetensors seven.png",
        "fovea predict model.safetensors photos/*.png --top 3",
        "cat seven.png | fovea predict model.safetensors - --json",
    ];

    protected override int Execute(ParseResult line)
    {
        string path = line.GetRequiredValue(_model);
        bool json = line.GetValue(_json);
        int top = line.GetValue(_top) ?? DefaultTop;
        Model model = LoadedModel.Load(path);
        var predictor = new Predictor(model.Network, threads: line.GetValue(_threads), quantization: model.Quantization, views: ViewsOption.ViewsOf(line.GetValue(_views)));
        var predictions = new List<ImagePrediction>();
        var skipped = new List<SkippedImage>();
        foreach (string image in line.GetRequiredValue(_images))
        {
            Terminal.Cancellation.ThrowIfCancellationRequested();
            try
            {
                PreparedImage prepared = model.Prepare(PictureInput.Read(image, Terminal));
                Guess[] guesses = Guess.Best(predictor.Predict(prepared.Pixels), model.ClassNames, top);
                var prediction = new ImagePrediction(image, prepared.Notes, guesses);
                predictions.Add(prediction);
                if (!json)
                    Print(prediction);
            }
            catch (Exception error) when (error is ImageFormatException or UnusableImageException or IOException or UnauthorizedAccessException)
            {
                string reason = FoveaApp.OneLine(error.Message);
                skipped.Add(new SkippedImage(image, reason));
                Terminal.Say($"error: {(reason.Contains(image, StringComparison.Ordinal) ? reason : $"{image}: {reason}")}");
            }
        }
        if (json)
            ReportJson.Print(Terminal, new PredictionReport(path, predictions, skipped), ReportJson.Readable.PredictionReport);
        if (skipped.Count == 0)
            return ExitCode.Done;
        if (predictions.Count > 0)
            Terminal.Say($"{skipped.Count} of {skipped.Count + predictions.Count} pictures skipped");
        return ExitCode.Failed;
    }

    private void Print(ImagePrediction prediction)
    {
        if (prediction.Preparation.Count > 0)
            Terminal.Say($"{prediction.Image}: {string.Join(", ", prediction.Preparation)}");
        Terminal.Out.WriteLine(prediction.Image);
        GuessLines.Write(Terminal, prediction.Guesses);
    }
}
