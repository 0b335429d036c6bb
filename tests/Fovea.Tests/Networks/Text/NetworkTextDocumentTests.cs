using System.Text.RegularExpressions;
using Fovea.Layers;
using Fovea.Networks.Text;
using Fovea.Tensors;

namespace Fovea.Tests.Networks.Text;

/// <summary>The page that explains the form knows every word and setting, and its examples are networks.</summary>
public partial class NetworkTextDocumentTests
{
    private static readonly string Page = File.ReadAllText(Find("docs/networks.md"));

    [Fact]
    public void Examples_are_networks()
    {
        string[] examples = [.. Block().Matches(Page).Select(match => match.Groups[1].Value).Where(block => block.Contains("softmax", StringComparison.Ordinal))];
        Assert.Equal(2, examples.Length);
        Assert.All(examples, example => Assert.Equal(new Shape(4), NetworkText.Parse(example).CreateBlank(classes: 4).OutputShape));
    }

    [Fact]
    public void The_error_that_is_shown_is_the_error()
    {
        string broken = Block().Matches(Page).Select(match => match.Groups[1].Value).Single(block => block.Contains("project", StringComparison.Ordinal))
            .Replace("project: conv 32 1 stride=2", "project: conv 32 1", StringComparison.Ordinal);
        string message = Assert.Throws<NetworkTextException>(() => NetworkText.Parse(broken).CreateBlank(classes: 4)).Message;
        string shown = Shown().Match(Page).Groups[1].Value;
        Assert.StartsWith(shown, message, StringComparison.Ordinal);
    }

    /// <summary>Activations may be missing: the page says how those are written that it does not list.</summary>
    [Fact]
    public void Every_word_and_setting_is_there() => Assert.All(LayerWord.Words.Where(word => !IsActivation(word) || Page.Contains($"`{word}", StringComparison.Ordinal)), word =>
    {
        string row = Assert.Single(Page.Split('\n'), line => Regex.IsMatch(line, $@"^\|.*`{word}[ `]"));
        Assert.All(
            LayerWord.Find(word)!.Fields.Where(field => field.Name is not ("inChannels" or "inFeatures" or "numFeatures" or "numChannels" or "channels")),
            field => Assert.Matches($@"\b{LayerWord.ShortOf(field.Name)}\b", row.Replace("kernelSize", "kernel", StringComparison.Ordinal)));
    });

    private static bool IsActivation(string word) =>
        typeof(Layer).Assembly.GetType($"Fovea.Layers.{LayerWord.Find(word)!.Layer}")!.IsSubclassOf(typeof(Activation));

    [GeneratedRegex("```\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("`net.txt, (.*): …`")]
    private static partial Regex Shown();

    private static string Find(string path)
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, path)))
            folder = Path.GetDirectoryName(folder);
        return Path.Combine(folder ?? throw new FileNotFoundException(path), path);
    }
}
