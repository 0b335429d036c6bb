using System.CommandLine;
using System.Globalization;
using Fovea.Runs.Settings;

namespace Fovea.Cli.Options;

/// <summary>What commands ask of a model file of another program: how images are prepared for it, and what its classes are called.</summary>
internal sealed class SourceOptions
{
    private readonly Option<string?> _labels = new("--labels") { Description = "A text with the class names, one a line (default: numbers)", HelpName = "FILE" };
    private readonly Option<string?> _channels = Numbers.OneOf("--channels", "For an ONNX file: the order of colours that it takes (default: rgb)", ["rgb", "bgr"]);
    private readonly Option<double?> _scale = Numbers.Positive("--scale", "For an ONNX file: the value of a white pixel, such as 255 (default: 1)");
    private readonly Option<double[]?> _mean = Each("--mean", "What is subtracted from every channel, on the scale of --scale and in the order of --channels");
    private readonly Option<double[]?> _deviation = Each("--std", "What every channel is divided by, likewise");
    private readonly Option<(int Height, int Width)?> _size = Numbers.Make<(int, int)?>(
        "--input-size", "For an ONNX file that takes images of any size: the size, such as 224 or 480x640", "HxW", ParseSize, "a size from 1 to 8192, such as 224 or 480x640 (height x width)");

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => [_labels, .. Preparation];

    /// <summary>Those that say how images are prepared.</summary>
    public IEnumerable<Option> Preparation => [_channels, _scale, _mean, _deviation, _size];

    public ModelSource Of(ParseResult line) => new()
    {
        Labels = line.GetValue(_labels),
        Channels = line.GetValue(_channels),
        Scale = line.GetValue(_scale),
        Mean = line.GetValue(_mean) is { Length: > 0 } mean ? mean : null,
        Deviation = line.GetValue(_deviation) is { Length: > 0 } deviation ? deviation : null,
        InputSize = line.GetValue(_size) is var (height, width) ? [height, width] : null,
    };

    private static Option<double[]?> Each(string name, string description) => Numbers.Make<double[]?>(
        name, description, "X[,X,X]", text => ParseNumbers(text.Split(',')), "a number, or one a channel with commas between them");

    private static double[]? ParseNumbers(string[] parts)
    {
        var numbers = new double[parts.Length];
        for (int i = 0; i < parts.Length; i++)
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) || !double.IsFinite(numbers[i]))
                return null;
        return numbers;
    }

    private static (int, int)? ParseSize(string text)
    {
        string[] parts = text.Split('x', '×');
        var sizes = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out sizes[i]) || sizes[i] is < 1 or > 8192)
                return null;
        return sizes.Length is 1 or 2 ? (sizes[0], sizes[^1]) : null;
    }
}
