using System.Globalization;
using System.Text.RegularExpressions;

namespace Fovea.Benchmarks.Race;

/// <summary>What a figure's name means: the same grammar as in <c>benchmarks/peers/networks.py</c>.</summary>
internal static partial class Figures
{
    public static void Run(string figure, RaceSetting setting)
    {
        if (figure == "peak")
            setting.Say(figure, PeakFlops.Measure(setting.Threads), "GF/s");
        else if (NetworkFigure().Match(figure) is { Success: true } network)
        {
            string name = network.Groups[1].Value;
            int batch = Number(network.Groups[4]);
            if (network.Groups[2].Success)
                QuantizedFigure.Run(figure, name, batch, setting);
            else if (network.Groups[3].Value == "train")
                TrainingFigure.Run(figure, name, batch, setting);
            else
                InferenceFigure.Run(figure, name, batch, setting);
        }
        else if (ConvolutionName().Match(figure) is { Success: true } convolution)
        {
            GroupCollection parts = convolution.Groups;
            var work = new ConvolutionFigure(Number(parts[1]), Number(parts[2]), Number(parts[3]), Number(parts[4]), Number(parts[5]), Number(parts[6]));
            work.Run(figure, both: parts[7].Value == "both", winograd: parts[7].Value != "direct", setting);
        }
        else
            throw new RaceException($"no such figure: {figure}");
    }

    private static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(\w+?)(-int8)?-(train|infer)-(\d+)$")]
    private static partial Regex NetworkFigure();

    [GeneratedRegex(@"^conv(\d)x\1p(\d)-(\d+)x(\d+)x(\d+)-(\d+)-(forward|direct|both)$")]
    private static partial Regex ConvolutionName();
}
