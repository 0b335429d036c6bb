using System.CommandLine;
using Fovea.Cli.Options;
using Fovea.Cli.Rendering;
using Fovea.Onnx.Zoo;
using Fovea.Runs;
using Fovea.Runs.Reports;
using Fovea.Runs.Text;
using Fovea.Tensors;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea zoo list</c>: the networks, what they cost, and whether weights are published.</summary>
internal sealed class ZooListCommand : FoveaCommand
{
    private readonly Option<string?> _folder = ZooCommand.Folder();
    private readonly Option<bool> _json = CommonOptions.Json();

    public ZooListCommand(Terminal terminal)
        : base("list", "List the well-known networks.", terminal)
    {
        Add(_folder);
        Add(_json);
    }

    public override IReadOnlyList<string> Examples => ["fovea zoo list", "fovea zoo list --json"];

    protected override int Execute(ParseResult line, IProgress<RunEvent> progress)
    {
        ZooOptions options = ZooCommand.OptionsFor(line.GetValue(_folder));
        IReadOnlyList<ZooReport> reports = [.. ZooCatalog.Entries.Select(entry => ZooReport.Of(entry, options))];
        if (line.GetValue(_json))
        {
            JsonOutput.Print(Terminal, reports, ReportJson.Readable.IReadOnlyListZooReport);
            return ExitCode.Done;
        }
        var table = new TextTable("name", "family", ">year", ">input", ">parameters", ">multiply-adds", "weights", "paper");
        foreach (ZooReport report in reports)
            table.Add(
                report.Name, report.Family, report.Year.ToString(System.Globalization.CultureInfo.InvariantCulture), Format.Size(new Shape(report.Input)),
                Format.Count(report.Parameters), Format.Count(report.MultiplyAdds), report.Weights == "published" ? "to fetch" : report.Weights, report.Paper);
        table.Print(Terminal);
        Terminal.Print();
        Terminal.Print($"shipped, trained and ready, such as 'fovea predict lenet5-mnist seven.png': {string.Join(", ", ShippedModels.Names)}");
        return ExitCode.Done;
    }
}
