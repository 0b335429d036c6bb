using System.CommandLine;
using Fovea.Imaging;
using Fovea.Imaging.Folders;
using Fovea.Tensors;

namespace Fovea.Cli.Options;

/// <summary>Options that several commands share, so that they are spelt and explained alike.</summary>
internal static class CommonOptions
{
    /// <summary>Stack traces below errors.</summary>
    public static Option<bool> Trace { get; } = new("--trace") { Description = "Show the stack trace of an error", Recursive = true, Hidden = true };

    /// <summary>Results for programs.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print the result as JSON" };

    /// <summary>Model files that one trusts.</summary>
    public static Option<bool> NoLimits() => new("--no-limits") { Description = "Trust the model file: set no limits on what its network takes and computes" };

    /// <summary>Where data sets lie.</summary>
    public static Option<string?> DataDir() => new("--data-dir")
    {
        Description = "Folder with data sets, and where downloads go (default: FOVEA_DATA, then the user's cache)",
        HelpName = "FOLDER",
    };

    /// <summary>Threads; the result is the same for any number.</summary>
    public static Option<int?> Threads() => Numbers.Whole("--threads", "Most threads to use; results do not depend on it (default: one a processor)");

    /// <summary>Part of the samples only.</summary>
    public static Option<int?> Limit() => Numbers.Whole("--limit", "Use only N samples of every part, all classes alike");

    /// <summary>An input shape such as <c>1x28x28</c>.</summary>
    public static Option<Shape?> Input() => Numbers.Make<Shape?>(
        "--input", "Input of the network, channels x height x width, such as 1x28x28", "CxHxW", ParseShape,
        "channels (1 or 3) x height x width, such as 3x64x64");

    /// <summary>Classes from the names of files.</summary>
    public static Option<string?> ClassPattern() => Numbers.Make<string?>(
        "--class-pattern", "Take the classes from the images' names, such as '{class}.*' for cat.0.png: * is anything, # is digits, the extension does not count", "PATTERN",
        text => ImageFolder.IsClassPattern(text) ? text : null, "a pattern with {class} once, such as '{class}_*'");

    /// <summary>The column of texts.</summary>
    public static Option<string?> TextColumn() => new("--text") { Description = "The column of a table (CSV, TSV, JSON lines) that holds texts (default: one called text, review, sentence …)", HelpName = "COLUMN" };

    /// <summary>The column of classes.</summary>
    public static Option<string?> LabelColumn() => new("--label") { Description = "The column of a table that holds the classes (default: one called label, class, sentiment, emotion …)", HelpName = "COLUMN" };

    /// <summary>A colour behind transparent pixels.</summary>
    /// <param name="description">What the option is for.</param>
    public static Option<Colour?> Background(string description) => Numbers.Make<Colour?>(
        "--background", description, "COLOUR", text => Colour.TryParse(text, out Colour colour) ? colour : null, "white, black, grey or a colour such as #ff8000");

    /// <summary>How much memory a folder's images may take.</summary>
    public static Option<long?> CacheLimit() => Numbers.Make<long?>(
        "--cache-limit", "Memory for a folder's images, such as 500MB or 4GB; the others go into a temporary file (default: half of the memory)", "SIZE", ParseSize,
        "a size such as 500MB or 4GB", text => text.Contains(',') ? $"; the decimal sign is a point: {text.Replace(',', '.')}" : "");

    private static long? ParseSize(string text)
    {
        string[] units = ["KB", "MB", "GB", "TB"];
        int unit = Array.FindIndex(units, unit => text.EndsWith(unit, StringComparison.OrdinalIgnoreCase));
        return double.TryParse(unit < 0 ? text : text[..^2], System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out double value)
            && value * Math.Pow(1024, unit + 1) is >= 0 and < 1e18 and var bytes ? (long)bytes : null;
    }

    private static Shape? ParseShape(string text)
    {
        string[] parts = text.Split('x', '×');
        if (parts.Length != 3)
            return null;
        var sizes = new int[3];
        for (int i = 0; i < sizes.Length; i++)
            if (!int.TryParse(parts[i], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out sizes[i]) || sizes[i] is < 1 or > 8192)
                return null;
        return sizes[0] is 1 or 3 ? new Shape(sizes) : null;
    }
}
