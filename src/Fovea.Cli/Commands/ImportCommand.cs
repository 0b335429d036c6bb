using System.CommandLine;
using Fovea.Cli.Options;
using Fovea.Runs;
using Fovea.Runs.Models;
using Fovea.Runs.Text;
using Fovea.Serialization;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea import FILE</c>: makes a model of what another program wrote.</summary>
internal sealed class ImportCommand : FoveaCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "A network as an ONNX file" };
    private readonly Option<string> _out = new("--out") { Description = "The model file to write", HelpName = "FILE", Required = true };
    private readonly SourceOptions _source = new();
    private readonly Option<bool> _noLimits = CommonOptions.NoLimits();

    public ImportCommand(Terminal terminal)
        : base("import", "Make a model of what another program wrote.", terminal)
    {
        Add(_file);
        Add(_out);
        foreach (Option option in _source.All.Append(_noLimits))
            Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "fovea import resnet18.onnx --labels imagenet.txt --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225 --out resnet18.safetensors",
        "fovea import squeezenet.onnx --labels Labels.txt --channels bgr --scale 255 --out squeezenet.safetensors",
        "fovea import mobilenet.onnx --input-size 192 --out mobilenet.safetensors",
    ];

    protected override int Execute(ParseResult line, IProgress<RunEvent> progress)
    {
        string path = line.GetRequiredValue(_file), target = line.GetRequiredValue(_out);
        if (Path.GetFullPath(target) == Path.GetFullPath(path))
            throw CommandException.Usage("--out must name another file than the one that is read");
        Model model = LoadedModel.LoadAny(path, line.GetValue(_noLimits), progress, _source.Of(line));
        ModelFile.Save(target, model);
        string ending = model.ClassNames.Count > 0 ? $" and {Format.Count(model.ClassNames.Count)} classes" : "";
        Terminal.Print($"{model.Network.Name} for {Format.Size(model.Network.InputShape)}{ending} is {target}");
        return ExitCode.Done;
    }
}
