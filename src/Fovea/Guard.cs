using System.Globalization;

namespace Fovea;

/// <summary>Checks of hyper-parameters. Each returns the value or throws one clear line, without a parameter's name behind it.</summary>
internal static class Guard
{
    public static double Positive(double value, string what) =>
        double.IsFinite(value) && value > 0 ? value : throw Wrong(what, "positive", value);

    public static double NotNegative(double value, string what) =>
        double.IsFinite(value) && value >= 0 ? value : throw Wrong(what, "zero or more", value);

    public static double Finite(double value, string what) =>
        double.IsFinite(value) ? value : throw Wrong(what, "a finite number", value);

    /// <summary>A share or a rate that must not reach 1: [0, 1).</summary>
    public static double BelowOne(double value, string what) =>
        value is >= 0 and < 1 ? value : throw Wrong(what, "at least 0 and below 1", value);

    /// <summary>A share: [0, 1].</summary>
    public static double Share(double value, string what) =>
        value is >= 0 and <= 1 ? value : throw Wrong(what, "from 0 to 1", value);

    /// <summary>A factor of decay: (0, 1].</summary>
    public static double UpToOne(double value, string what) =>
        value is > 0 and <= 1 ? value : throw Wrong(what, "above 0 and at most 1", value);

    /// <summary>A number in a range, both ends included.</summary>
    public static double Between(double value, double low, double high, string what) =>
        value >= low && value <= high ? value : throw Wrong(what, string.Create(CultureInfo.InvariantCulture, $"from {low} to {high}"), value);

    public static double Above(double value, double bound, string what) =>
        value > bound ? value : throw Wrong(what, string.Create(CultureInfo.InvariantCulture, $"above {bound}"), value);

    public static double AtLeastOne(double value, string what) =>
        double.IsFinite(value) && value >= 1 ? value : throw Wrong(what, "1 or more", value);

    public static int AtLeastOne(int value, string what) => value >= 1 ? value : throw Wrong(what, "1 or more", value);

    /// <summary>The error for a name that a factory does not know.</summary>
    public static ArgumentException Unknown(string kind, string name, IReadOnlyList<string> known) =>
        new($"unknown {kind} '{Printable.Escape(name)}'{Nearest.Question(name, known)}; known are {string.Join(", ", known)}");

    private static ArgumentException Wrong(string what, string right, double value) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{what} must be {right}, got {value}"));
}
