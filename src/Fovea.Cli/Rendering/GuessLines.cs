using Fovea.Metrics;
using Spectre.Console;

namespace Fovea.Cli.Rendering;

/// <summary>A class and how probable a model thinks it.</summary>
/// <param name="Class">Its name.</param>
/// <param name="Probability">In [0, 1].</param>
internal sealed record Guess(string Class, double Probability)
{
    /// <summary>The most probable classes, best first.</summary>
    public static Guess[] Best(ReadOnlySpan<float> probabilities, IReadOnlyList<string> classNames, int count)
    {
        int[] top = Ranking.Top(probabilities, count);
        var guesses = new Guess[top.Length];
        for (int i = 0; i < top.Length; i++)
            guesses[i] = new Guess(classNames[top[i]], probabilities[top[i]]);
        return guesses;
    }
}

/// <summary>Writes ranked guesses, with bars where a person looks.</summary>
internal static class GuessLines
{
    private const int BarWidth = 24;
    private const string Eighths = " ▏▎▍▌▋▊▉█";

    /// <summary>Writes one line a guess.</summary>
    public static void Write(Terminal terminal, IReadOnlyList<Guess> guesses)
    {
        int width = guesses.Max(guess => Printable.Escape(guess.Class).Length);
        foreach (Guess guess in guesses)
        {
            string name = Printable.Escape(guess.Class).PadRight(width), percent = Format.Percent(guess.Probability).PadLeft(9);
            if (terminal.ShowsResults)
                terminal.Results.MarkupLine($"  {Markup.Escape(name)}  [{(guess == guesses[0] ? "green" : "blue")}]{Bar(guess.Probability)}[/] {percent}");
            else
                terminal.Print($"  {name}  {percent}");
        }
    }

    /// <summary>A bar of fixed width, precise to an eighth of a character.</summary>
    internal static string Bar(double share)
    {
        int eighths = (int)Math.Round(Math.Clamp(share, 0, 1) * BarWidth * 8);
        string bar = new('█', eighths / 8);
        if (eighths % 8 > 0)
            bar += Eighths[eighths % 8];
        return bar.PadRight(BarWidth);
    }
}
