using System.CommandLine;
using Fovea.Cli.Options;
using Fovea.Cli.Rendering;
using Fovea.Data;
using Fovea.Runs;
using Fovea.Runs.Datasets;
using Fovea.Runs.Evaluation;
using Fovea.Runs.Models;
using Fovea.Runs.Pages;
using Fovea.Runs.Reports;
using Fovea.Serialization;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea evaluate MODEL DATASET</c>: measures how well a model classifies a data set.</summary>
internal sealed class EvaluateCommand : FoveaCommand
{
    private readonly Argument<string> _model = new("MODEL") { Description = "A model file, such as runs/digits-lenet5/model.safetensors, or an ONNX file" };
    private readonly EvaluationOptions _data = new();
    private readonly Option<bool> _confusion = new("--confusion") { Description = "Print the confusion matrix, too" };
    private readonly Option<string?> _views = ViewsOption.Make("Judge every image");
    private readonly Option<string?> _report = new("--report") { Description = "Write all there is to say into one page, with the worst mistakes as images", HelpName = "FILE.html" };
    private readonly SourceOptions _source = new();
    private readonly Option<bool> _noLimits = CommonOptions.NoLimits();
    private readonly Option<bool> _json = CommonOptions.Json();

    public EvaluateCommand(Terminal terminal)
        : base("evaluate", "Measure how well a model classifies a data set.", terminal)
    {
        Add(_model);
        Add(_data.Dataset);
        foreach (Option option in _data.Options.Concat([_views, _confusion, _report, .. _source.All, _noLimits, _json]))
            Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "fovea evaluate runs/digits-lenet5/model.safetensors digits",
        "fovea evaluate runs/digits-lenet5/model.safetensors mnist --data-dir data --confusion",
        "fovea evaluate model.safetensors photos/ --tta flip",
        "fovea evaluate model.safetensors photos/ --report photos.html",
        "fovea evaluate model.safetensors photos/ --split validation --json",
    ];

    protected override int Execute(ParseResult line, IProgress<RunEvent> progress)
    {
        if (line.GetValue(_report) is { } page)
            ReportFile.RequireFolder(page);
        Model model = LoadedModel.Load(line.GetRequiredValue(_model), line.GetValue(_noLimits), progress, _source.Of(line));
        EvaluationData data = _data.Data(line, progress, Cancellation);
        IDataset dataset = data.Load(model);
        var evaluation = ModelEvaluation.Of(model, dataset, _data.Threads(line), ViewsOption.Of(line.GetValue(_views)), Cancellation);
        EvaluationReport report = EvaluationReports.Of(dataset.Name, evaluation.Metrics, model.ClassNames);
        if (line.GetValue(_report) is { } path)
            ReportFile.Write(path, model, evaluation, null, CommandLine, progress, dataNotes: data.Notes);
        if (line.GetValue(_json))
        {
            EvaluationReport whole = report with { CalibrationError = evaluation.Calibration.ExpectedError, Mistakes = EvaluationReports.Mistakes(evaluation, model.ClassNames) };
            JsonOutput.Print(Terminal, whole, ReportJson.Readable.EvaluationReport);
        }
        else
        {
            EvaluationTables.Print(Terminal, report, line.GetValue(_confusion));
            MistakeTables.Print(Terminal, evaluation, model.ClassNames);
        }
        return ExitCode.Done;
    }
}
