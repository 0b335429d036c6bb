using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Fovea.Cli.Tests;

/// <summary>The README's example is the sample's source, and the sample does what it says.</summary>
public partial class ReadmeTests
{
    private static readonly string Root = FindRoot();

    [Fact]
    public void The_example_is_the_samples_source()
    {
        string readme = File.ReadAllText(Path.Combine(Root, "README.md"));
        string example = CSharpBlock().Match(readme).Groups[1].Value;
        Assert.Equal(File.ReadAllText(Path.Combine(Root, "samples", "QuickStart", "Program.cs")).Trim(), example.Trim());
        Assert.InRange(example.Trim().Split('\n').Count(line => line.Trim().Length > 0), 5, 15);
    }

    [Fact]
    public async Task The_sample_trains_a_network_and_saves_it()
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        string sample = Path.Combine(Root, "samples", "QuickStart", "bin", configuration, "net10.0", "QuickStart.dll");
        using var folder = new TemporaryFolder();
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [sample])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        double accuracy = double.Parse(Accuracy().Match(output).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(accuracy, 90, 100);
        Assert.True(File.Exists(Path.Combine(folder.Path, "digits.safetensors")));
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
