using System.CommandLine;
using Fovea.Cli.Options;
using Fovea.Cli.Rendering;
using Fovea.Onnx.Zoo;
using Fovea.Runs;
using Fovea.Runs.Reports;
using Fovea.Runs.Text;
using Fovea.Tensors;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea zoo show NAME</c>: one network, with its paper and its layers.</summary>
internal sealed class ZooShowCommand : FoveaCommand
{
    private const int ImageNetClasses = 1000, FewClasses = 10, LargeSide = 200;

    private readonly Argument<string> _name = new("NAME") { Description = "A network that 'fovea zoo list' names" };
    private readonly Option<string?> _folder = ZooCommand.Folder();
    private readonly Option<bool> _json = CommonOptions.Json();

    public ZooShowCommand(Terminal terminal)
        : base("show", "Show a well-known network: its paper, its weights, its layers.", terminal)
    {
        Add(_name);
        Add(_folder);
        Add(_json);
    }

    public override IReadOnlyList<string> Examples => ["fovea zoo show lenet1989", "fovea zoo show resnet18 --json"];

    protected override int Execute(ParseResult line, IProgress<RunEvent> progress)
    {
        ZooEntry entry = ZooCommand.Find(line.GetRequiredValue(_name));
        var report = ZooReport.Of(entry, ZooCommand.OptionsFor(line.GetValue(_folder)));
        NetworkReport? network = entry.Preset is { } preset
            ? NetworkReport.Of(preset.CreateBlank(preset.InputShape, preset.InputShape.Height < LargeSide ? FewClasses : ImageNetClasses), model: null)
            : null;
        if (line.GetValue(_json))
            JsonOutput.Print(Terminal, new ZooNetworkReport(report, network), ReportJson.Readable.ZooNetworkReport);
        else
            Print(report, network);
        return ExitCode.Done;
    }

    private void Print(ZooReport report, NetworkReport? network)
    {
        Terminal.Print($"{report.Name} ({report.Family}, {report.Year})");
        Terminal.Print($"paper          {report.Paper}");
        Terminal.Print($"               {report.Link}");
        Terminal.Print($"input          {Format.Size(new Shape(report.Input))}");
        Terminal.Print($"parameters     {Format.Count(report.Parameters)}");
        Terminal.Print($"multiply-adds  {Format.Count(report.MultiplyAdds)} of convolutions and fully connected layers");
        Terminal.Print($"weights        {report.Weights switch
        {
            "fetched" => report.File,
            "published" => $"'fovea zoo get {report.Name}' fetches them from {report.Url}",
            _ => $"none are published; 'fovea train DATA --model {report.Name}' trains it",
        }}");
        if (report.Origin is { } origin)
            Terminal.Print($"trained        {origin}");
        if (network is null)
            return;
        Terminal.Print();
        var table = new TextTable("name", "layer", ">output", ">parameters", ">multiply-adds");
        foreach (LayerReport layer in network.Layers)
            table.Add(layer.Name, $"{layer.Layer}({layer.Settings}){(layer.Inputs.Count == 0 ? "" : $" ← {string.Join(", ", layer.Inputs)}")}", Format.Size(new Shape(layer.Output)), Format.Count(layer.Parameters), Format.Count(layer.MultiplyAdds));
        table.Print(Terminal);
    }
}
