using System.CommandLine;
using Fovea.Cli.Options;
using Fovea.Cli.Rendering;
using Fovea.Networks;
using Fovea.Onnx;
using Fovea.Onnx.Export;
using Fovea.Onnx.Import;
using Fovea.Runs;
using Fovea.Runs.Datasets;
using Fovea.Runs.Evaluation;
using Fovea.Runs.Models;
using Fovea.Runs.Reports;
using Fovea.Runs.Text;
using Fovea.Serialization;
using Fovea.Serialization.PyTorch;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea export MODEL --to FILE</c>: writes a model as a file that other programs read.</summary>
internal sealed class ExportCommand : FoveaCommand
{
    private const string Onnx = ".onnx", Safetensors = ".safetensors", PyTorch = ".pt";

    private readonly Argument<string> _model = new("MODEL") { Description = "A model file, such as runs/digits-lenet5/model.safetensors" };
    private readonly Option<string> _to = new("--to") { Description = $"The file to write; its extension says what it becomes: {Onnx}, {Safetensors}, {PyTorch} (weights alone)", HelpName = "FILE", Required = true };
    private readonly Option<bool> _includePreprocessing = new("--include-preprocessing") { Description = "ONNX: the file normalises by itself and takes pixels from 0 to 1 (default: it takes normalised pixels)" };
    private readonly Option<bool> _includeSoftmax = new("--include-softmax") { Description = "ONNX: the file ends in a softmax and gives probabilities (default: logits, as PyTorch's exporter)" };
    private readonly Option<bool> _externalData = new("--external-data") { Description = "ONNX: weights go to a second file, FILE.data, as those over 2 GB do anyway" };
    private readonly Option<string?> _verify = new("--verify") { Description = $"Read the file back and compare both on a data set: {string.Join(", ", DataSource.KnownNames)}, or a folder", HelpName = "DATASET" };
    private readonly Option<int?> _limit = CommonOptions.Limit();
    private readonly Option<string?> _classPattern = CommonOptions.ClassPattern();
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<string?> _dataDir = CommonOptions.DataDir();
    private readonly Option<bool> _noLimits = CommonOptions.NoLimits();
    private readonly Option<bool> _json = CommonOptions.Json();

    public ExportCommand(Terminal terminal)
        : base("export", "Write a model as a file that other programs read: ONNX, or PyTorch's weights.", terminal)
    {
        Add(_model);
        foreach (Option option in (Option[])[_to, _includePreprocessing, _includeSoftmax, _externalData, _verify, _limit, _classPattern, _threads, _dataDir, _noLimits, _json])
            Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "fovea export runs/digits-lenet5/model.safetensors --to digits.onnx --verify digits",
        "fovea export model.safetensors --to model.onnx --include-preprocessing --include-softmax",
        "fovea export model.safetensors --to weights.pt",
    ];

    protected override int Execute(ParseResult line, IProgress<RunEvent> progress)
    {
        (string path, string target, bool trusted) = (line.GetRequiredValue(_model), line.GetRequiredValue(_to), line.GetValue(_noLimits));
        if (Path.GetFullPath(target) == Path.GetFullPath(path))
            throw CommandException.Usage("--to must name another file than the model, which stays as it is");
        bool onnx = IsOnnx(line, target);
        // What is not asked for need not be possible: only images come from data sets.
        Model model = line.GetValue(_verify) is null ? LoadedModel.LoadAny(path, trusted, progress) : LoadedModel.Load(path, trusted, progress);
        var options = new OnnxExportOptions
        {
            IncludePreprocessing = line.GetValue(_includePreprocessing),
            IncludeSoftmax = line.GetValue(_includeSoftmax),
            ExternalData = line.GetValue(_externalData),
        };
        if (onnx)
            Write(model, path, target, options);
        else if (IsPyTorch(target))
            PyTorchFile.Write(target, model.Network);
        else
            ModelFile.Save(target, model);
        var report = new ExportReport(path, target, SizeOf(target, onnx && (options.ExternalData || IsLarge(model))), line.GetValue(_verify) is { } dataset ? Verify(line, model, target, onnx ? options : null, dataset, progress) : null);
        if (line.GetValue(_json))
            JsonOutput.Print(Terminal, report, ReportJson.Readable.ExportReport);
        else
            Print(report);
        return ExitCode.Done;
    }

    private static bool IsPyTorch(string target) => Path.GetExtension(target).ToLowerInvariant() is PyTorch or ".pth";

    private bool IsOnnx(ParseResult line, string target)
    {
        string extension = Path.GetExtension(target).ToLowerInvariant();
        if (extension is not (Onnx or Safetensors) && !IsPyTorch(target))
            throw CommandException.Usage($"--to must end in {Onnx}, {Safetensors} or {PyTorch}, got {Printable.Quote(Path.GetFileName(target))}");
        foreach (Option<bool> option in (Option<bool>[])[_includePreprocessing, _includeSoftmax, _externalData])
            if (extension != Onnx && line.GetValue(option))
                throw CommandException.Usage($"{option.Name} is for files that end in {Onnx}");
        if (IsPyTorch(target) && line.GetValue(_verify) is not null)
            throw CommandException.Usage($"--verify reads a network back, and {PyTorch} holds weights alone; right would be {Onnx} or {Safetensors}");
        if (line.GetValue(_verify) is null)
            foreach (Option option in (Option[])[_limit, _classPattern, _dataDir, _threads])
                if (line.GetResult(option) is { Implicit: false })
                    throw CommandException.Usage($"{option.Name} is for --verify DATASET");
        return extension == Onnx;
    }

    private static void Write(Model model, string path, string target, OnnxExportOptions options)
    {
        try
        {
            model.Export(target, options);
        }
        catch (Exception error) when (error is NotSupportedException or ArgumentException)
        {
            throw new CommandException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>A file beside it may be an older one's.</summary>
    private static long SizeOf(string target, bool external) => new FileInfo(target).Length + (external && new FileInfo(target + ".data") is { Exists: true } data ? data.Length : 0);

    private static bool IsLarge(Model model) => model.Network.Parameters.Sum(parameter => (long)sizeof(float) * parameter.Value.Length) > int.MaxValue;

    private ExportVerification Verify(ParseResult line, Model model, string target, OnnxExportOptions? options, string dataset, IProgress<RunEvent> progress)
    {
        ModelLimits? limits = line.GetValue(_noLimits) ? ModelLimits.None : null;
        Model readBack = options is null
            ? ModelFile.Load(target, limits)
            : OnnxFile.Load(target, new OnnxImportOptions { Softmax = options.IncludeSoftmax, Limits = limits });
        int threads = line.GetValue(_threads) ?? Environment.ProcessorCount;
        var data = new EvaluationData(dataset, split: null, new DataRequest
        {
            Limit = line.GetValue(_limit),
            ClassPattern = line.GetValue(_classPattern),
            Threads = line.GetValue(_threads) ?? 0,
            DataDirectory = line.GetValue(_dataDir),
        }, progress, Cancellation);
        return ExportComparison.Of(model, readBack, options?.IncludePreprocessing ?? false, options?.IncludeSoftmax ?? true, data.Load(model), threads, Cancellation);
    }

    private void Print(ExportReport report)
    {
        Terminal.Print($"{report.To}: {Format.Bytes(report.Bytes)}");
        if (report.Verification is { } verification)
            Terminal.Print(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"read back, on the {Format.Count(verification.Samples)} samples of {verification.Dataset}: largest difference {verification.LargestDifference:g3} of outputs up to {verification.LargestOutput:g3}, {Format.Percent(verification.Agreement)} classed alike"));
    }
}
