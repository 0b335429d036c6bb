using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Fovea.Cli.Options;

/// <summary>Options that take numbers or names, and say in one line what would be right.</summary>
internal static partial class Numbers
{
    /// <summary>A whole number of at least <paramref name="least"/>.</summary>
    public static Option<int?> Whole(string name, string description, int least = 1, string placeholder = "N") =>
        Make<int?>(name, description, placeholder, text =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least ? value : null,
            least == 1 ? "a positive whole number" : $"a whole number from {least} on", text => WholeHint(text, int.MaxValue));

    /// <summary>A seed.</summary>
    public static Option<ulong?> Seed(string name, string description) =>
        Make<ulong?>(name, description, "N", text =>
            ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? value : null,
            "a whole number from 0 on", text => WholeHint(text, ulong.MaxValue));

    /// <summary>A number above 0.</summary>
    public static Option<double?> Positive(string name, string description) => Real(name, description, value => value > 0, "positive");

    /// <summary>A number of 0 or more.</summary>
    public static Option<double?> NotNegative(string name, string description) => Real(name, description, value => value >= 0, "zero or more");

    /// <summary>A share: at least 0 and below 1.</summary>
    public static Option<double?> BelowOne(string name, string description) =>
        Real(name, description, value => value is >= 0 and < 1, "at least 0 and below 1");

    /// <summary>A factor: above 0 and at most 1.</summary>
    public static Option<double?> UpToOne(string name, string description) =>
        Real(name, description, value => value is > 0 and <= 1, "above 0 and at most 1");

    /// <summary>One of these words.</summary>
    public static Option<string?> OneOf(string name, string description, IReadOnlyList<string> words)
    {
        var option = Make<string?>(name, $"{description}: {string.Join(", ", words)}", "NAME", text => words.FirstOrDefault(word => word == text),
            $"one of {string.Join(", ", words)}", text => Nearest.Question(text, words));
        option.CompletionSources.Add(_ => words.Select(word => new CompletionItem(word)));
        return option;
    }

    private static Option<double?> Real(string name, string description, Func<double, bool> accept, string right) =>
        Make<double?>(name, description, "X", text =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) && accept(value) ? value : null,
            right, Hint);

    /// <summary>
    /// What is wrong with a text that is no number; empty for a number. In many countries a comma is the decimal sign; on
    /// command lines it is the point everywhere.
    /// </summary>
    public static string Hint(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? double.IsFinite(value) ? "" : $"; {text} is not a finite number"
            : text.Count(c => c == ',') == 1 && text.Replace(',', '.') is var point && double.TryParse(point, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
                ? $"; the decimal sign is a point: {point}" : $"; {text} is not a number";

    /// <summary>What is wrong with a text that is no whole number, or too large a one; empty for others.</summary>
    private static string WholeHint(string text, ulong most) =>
        !double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out double value) ? Hint(text)
            : Grouped().IsMatch(text) ? $"; digits are written without separators: {text.Replace(",", "", StringComparison.Ordinal)}"
            : text.Contains(',') ? $"; {text} is not a number"
            : value > most ? string.Create(CultureInfo.InvariantCulture, $"; the largest is {most}") : "";

    [GeneratedRegex(@"^\d{1,3}(,\d{3})+$")]
    private static partial Regex Grouped();

    /// <summary>An option with one value, null when it is not given or not right; an error may end in a hint that depends on the value.</summary>
    public static Option<T> Make<T>(string name, string description, string placeholder, Func<string, T> parse, string right, Func<string, string>? hint = null) => new(name)
    {
        Description = description,
        HelpName = placeholder,
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            T value = parse(result.Tokens[0].Value);
            if (value is null)
                result.AddError($"{name} must be {right}, got {result.Tokens[0].Value}{hint?.Invoke(result.Tokens[0].Value)}");
            return value;
        },
    };
}
