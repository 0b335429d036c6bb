using System.Globalization;
using Fovea.Tensors;

namespace Fovea.Runs.Text;

/// <summary>Numbers as people read them, the same in every culture.</summary>
internal static class Format
{
    /// <summary>A share as <c>98.41 %</c>.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.00} %");

    /// <summary>A loss as <c>0.0512</c>.</summary>
    public static string Loss(double loss) => loss.ToString("0.0000", CultureInfo.InvariantCulture);

    /// <summary>A count as <c>60,000</c>.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A rate as <c>0.001</c>.</summary>
    public static string Rate(double rate) => rate.ToString("0.#######", CultureInfo.InvariantCulture);

    /// <summary>A time as <c>4.2 s</c>, <c>3:20 min</c>, <c>1:05:00 h</c>.</summary>
    public static string Time(double seconds) => seconds switch
    {
        < 100 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 60}:{(int)seconds % 60:00} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 3600}:{(int)seconds / 60 % 60:00}:{(int)seconds % 60:00} h"),
    };

    /// <summary>Bytes as <c>11.6 MB</c>.</summary>
    public static string Bytes(long bytes) => bytes < 100_000
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");

    /// <summary>A shape as <c>1×28×28</c>, the way <c>--input</c> takes it.</summary>
    public static string Size(Shape shape) => string.Join('×', shape.ToArray());

    /// <summary>A path as it can be pasted behind a command.</summary>
    public static string Path(string path) => path.All(c => char.IsLetterOrDigit(c) || c is '/' or '\\' or '.' or '-' or '_' or ':') ? path : $"\"{path}\"";

    /// <summary>A command line as it can be typed again.</summary>
    public static string Command(IReadOnlyList<string> arguments) => string.Join(' ', arguments.Select(Path).Prepend("fovea"));
}
