using System.CommandLine;
using Fovea.Cli.Options;
using Fovea.Cli.Rendering;
using Fovea.Onnx.Zoo;
using Fovea.Runs;
using Fovea.Runs.Reports;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea zoo get NAME</c>: fetches the published weights of a network.</summary>
internal sealed class ZooGetCommand : FoveaCommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "A network with published weights" };
    private readonly Option<string?> _out = new("--out") { Description = "Copy the model to this file, too", HelpName = "FILE" };
    private readonly Option<string?> _folder = ZooCommand.Folder();
    private readonly Option<bool> _json = CommonOptions.Json();

    public ZooGetCommand(Terminal terminal)
        : base("get", "Fetch the published weights of a network, unless they are here.", terminal)
    {
        Add(_name);
        Add(_out);
        Add(_folder);
        Add(_json);
    }

    public override IReadOnlyList<string> Examples => ["fovea zoo get resnet18", "fovea zoo get resnet18 --out resnet18.safetensors"];

    protected override int Execute(ParseResult line, IProgress<RunEvent> progress)
    {
        ZooEntry entry = ZooCommand.Find(line.GetRequiredValue(_name));
        if (entry.Weights is null)
            throw new CommandException($"no weights of {entry.Name} are published; 'fovea train DATA --model {entry.Name}' trains it");
        ZooOptions options = ZooCommand.OptionsFor(line.GetValue(_folder)) with { Progress = RunEvents.OfDownloads(progress) };
        string path = ZooCatalog.FetchAsync(entry.Name, options, Cancellation).GetAwaiter().GetResult();
        if (line.GetValue(_out) is { } copy)
        {
            File.Copy(path, copy, overwrite: true);
            path = copy;
        }
        if (line.GetValue(_json))
            JsonOutput.Print(Terminal, ZooReport.Of(entry, options) with { File = path }, ReportJson.Readable.ZooReport);
        else
            Terminal.Print($"{entry.Name} is in {path}");
        return ExitCode.Done;
    }
}
