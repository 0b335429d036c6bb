using Fovea.Imaging;
using Fovea.Runs.Text;
using Spectre.Console;

namespace Fovea.Cli.Rendering;

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
