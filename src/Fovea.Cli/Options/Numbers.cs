using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;

namespace Fovea.Cli.Options;

/// <summary>Options that take numbers or names, and say in one line what would be right.</summary>
internal static class Numbers
{
    /// <summary>A whole number of at least <paramref name="least"/>.</summary>
    public static Option<int?> Whole(string name, string description, int least = 1, string placeholder = "N") =>
        Make<int?>(name, description, placeholder, text =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least ? value : null,
            least == 1 ? "a positive whole number" : $"a whole number from {least} on");

    /// <summary>A seed.</summary>
    public static Option<ulong?> Seed(string name, string description) =>
        Make<ulong?>(name, description, "N", text =>
            ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? value : null,
            "a whole number from 0 on");

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
            right, PointQuestion);

    /// <summary>In many countries a comma is the decimal sign; on command lines it is the point everywhere.</summary>
    private static string PointQuestion(string text) =>
        text.Count(c => c == ',') == 1 && text.Replace(',', '.') is var point && double.TryParse(point, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? $"; the decimal sign is a point: {point}" : "";

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
