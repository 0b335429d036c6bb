using System.CommandLine;
using Fovea.Training;

namespace Fovea.Cli.Options;

/// <summary>The option that has copies of every image judged in its stead.</summary>
internal static class ViewsOption
{
    private const string Right = "flip, shift or flip,shift";

    /// <summary>The option; its value is the views' own name for themselves.</summary>
    /// <param name="purpose">What is judged so.</param>
    public static Option<string?> Make(string purpose) => Numbers.Make<string?>(
        "--tta", $"{purpose} by the mean logits of mirrored copies and of copies moved by a pixel: {Right}", "VIEWS", Name, Right);

    /// <summary>The views; null for none.</summary>
    public static TestTimeViews? Of(string? name) => name is null ? null : TestTimeViews.Parse(name);

    private static string? Name(string text)
    {
        try
        {
            return TestTimeViews.Parse(text).Name;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
