using System.CommandLine;
using Fovea.Cli.Datasets;
using Fovea.Cli.Options;
using Fovea.Cli.Rendering;
using Fovea.Cli.Running;
using Fovea.Data;
using Fovea.Metrics;
using Fovea.Serialization;
using Fovea.Tensors;
using Fovea.Training;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea evaluate MODEL DATASET</c>: measures how well a model classifies a data set.</summary>
internal sealed class EvaluateCommand : FoveaCommand
{
    private static readonly string[] Splits = ["train", "validation", "test"];

    private readonly Argument<string> _model = new("MODEL") { Description = "A model file, such as runs/digits-lenet5/model.safetensors" };
    private readonly Argument<string> _dataset = new("DATASET") { Description = $"{string.Join(", ", DataSource.KnownNames)}, or a folder with one sub-folder per class" };
    private readonly Option<string?> _split = Numbers.OneOf("--split", "Part of the data set (default: test; a folder without parts is taken whole)", Splits);
    private readonly Option<int?> _limit = CommonOptions.Limit();
    private readonly Option<bool> _confusion = new("--confusion") { Description = "Print the confusion matrix, too" };
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<string?> _dataDir = CommonOptions.DataDir();
    private readonly Option<bool> _json = CommonOptions.Json();

    public EvaluateCommand(Terminal terminal)
        : base("evaluate", "Measure how well a model classifies a data set.", terminal)
    {
        Add(_model);
        Add(_dataset);
        foreach (Option option in (Option[])[_split, _limit, _confusion, _threads, _dataDir, _json])
            Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "fovea evaluate runs/digits-lenet5/model.safetensors digits",
        "fovea evaluate runs/digits-lenet5/model.safetensors mnist --data-dir data --confusion",
        "fovea evaluate model.safetensors photos/ --split validation --json",
    ];

    protected override int Execute(ParseResult line)
    {
        Model model = LoadedModel.Load(line.GetRequiredValue(_model));
        Shape input = model.Network.InputShape;
        DataSource source = DataSource.Find(line.GetRequiredValue(_dataset), new DataRequest
        {
            Limit = line.GetValue(_limit),
            ImageShape = input,
            ClassNames = model.ClassNames,
            Threads = line.GetValue(_threads) ?? 0,
            DataDirectory = line.GetValue(_dataDir),
        }, Terminal);
        IDataset dataset = DatasetAdapter.Fit(RelabelledDataset.Match(Part(source, line.GetValue(_split)), model.ClassNames), input);
        ClassificationMetrics metrics = new Evaluator(model.Network, dataset, model.Normalization, threads: line.GetValue(_threads), quantization: model.Quantization)
            .Evaluate(cancellation: Terminal.Cancellation);
        EvaluationReport report = EvaluationTables.Report(dataset.Name, metrics, model.ClassNames);
        if (line.GetValue(_json))
            ReportJson.Print(Terminal, report, ReportJson.Readable.EvaluationReport);
        else
            EvaluationTables.Print(Terminal, report, line.GetValue(_confusion));
        return ExitCode.Done;
    }

    private static IDataset Part(DataSource source, string? split) => split switch
    {
        "train" => source.Require(DataPart.Train),
        "validation" => source.Require(DataPart.Validation),
        "test" => source.Require(DataPart.Test),
        _ => source.Open(DataPart.Test) ?? source.Open(DataPart.Validation) ?? source.Require(DataPart.Train),
    };
}
