using System.CommandLine;
using Fovea.Cli.Options;
using Fovea.Cli.Rendering;
using Fovea.Data;
using Fovea.Data.Synthetic;
using Fovea.Runs;
using Fovea.Runs.Reports;
using Fovea.Runs.Text;
using Fovea.Tensors;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea data list</c>: the data sets known by name, and where they lie.</summary>
internal sealed class DataListCommand : FoveaCommand
{
    private readonly Option<string?> _dataDir = CommonOptions.DataDir();
    private readonly Option<bool> _json = CommonOptions.Json();

    public DataListCommand(Terminal terminal)
        : base("list", "List the data sets that are known by name.", terminal)
    {
        Add(_dataDir);
        Add(_json);
    }

    public override IReadOnlyList<string> Examples => ["fovea data list", "fovea data list --data-dir data --json"];

    protected override int Execute(ParseResult line, IProgress<RunEvent> progress)
    {
        var options = new DatasetOptions { DataDirectory = line.GetValue(_dataDir) };
        IReadOnlyList<DatasetReport> reports =
        [
            .. BuiltIn.Entries.Select(entry => new DatasetReport(
                entry.Name, entry.Description, entry.ImageShape.ToArray(), entry.ClassNames, entry.TrainCount, entry.TestCount, null, 0, BuiltIn: true)),
            .. DatasetCatalog.Entries.Select(entry => new DatasetReport(
                entry.Name, entry.Description, entry.ImageShape.ToArray(), entry.ClassNames, entry.TrainCount, entry.TestCount,
                DatasetCatalog.Locate(entry.Name, DatasetSplit.Train, options), entry.Downloads.Sum(file => file.Size), BuiltIn: false)),
        ];
        if (line.GetValue(_json))
        {
            JsonOutput.Print(Terminal, reports, ReportJson.Readable.IReadOnlyListDatasetReport);
            return ExitCode.Done;
        }
        var table = new TextTable("name", ">image", ">classes", ">train", ">test", "where", "what");
        foreach (DatasetReport report in reports)
            table.Add(
                report.Name, Format.Size(new Shape(report.Image)), Format.Count(report.Classes.Count), Format.Count(report.Train), Format.Count(report.Test),
                report.BuiltIn ? "built in" : report.Folder ?? $"to download ({Format.Bytes(report.DownloadBytes)})", report.Description);
        table.Print(Terminal);
        return ExitCode.Done;
    }
}
