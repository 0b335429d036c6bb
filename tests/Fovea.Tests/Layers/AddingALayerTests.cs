using System.Text.RegularExpressions;

namespace Fovea.Tests.Layers;

/// <summary>docs/adding-a-layer.md counts right, and what it shows is there.</summary>
public partial class AddingALayerTests
{
    private static readonly string Root = FindRoot();
    private static readonly string Page = File.ReadAllText(Path.Combine(Root, "docs/adding-a-layer.md"));

    [Theory]
    [InlineData("An activation", "LeakyReLU", 4)]
    [InlineData("Any other layer", "LocalResponseNorm", 6)]
    public void The_places_are_as_many_as_it_says_and_all_that_name_the_layer(string heading, string layer, int count)
    {
        Assert.Contains("An activation touches four places, any other layer at most six.", Page, StringComparison.Ordinal);
        string section = Section(heading);
        string[] places = [.. Place().Matches(section).Select(match => match.Groups[1].Value)];
        Assert.Equal(count, places.Length);
        Assert.All(places, place => Assert.True(Names(place, layer), $"{place} does not name {layer}"));

        // Every other file that names it is one of those which the page says no test asks for, or none that is needed: a user of the layer.
        string[] engine = [.. Directory.EnumerateFiles(Path.Combine(Root, "src/Fovea"), "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            // Presets are made of layers, and no place to add one.
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/Presets/", StringComparison.Ordinal) && Names(path, layer))
            .Except(places).Where(path => !Section("Where it helps").Contains($"`{path}`", StringComparison.Ordinal))];
        // PReLU is a leaky rectifier whose slope is learned.
        Assert.Equal(layer == "LeakyReLU" ? ["src/Fovea/Execution/Sliced/Operators/PReLUOperator.cs"] : [], engine);
    }

    [Fact]
    public void Every_file_that_it_names_is_there()
    {
        Assert.All(
            NamedFile().Matches(Page).Select(match => match.Groups[1].Value),
            path => Assert.True(File.Exists(Path.Combine(Root, path)) || Directory.Exists(Path.Combine(Root, path)), path));
    }

    /// <summary>The code blocks are the source, line for line where they show a whole type.</summary>
    [Theory]
    [InlineData("src/Fovea/Layers/LeakyReLU.cs", "public sealed record LeakyReLU")]
    [InlineData("src/Fovea/Kernels/Elementwise/LeakyReLUFunction.cs", "internal readonly struct LeakyReLUFunction")]
    [InlineData("src/Fovea/Layers/LayerTable.cs", "Line<LeakyReLU>")]
    [InlineData("src/Fovea/Execution/Sliced/OperatorTable.cs", "LocalResponseNorm layer")]
    [InlineData("tests/Fovea.Tests/Layers/ActivationCases.cs", "Case(new LeakyReLU(0.2)")]
    [InlineData("src/Fovea/Layers/PReLU.cs", "new ParameterSpec(\"weight\"")]
    [InlineData("samples/CustomLayer/ChannelScale.cs", "LayerRegistry.Add<ChannelScale>")]
    [InlineData("samples/CustomLayer/ChannelScaleOperator.cs", "Channel(slice.Output, c)")]
    public void What_it_shows_is_the_source(string path, string mark)
    {
        string block = Block().Matches(Page).Select(match => match.Groups[1].Value).First(code => code.Contains(mark, StringComparison.Ordinal));
        Assert.Contains(Lines(block), Lines(File.ReadAllText(Path.Combine(Root, path))), StringComparison.Ordinal);

        static string Lines(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));
    }

    private static bool Names(string path, string layer) =>
        Regex.IsMatch(File.ReadAllText(Path.Combine(Root, path)), $@"\b{layer}(Function|Operator)?\b");

    private static string Section(string heading)
    {
        int start = Page.IndexOf($"\n## {heading}\n", StringComparison.Ordinal) + 1, end = Page.IndexOf("\n## ", start, StringComparison.Ordinal);
        Assert.True(start > 0, heading);
        return end < 0 ? Page[start..] : Page[start..end];
    }

    [GeneratedRegex(@"^\| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Place();

    [GeneratedRegex("`((?:src|tests|tools|docs)/[^`]+)`")]
    private static partial Regex NamedFile();

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Fovea.slnx")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new FileNotFoundException("Fovea.slnx");
    }
}
