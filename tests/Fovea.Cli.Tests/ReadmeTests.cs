using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Fovea.Cli.Tests;

/// <summary>The README's examples are the samples' sources, and the samples do what it says.</summary>
public partial class ReadmeTests
{
    private static readonly string Root = FindRoot();

    [Fact]
    public void The_examples_are_the_samples_sources()
    {
        MatchCollection examples = CSharpBlock().Matches(File.ReadAllText(Path.Combine(Root, "README.md")));
        Assert.Equal(((string[])["Photos", "QuickStart"]).Select(Source), examples.Select(example => example.Groups[1].Value.Trim()));
        Assert.InRange(Lines(examples[0].Groups[1].Value), 5, 10);
        Assert.InRange(Lines(examples[1].Groups[1].Value), 5, 16);

        static string Source(string sample) => File.ReadAllText(Path.Combine(Root, "samples", sample, "Program.cs")).Trim();
        static int Lines(string text) => text.Split('\n').Count(line => line.Trim().Length > 0);
    }

    [Fact]
    public async Task The_first_sample_trains_a_classifier_and_classifies_with_it()
    {
        using var folder = new TemporaryFolder();
        CommandRun.Of("data", "export", "shapes", "--limit", "90", "--out", folder["photos"]).Succeeds();
        Directory.CreateDirectory(folder["new"]);
        File.Copy(Directory.GetFiles(Path.Combine(folder["photos"], "circle")).Order().First(), folder["new/one.png"]);

        string output = await Run("Photos", folder);

        Assert.True(File.Exists(folder["photos.safetensors"]));
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.StartsWith(Path.Join("new", "one.png") + ": ", line, StringComparison.Ordinal));
        Assert.Equal(
            CommandRun.Of("predict", folder["photos.safetensors"], folder["new/one.png"], "--json").Succeeds().Json()
                .GetProperty("predictions")[0].GetProperty("guesses").EnumerateArray().Take(3).Select(guess => guess.GetProperty("class").GetString()),
            lines.Select(line => line.Split(' ')[1]));
    }

    [Fact]
    public async Task The_second_sample_trains_a_network_and_saves_it()
    {
        using var folder = new TemporaryFolder();
        string output = await Run("QuickStart", folder);
        double accuracy = double.Parse(Accuracy().Match(output).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(accuracy, 90, 100);
        Assert.True(File.Exists(Path.Combine(folder.Path, "digits.safetensors")));
    }

    private static async Task<string> Run(string sample, TemporaryFolder folder)
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        string path = Path.Combine(Root, "samples", sample, "bin", configuration, "net10.0", sample + ".dll");
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [path])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return output;
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex("accuracy ([0-9.]+)")]
    private static partial Regex Accuracy();

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Fovea.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("the tests do not lie in a checkout");
    }
}
