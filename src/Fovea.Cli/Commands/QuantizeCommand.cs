using System.CommandLine;
using Fovea.Cli.Options;
using Fovea.Cli.Rendering;
using Fovea.Data;
using Fovea.Imaging;
using Fovea.Quantization;
using Fovea.Runs;
using Fovea.Runs.Datasets;
using Fovea.Runs.Evaluation;
using Fovea.Runs.Models;
using Fovea.Runs.Reports;
using Fovea.Runs.Text;
using Fovea.Serialization;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea quantize MODEL</c>: makes a model that runs in int8, and says what that costs and gains.</summary>
internal sealed class QuantizeCommand : FoveaCommand
{
    private const int DefaultSamples = 200;
    private const string Suffix = "-int8";

    private readonly Argument<string> _model = new("MODEL") { Description = "A model file, such as runs/digits-lenet5/model.safetensors, or an ONNX file" };
    private readonly Option<string> _calibrate = new("--calibrate")
    {
        Description = $"Data set whose images show what the activations are: {string.Join(", ", DataSource.KnownNames)}, or a folder with one sub-folder per class",
        HelpName = "DATASET",
        Required = true,
    };

    private readonly Option<string?> _out = new("--out") { Description = $"The model file to write (default: MODEL{Suffix}.safetensors)", HelpName = "FILE" };
    private readonly Option<int?> _samples = Numbers.Whole("--samples", $"How many images to calibrate with (default: {DefaultSamples})");
    private readonly Option<string?> _clip = Numbers.OneOf("--clip", "Where activations are cut off: mse (least squared error, the default), percentile (99.99 % inside) or max (nowhere)", ["mse", "percentile", "max"]);
    private readonly Option<string?> _bits = Numbers.OneOf("--weight-bits", "Bits of a weight (default: 8); 7 are faster on processors without VNNI", ["8", "7"]);
    private readonly Option<int?> _limit = CommonOptions.Limit();
    private readonly Option<string?> _classPattern = CommonOptions.ClassPattern();
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<string?> _dataDir = CommonOptions.DataDir();
    private readonly SourceOptions _source = new();
    private readonly Option<bool> _noLimits = CommonOptions.NoLimits();
    private readonly Option<bool> _json = CommonOptions.Json();

    public QuantizeCommand(Terminal terminal)
        : base("quantize", "Make a model that runs in int8 instead of floats: smaller and faster, at the cost of a little accuracy.", terminal)
    {
        Add(_model);
        foreach (Option option in (Option[])[_calibrate, _out, _samples, _clip, _bits, _limit, _classPattern, _threads, _dataDir, .. _source.All, _noLimits, _json])
            Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "fovea quantize runs/digits-lenet5/model.safetensors --calibrate digits",
        "fovea quantize model.safetensors --calibrate photos/ --samples 500 --out small.safetensors",
    ];

    protected override int Execute(ParseResult line, IProgress<RunEvent> progress)
    {
        string path = line.GetRequiredValue(_model);
        string target = line.GetValue(_out) ?? Path.Combine(Path.GetDirectoryName(path) ?? "", $"{Path.GetFileNameWithoutExtension(path)}{Suffix}{(OnnxModels.IsOne(path) ? ".safetensors" : Path.GetExtension(path))}");
        if (Path.GetFullPath(target) == Path.GetFullPath(path))
            throw CommandException.Usage("--out must name another file than the model, which stays as it is");
        Model model = LoadedModel.Load(path, line.GetValue(_noLimits), progress, _source.Of(line));
        if (model.Quantization is not null)
            throw new CommandException($"{path} is quantised already; quantise the model that it was made of");
        DataSource source = DataSource.Find(line.GetRequiredValue(_calibrate), new DataRequest
        {
            Limit = line.GetValue(_limit),
            ImageShape = model.Network.InputShape,
            ClassNames = model.ClassNames,
            Background = Colour.BackgroundOf(model),
            ClassPattern = line.GetValue(_classPattern),
            Threads = line.GetValue(_threads) ?? 0,
            DataDirectory = line.GetValue(_dataDir),
        }, progress, Cancellation);
        int threads = line.GetValue(_threads) ?? Environment.ProcessorCount;
        var options = new QuantizerOptions
        {
            Clipping = line.GetValue(_clip) switch
            {
                "percentile" => ClippingMethod.Percentile,
                "max" => ClippingMethod.Largest,
                _ => ClippingMethod.MeanSquaredError,
            },
            WeightBits = line.GetValue(_bits) == "7" ? 7 : 8,
            Threads = threads,
        };
        // What calibrates must not be what judges, where there is a choice.
        QuantizedNetwork quantized = Quantizer.Quantize(
            model.Network, Fit(model, EvaluationData.Part(source, "train", model, progress)), model.Normalization, line.GetValue(_samples) ?? DefaultSamples, options, Cancellation);
        var result = new Model(quantized.Network, model.ClassNames, model.Normalization, model.Info, quantized.Scheme, model.Background);
        ModelFile.Save(target, result);
        IDataset judged = Fit(model, EvaluationData.Part(source, null, model, progress));
        QuantizationReport report = QuantizationComparison.Of(model, path, result, target, judged, threads, Cancellation);
        if (line.GetValue(_json))
            JsonOutput.Print(Terminal, report, ReportJson.Readable.QuantizationReport);
        else
            Print(report);
        return ExitCode.Done;
    }

    private static IDataset Fit(Model model, IDataset dataset) =>
        DatasetAdapter.Fit(RelabelledDataset.Match(dataset, model.ClassNames), model.Network.InputShape);

    private void Print(QuantizationReport report)
    {
        Terminal.Print($"activations: {report.Method}; weights: {report.WeightBits} bits, a step for each output");
        Terminal.Print($"{report.Dataset}: {Format.Count(report.Samples)} samples, {Format.Percent(report.Agreement)} of them classed alike");
        var table = new TextTable("", ">floats", ">bytes");
        table.Add("accuracy", Format.Percent(report.Before.Accuracy), Format.Percent(report.After.Accuracy));
        table.Add("cross-entropy", Format.Loss(report.Before.CrossEntropy), Format.Loss(report.After.CrossEntropy));
        table.Add("file", Format.Bytes(report.Before.FileBytes), Format.Bytes(report.After.FileBytes));
        table.Add("images a second, one by one", Format.Count((long)report.Before.ImagesPerSecond), Format.Count((long)report.After.ImagesPerSecond));
        table.Print(Terminal);
        Terminal.Print($"the int8 model is {report.Out}");
    }
}
