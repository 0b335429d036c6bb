using System.CommandLine;
using System.Globalization;
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
    private readonly Argument<string> _file = new("FILE") { Description = "Weights from PyTorch: a file of torch.save (.pt, .pth) or of safetensors" };
    private readonly Option<string?> _preset = new("--preset") { Description = "The network that the weights are of, as 'fovea summary' knows it", HelpName = "NAME" };
    private readonly Option<string> _out = new("--out") { Description = "The model file to write", HelpName = "FILE", Required = true };
    private readonly Option<Shape?> _input = CommonOptions.Input();
    private readonly Option<int?> _classes = Numbers.Whole("--classes", "Classes of the model (default: the file's); if they are others, the last layer is drawn anew", least: 2);
    private readonly Option<string?> _labels = new("--labels") { Description = "A file with a class's name in every line (default: numbers)", HelpName = "FILE" };
    private readonly Option<string?> _key = new("--state-dict") { Description = "Which state_dict of a checkpoint, if it has several, such as ema", HelpName = "KEY" };
    private readonly Option<double[]?> _mean = Channels("--mean", "Mean of the pixels, from 0 to 1, that the network learnt with (default for 1,000 classes: ImageNet's)");
    private readonly Option<double[]?> _deviation = Channels("--std", "Standard deviation of the pixels, likewise");
    private readonly Option<ulong?> _seed = Numbers.Seed("--seed", "Seed of a last layer that is drawn anew (default: 1)");

    public ImportCommand(Terminal terminal)
        : base("import", "Make a model of weights that PyTorch wrote.", terminal)
    {
        Add(_file);
        _preset.CompletionSources.Add([.. PresetChoice.Names]);
        foreach (Option option in (Option[])[_preset, _out, _input, _classes, _labels, _key, _mean, _deviation, _seed])
            Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "fovea import resnet18-f37072fd.pth --preset resnet18 --labels imagenet.txt --out resnet18.safetensors",
        "fovea import checkpoint.pt --preset mobilenet_v2 --state-dict ema --mean 0.5 --std 0.5 --out model.safetensors",
        "fovea import resnet18.safetensors --preset resnet18 --classes 5 --out start.safetensors",
    ];

    protected override int Execute(ParseResult line, IProgress<RunEvent> progress)
    {
        string path = line.GetRequiredValue(_file), target = line.GetRequiredValue(_out);
        if (Path.GetFullPath(target) == Path.GetFullPath(path))
            throw CommandException.Usage("--out must name another file than the one that is read");
        Model model = ImportedWeights.Read(path, new WeightsRequest
        {
            Preset = line.GetValue(_preset) ?? throw CommandException.Usage($"--preset must say which network the weights are of: {string.Join(", ", PresetChoice.Names)}"),
            Input = line.GetValue(_input),
            Classes = line.GetValue(_classes),
            Labels = line.GetValue(_labels),
            Key = line.GetValue(_key),
            Mean = Given(line, _mean),
            Deviation = Given(line, _deviation),
            Seed = line.GetValue(_seed) ?? 1,
        }, progress);
        ModelFile.Save(target, model);
        Terminal.Print($"{model.Network.Name} for {Format.Size(model.Network.InputShape)} and {Format.Count(model.ClassNames.Count)} classes is {target}");
        return ExitCode.Done;
    }

    private static Option<double[]?> Channels(string name, string description) => Numbers.Make<double[]?>(
        name, description, "X[,X,X]", text => Parse(text.Split(',')), "a number, or one a channel with commas between them");

    /// <summary>Lists that are not given would else be empty.</summary>
    private static double[]? Given(ParseResult line, Option<double[]?> option) => line.GetResult(option) is null ? null : line.GetValue(option);

    private static double[]? Parse(string[] parts)
    {
        var numbers = new double[parts.Length];
        for (int i = 0; i < parts.Length; i++)
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) || !double.IsFinite(numbers[i]))
                return null;
        return numbers;
    }
}
