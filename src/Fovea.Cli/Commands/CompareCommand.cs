using System.CommandLine;
using Fovea.Cli.Options;
using Fovea.Cli.Rendering;
using Fovea.Data;
using Fovea.Runs;
using Fovea.Runs.Datasets;
using Fovea.Runs.Evaluation;
using Fovea.Runs.Models;
using Fovea.Runs.Reports;
using Fovea.Serialization;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea compare MODEL1 MODEL2 DATASET</c>: which of two models is better, and whether that is more than chance.</summary>
internal sealed class CompareCommand : FoveaCommand
{
    private readonly Argument<string> _first = new("MODEL1") { Description = "A model file" };
    private readonly Argument<string> _second = new("MODEL2") { Description = "Another one, for the same classes" };
    private readonly EvaluationOptions _data = new();
    private readonly Option<bool> _noLimits = CommonOptions.NoLimits();
    private readonly Option<bool> _json = CommonOptions.Json();

    public CompareCommand(Terminal terminal)
        : base("compare", "Measure two models on the same samples, and test whether they differ by more than chance.", terminal)
    {
        Add(_first);
        Add(_second);
        Add(_data.Dataset);
        foreach (Option option in _data.Options.Concat([_noLimits, _json]))
            Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "fovea compare runs/digits-lenet5/model.safetensors runs/digits-mlp/model.safetensors digits",
        "fovea compare model.safetensors model-int8.safetensors mnist --data-dir data",
        "fovea compare old.safetensors new.safetensors photos/ --split validation --json",
    ];

    protected override int Execute(ParseResult line, IProgress<RunEvent> progress)
    {
        string firstPath = line.GetRequiredValue(_first), secondPath = line.GetRequiredValue(_second);
        bool trusted = line.GetValue(_noLimits);
        Model first = LoadedModel.Load(firstPath, trusted, progress), second = LoadedModel.Load(secondPath, trusted, progress);
        ModelComparison.RequireSameClasses(first, firstPath, second, secondPath);
        EvaluationData samples = _data.Data(line, progress, Cancellation);
        Model learnt = samples.HolderOf(first, second);
        IDataset data = samples.Load(first, learnt);
        bool alike = first.Network.InputShape == second.Network.InputShape && first.ClassNames.SequenceEqual(second.ClassNames);
        ComparisonReport report = ModelComparison.Of(
            first, firstPath, data, second, secondPath, alike ? data : samples.Load(second, learnt), _data.Threads(line), Cancellation);
        if (line.GetValue(_json))
            JsonOutput.Print(Terminal, report, ReportJson.Readable.ComparisonReport);
        else
            ComparisonTable.Print(Terminal, report);
        return ExitCode.Done;
    }
}
