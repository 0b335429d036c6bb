using System.CommandLine;
using Fovea.Onnx.Zoo;
using Fovea.Runs;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea zoo</c>: the well-known networks.</summary>
internal sealed class ZooCommand : FoveaCommand
{
    public ZooCommand(Terminal terminal)
        : base("zoo", "List, show and fetch well-known networks.", terminal)
    {
        Add(new ZooListCommand(terminal));
        Add(new ZooShowCommand(terminal));
        Add(new ZooGetCommand(terminal));
    }

    public override IReadOnlyList<string> Examples => ["fovea zoo list", "fovea zoo show resnet18", "fovea zoo get resnet18"];

    /// <summary>Where fetched models lie.</summary>
    public static Option<string?> Folder() => new("--zoo-dir") { Description = "Folder of fetched models, one folder a model (default: zoo in the user's cache)", HelpName = "FOLDER" };

    public static ZooOptions OptionsFor(string? folder) => folder is null ? new ZooOptions() : new ZooOptions { Directory = folder };

    public static ZooEntry Find(string name)
    {
        try
        {
            return ZooCatalog.Find(name);
        }
        catch (ArgumentException)
        {
            throw CommandException.Usage($"the zoo has no network '{Printable.Escape(name)}'{Nearest.Question(name, ZooCatalog.Entries.Select(entry => entry.Name))}; 'fovea zoo list' shows all");
        }
    }

    protected override int Execute(ParseResult line, IProgress<RunEvent> progress) => throw CommandException.Usage("a command is missing: list, show or get");
}
