using System.CommandLine;
using Fovea.Runs;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea data</c>: what there is to learn from.</summary>
internal sealed class DataCommand : FoveaCommand
{
    public DataCommand(Terminal terminal)
        : base("data", "List, fetch, preview and export data sets.", terminal)
    {
        Add(new DataListCommand(terminal));
        Add(new DataGetCommand(terminal));
        Add(new DataPreviewCommand(terminal));
        Add(new DataExportCommand(terminal));
    }

    public override IReadOnlyList<string> Examples =>
    [
        "fovea data list",
        "fovea data get mnist",
        "fovea data preview digits --augment digits --out sheet.png",
        "fovea data export digits --out images --limit 20",
    ];

    protected override int Execute(ParseResult line, IProgress<RunEvent> progress) => throw CommandException.Usage("a command is missing: list, get, preview or export");
}
