using System.CommandLine;
using Fovea.Cli.Options;
using Fovea.Cli.Rendering;
using Fovea.Execution;
using Fovea.Networks;
using Fovea.Networks.Text;
using Fovea.Runs;
using Fovea.Runs.Models;
using Fovea.Runs.Reports;
using Fovea.Runs.Settings;
using Fovea.Runs.Text;
using Fovea.Serialization;
using Fovea.Tensors;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea summary MODEL|PRESET</c>: what a network is made of.</summary>
internal sealed class SummaryCommand : FoveaCommand
{
    private const int DefaultClasses = 10;
    private const string Inference = "inference", Training = "training";

    private readonly Argument<string> _model = new("MODEL|PRESET") { Description = $"A model file, an ONNX file, a network as text, or one of {string.Join(", ", PresetChoice.Names)}" };
    private readonly Option<Shape?> _input = CommonOptions.Input();
    private readonly Option<int?> _classes = Numbers.Whole("--classes", "Classes of the preset or text (default: 10, or what the text says)", least: 2);
    private readonly Option<bool> _text = new("--text") { Description = "Print it as text, a layer a line, which 'fovea train --network' reads" };
    private readonly Option<bool> _plan = new("--plan") { Description = "Show how it runs here: every step's algorithm, layout and expected speed" };
    private readonly Option<int?> _batch = Numbers.Whole("--batch", "Samples of a run, for --plan (default: 1)");
    private readonly Option<string?> _mode = Numbers.OneOf("--mode", "What the plan is for (default: inference)", [Inference, Training]);
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly SourceOptions _source = new();
    private readonly Option<bool> _noLimits = CommonOptions.NoLimits();
    private readonly Option<bool> _json = CommonOptions.Json();

    public SummaryCommand(Terminal terminal)
        : base("summary", "Show the layers of a network, their outputs, parameters and multiply-adds.", terminal)
    {
        Add(_model);
        foreach (Option option in (Option[])[_input, _classes, _text, _plan, _batch, _mode, _threads, .. _source.All, _noLimits, _json])
            Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "fovea summary lenet5",
        "fovea summary convnet-basic --input 3x64x64 --classes 4",
        "fovea summary resnet18 --classes 1000",
        "fovea summary lenet5 --text",
        "fovea summary net.txt --input 3x64x64 --classes 4",
        "fovea summary mobilenet_v2 --plan --batch 4 --threads 2",
        "fovea summary runs/digits-lenet5/model.safetensors --json",
    ];

    protected override int Execute(ParseResult line, IProgress<RunEvent> progress)
    {
        (Network network, Model? model, string? initialization) = Find(line, progress);
        if (line.GetValue(_text) && (line.GetValue(_plan) || line.GetValue(_json)))
            throw CommandException.Usage("--text goes with neither --plan nor --json");
        if (line.GetValue(_plan))
        {
            if (model?.Quantization is not null)
                Terminal.Say("note: the model is quantised; this is how it would run in floats");
            ShowPlan(network, line);
        }
        else if (new Option[] { _batch, _mode, _threads }.FirstOrDefault(option => line.GetResult(option) is not null) is { } option)
            throw CommandException.Usage($"{option.Name} is for --plan");
        else if (line.GetValue(_text))
            Terminal.PrintLines(NetworkText.Write(network, initialization));
        else if (line.GetValue(_json))
            JsonOutput.Print(Terminal, NetworkReport.Of(network, model), ReportJson.Readable.NetworkReport);
        else
            Print(NetworkReport.Of(network, model));
        return ExitCode.Done;
    }

    /// <summary>The network that the line names, its model if it comes from a model file, and what its weights start from, if that is known.</summary>
    private (Network Network, Model? Model, string? Initialization) Find(ParseResult line, IProgress<RunEvent> progress)
    {
        string name = line.GetRequiredValue(_model);
        if (PresetChoice.Names.Contains(name))
            return (PresetChoice.CreateBlank(name, line.GetValue(_input), line.GetValue(_classes) ?? DefaultClasses), null, name);
        if (!Path.Exists(name))
            throw new CommandException($"'{name}' is neither a model file nor a preset{Nearest.Question(name, PresetChoice.Names)}; presets are {string.Join(", ", PresetChoice.Names)}");
        if (NetworkFile.IsText(name))
        {
            NetworkText text = NetworkFile.Load(name);
            return (NetworkFile.In(name, () => text.CreateBlank(line.GetValue(_input), line.GetValue(_classes) ?? text.Classes ?? DefaultClasses, line.GetValue(_noLimits) ? ModelLimits.None : null)), null, text.Initialization);
        }
        if (line.GetResult(_input) is not null || line.GetResult(_classes) is not null)
            throw CommandException.Usage("--input and --classes are for presets and text; a model file has its own");
        Model model = LoadedModel.LoadAny(name, line.GetValue(_noLimits), progress, _source.Of(line));
        return (model.Network, model, null);
    }

    private void ShowPlan(Network network, ParseResult line)
    {
        bool training = line.GetValue(_mode) == Training;
        PlanOptions options = (training ? PlanOptions.Training : new PlanOptions()) with
        {
            Batch = line.GetValue(_batch) ?? 1,
            Threads = line.GetValue(_threads) ?? Environment.ProcessorCount,
        };
        var report = PlanReport.Of(network.Compile(options), training ? Training : Inference);
        if (line.GetValue(_json))
            JsonOutput.Print(Terminal, report, ReportJson.Readable.PlanReport);
        else
            PlanTable.Print(Terminal, report);
    }

    private void Print(NetworkReport report)
    {
        Terminal.Print($"{report.Name}: input {Size(report.Input)}, output {Size(report.Output)}");
        var table = new TextTable("name", "layer", ">output", ">parameters", ">multiply-adds");
        foreach (LayerReport layer in report.Layers)
            table.Add(layer.Name, Words(layer), Size(layer.Output), Format.Count(layer.Parameters), Format.Count(layer.MultiplyAdds));
        table.Print(Terminal);
        Terminal.Print($"parameters     {Format.Count(report.Parameters)} ({Format.Count(report.TrainableParameters)} trainable)");
        Terminal.Print($"multiply-adds  {Format.Count(report.MultiplyAdds)}");
        Terminal.Print($"memory         {Format.Bytes(report.ParameterBytes)} of parameters, {Format.Bytes(report.ActivationBytes)} of activations a sample");
        if (report.Classes is { } classes)
            Terminal.Print($"classes        {string.Join(", ", classes)}");
        foreach ((string key, string value) in report.Info ?? new Dictionary<string, string>())
            Terminal.Print($"{key,-13}  {value}");
    }

    private static string Words(LayerReport layer) =>
        $"{layer.Layer}({layer.Settings}){(layer.Inputs.Count == 0 ? "" : $" ← {string.Join(", ", layer.Inputs)}")}";

    private static string Size(int[] sizes) => Format.Size(new Shape(sizes));
}
