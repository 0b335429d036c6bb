using System.CommandLine;
using Fovea.Cli.Options;
using Fovea.Cli.Rendering;
using Fovea.Data;
using Fovea.Data.Synthetic;
using Fovea.Runs;
using Fovea.Runs.Reports;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea data get NAME</c>: fetches a published data set.</summary>
internal sealed class DataGetCommand : FoveaCommand
{
    private readonly Argument<string> _name = new("NAME") { Description = string.Join(", ", DatasetCatalog.Entries.Select(entry => entry.Name)) };
    private readonly Option<string?> _dataDir = CommonOptions.DataDir();
    private readonly Option<bool> _json = CommonOptions.Json();

    public DataGetCommand(Terminal terminal)
        : base("get", "Fetch a published data set, unless it is here.", terminal)
    {
        Add(_name);
        Add(_dataDir);
        Add(_json);
    }

    public override IReadOnlyList<string> Examples => ["fovea data get mnist", "fovea data get cifar10 --data-dir data"];

    protected override int Execute(ParseResult line, IProgress<RunEvent> progress)
    {
        string name = line.GetRequiredValue(_name);
        if (BuiltIn.Find(name) is { } builtIn)
            throw CommandException.Usage($"{builtIn.Name} is built in; there is nothing to fetch");
        var options = new DatasetOptions { DataDirectory = line.GetValue(_dataDir) };
        string? here = DatasetCatalog.Locate(name, DatasetSplit.Train, options);
        if (here is null || DatasetCatalog.Locate(name, DatasetSplit.Test, options) is null)
            here = DatasetCatalog.FetchAsync(name, options with { Progress = download => progress.Report(new DownloadEvent(download)) }, Cancellation).GetAwaiter().GetResult();
        if (line.GetValue(_json))
            JsonOutput.Print(Terminal, new FolderReport(DatasetCatalog.Find(name).Name, here, Images: null), ReportJson.Readable.FolderReport);
        else
            Terminal.Print($"{name} is in {here}");
        return ExitCode.Done;
    }
}
