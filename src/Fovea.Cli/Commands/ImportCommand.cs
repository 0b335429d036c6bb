using System.CommandLine;
using Fovea.Cli.Options;
using Fovea.Runs;
using Fovea.Runs.Models;
using Fovea.Runs.Settings;
using Fovea.Runs.Text;
using Fovea.Serialization;
using Fovea.Tensors;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea import FILE</c>: makes a model of what another program wrote.</summary>
internal sealed class ImportCommand : FoveaCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "A network as an ONNX file, or weights from PyTorch: a file of torch.save (.pt, .pth) or of safetensors" };
    private readonly Option<string> _out = new("--out") { Description = "The model file to write", HelpName = "FILE", Required = true };
    private readonly Option<string?> _preset = new("--preset") { Description = "For weights: the network that they are of, as 'fovea zoo list' shows it", HelpName = "NAME" };
    private readonly Option<Shape?> _input = CommonOptions.Input();
    private readonly Option<int?> _classes = Numbers.Whole("--classes", "For weights: classes of the model (default: the file's); if they are others, the last layer is drawn anew", least: 2);
    private readonly Option<string?> _key = new("--state-dict") { Description = "For weights: which state_dict of a checkpoint, if it has several, such as ema", HelpName = "KEY" };
    private readonly Option<ulong?> _seed = Numbers.Seed("--seed", "For weights: seed of a last layer that is drawn anew (default: 1)");
    private readonly SourceOptions _source = new();
    private readonly Option<bool> _noLimits = CommonOptions.NoLimits();

    public ImportCommand(Terminal terminal)
        : base("import", "Make a model of what another program wrote.", terminal)
    {
        Add(_file);
        _preset.CompletionSources.Add([.. PresetChoice.Names]);
        foreach (Option option in (Option[])[_out, .. _source.All, .. OfWeights, _noLimits])
            Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "fovea import resnet18.onnx --labels imagenet.txt --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225 --out resnet18.safetensors",
        "fovea import squeezenet.onnx --labels Labels.txt --channels bgr --scale 255 --out squeezenet.safetensors",
        "fovea import resnet18-f37072fd.pth --preset resnet18 --labels imagenet.txt --out resnet18.safetensors",
        "fovea import checkpoint.pt --preset mobilenet_v2 --state-dict ema --mean 0.5 --std 0.5 --out model.safetensors",
        "fovea import resnet18.safetensors --preset resnet18 --classes 5 --out start.safetensors",
    ];

    private Option[] OfWeights => [_preset, _input, _classes, _key, _seed];

    protected override int Execute(ParseResult line, IProgress<RunEvent> progress)
    {
        string path = line.GetRequiredValue(_file), target = line.GetRequiredValue(_out);
        if (Path.GetFullPath(target) == Path.GetFullPath(path))
            throw CommandException.Usage("--out must name another file than the one that is read");
        ModelSource source = _source.Of(line);
        Model model = OnnxModels.IsOne(path) ? Network(line, path, source, progress) : Weights(line, path, source, progress);
        ModelFile.Save(target, model);
        string ending = model.ClassNames.Count > 0 ? $" and {Format.Count(model.ClassNames.Count)} classes" : "";
        Terminal.Print($"{model.Network.Name} for {Format.Size(model.Network.InputShape)}{ending} is {target}");
        return ExitCode.Done;
    }

    private Model Network(ParseResult line, string path, ModelSource source, IProgress<RunEvent> progress)
    {
        foreach (Option option in OfWeights)
            if (line.GetResult(option) is { Implicit: false })
                throw CommandException.Usage($"{option.Name} is for weights of PyTorch; {path} is an ONNX file, which brings its network");
        return LoadedModel.LoadAny(path, line.GetValue(_noLimits), progress, source);
    }

    private Model Weights(ParseResult line, string path, ModelSource source, IProgress<RunEvent> progress)
    {
        if ((source with { Labels = null, Mean = null, Deviation = null }).FirstGiven is { } option)
            throw CommandException.Usage($"{option} is for ONNX files; {path} holds weights");
        return ImportedWeights.Read(path, new WeightsRequest
        {
            Preset = line.GetValue(_preset) ?? throw CommandException.Usage($"--preset must say which network the weights are of: {string.Join(", ", PresetChoice.Names)}"),
            Input = line.GetValue(_input),
            Classes = line.GetValue(_classes),
            Labels = source.Labels,
            Key = line.GetValue(_key),
            Mean = source.Mean,
            Deviation = source.Deviation,
            Seed = line.GetValue(_seed) ?? 1,
        }, progress);
    }
}
