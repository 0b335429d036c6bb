using System.CommandLine;
using System.Globalization;
using Fovea.Cli.Options;
using Fovea.Cli.Rendering;
using Fovea.Imaging;
using Fovea.Imaging.Filters;
using Fovea.Runs;
using Fovea.Runs.Pages;
using Fovea.Runs.Prediction;
using Fovea.Runs.Reports;
using Fovea.Runs.Text;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea filter IMAGE</c>: what one convolution with a kernel made by hand does to a image.</summary>
internal sealed class FilterCommand : FoveaCommand
{
    private readonly Argument<string> _image = new("IMAGE") { Description = "A image file; - for the standard input" };
    private readonly FilterChoices _choices = new();
    private readonly Option<string> _out = new("--out") { Description = "The PNG file to write", HelpName = "FILE.png", Required = true };
    private readonly Option<bool> _json = CommonOptions.Json();

    public FilterCommand(Terminal terminal)
        : base("filter", "Filter a image by a kernel made by hand, as a network's convolution does with the kernels it learned.", terminal)
    {
        Add(_image);
        _choices.AddTo(this);
        Add(_out);
        Add(_json);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "fovea filter photo.png --kernel sharpen --out sharp.png",
        "fovea filter photo.png --kernel sobel-x --normalize --out slopes.png",
        "fovea filter digit.png --kernel top-edge --padding same --relu --pool max:2 --out tops.png",
        "fovea filter photo.png --kernel \"0,1,0;1,-4,1;0,1,0\" --out edges.png",
        "fovea filter photo.png --kernel \"1,1,1;1,1,1;1,1,1\" --divide sum --stride 3 --out small.png",
    ];

    protected override int Execute(ParseResult line, IProgress<RunEvent> progress)
    {
        string path = line.GetRequiredValue(_image), target = line.GetRequiredValue(_out);
        if (!target.EndsWith(".png", StringComparison.OrdinalIgnoreCase))
            throw CommandException.Usage($"--out must end in .png, got {target}");
        if (Path.GetFullPath(target) == Path.GetFullPath(path))
            throw CommandException.Usage($"--out must be another file than the image itself, got {target}");
        ReportFile.RequireFolder(target, _out.Name, "the image");
        FilterKernel kernel = _choices.KernelOf(line);
        FilterOptions options = _choices.OptionsOf(line);
        bool normalize = _choices.Normalizes(line);

        Image image = PredictionInput.Read(path, Terminal.OpenInput, progress);
        if (image.HasAlpha)
            Terminal.Say($"note: the image has transparent parts, which are seen on {options.Background}; --background asks for another colour");
        FilteredImage result = ImageFilter.Apply(image, kernel, options);
        ImageFile.SavePng(result.ToImage(normalize), target);

        if (line.GetValue(_json))
        {
            float[][] rows = [.. Enumerable.Range(0, kernel.Height).Select(row => kernel.Cells.Slice(row * kernel.Width, kernel.Width).ToArray())];
            JsonOutput.Print(Terminal, new FilterReport(
                path, kernel.Name, rows, kernel.Divisor, result.Shape.ToArray(), result.Minimum, result.Maximum, result.ShareOutside, normalize, target), ReportJson.Readable.FilterReport);
            return ExitCode.Done;
        }
        if (!_choices.Divides(line) && Brightening(kernel) is { } note)
            Terminal.Say(note);
        Terminal.Print($"{target}: {result.Shape.Width}×{result.Shape.Height} {(result.Shape.Channels == 1 ? "grey" : "RGB")}, {Shown(result, normalize)}");
        return ExitCode.Done;
    }

    /// <summary>What happened to values that a image cannot hold.</summary>
    private static string Shown(FilteredImage result, bool normalize)
    {
        string range = string.Create(CultureInfo.InvariantCulture, $"values from {result.Minimum:0.##} to {result.Maximum:0.##}");
        if (normalize)
            return result.Maximum > result.Minimum ? $"{range}, scaled to 0 to 255" : $"{range}: nothing to scale";
        double share = result.ShareOutside;
        return share == 0 ? range : $"{range}, of which {Format.Percent(share)} were clamped to 0 or 255 (--normalize scales them instead)";
    }

    /// <summary>A word on kernels that make a image brighter, or would if they did not divide.</summary>
    private static string? Brightening(FilterKernel kernel) => kernel.Divisor != 1
        ? string.Create(CultureInfo.InvariantCulture, $"{kernel.Name}: sums are divided by {kernel.Divisor:0.####}, which keeps the brightness (--divide 1 does not)")
        : kernel.Sum > 1.5
            ? string.Create(CultureInfo.InvariantCulture, $"the kernel's cells sum to {kernel.Sum:0.####}, so the image becomes so many times as bright; --divide sum keeps its brightness")
            : null;
}
