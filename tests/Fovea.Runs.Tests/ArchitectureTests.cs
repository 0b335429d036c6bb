using System.Text.RegularExpressions;

namespace Fovea.Runs.Tests;

/// <summary>What the library may know of: no terminal, no command line, and of its own folders those below.</summary>
public partial class ArchitectureTests
{
    /// <summary>From below: each may use those before it.</summary>
    private static readonly string[] Order = ["", "Text", "Settings", "Datasets", "Models", "Evaluation", "Prediction", "Pages", "Training", "Series", "Reports"];

    [Fact]
    public void It_refers_to_Fovea_and_the_runtime_alone()
    {
        string[] others = [.. typeof(RunEvent).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name!).Where(name => !name.StartsWith("System.", StringComparison.Ordinal))];
        Assert.Equal(["Fovea", "Fovea.Imaging"], others.Order());
        Assert.DoesNotContain(typeof(RunEvent).Assembly.GetReferencedAssemblies(), assembly => assembly.Name is "System.CommandLine" or "System.Console");
    }

    [Fact]
    public void Folders_are_namespaces_and_use_those_below()
    {
        string root = FindSource();
        string[] files = [.. Directory.GetFiles(root, "*.cs", SearchOption.AllDirectories).Where(file => !Path.GetRelativePath(root, file).StartsWith("obj", StringComparison.Ordinal))];
        Assert.True(files.Length > 40);
        foreach (string file in files)
        {
            string folder = Path.GetDirectoryName(Path.GetRelativePath(root, file))!, text = File.ReadAllText(file);
            Assert.Contains($"namespace Fovea.Runs{(folder.Length == 0 ? "" : ".")}{folder};", text, StringComparison.Ordinal);
            int level = Array.IndexOf(Order, folder);
            Assert.True(level >= 0, folder);
            foreach (Match match in Uses().Matches(text))
                Assert.True(Array.IndexOf(Order, match.Groups[1].Value) is >= 0 and var used && used < level, $"{file} uses {match.Groups[1].Value}");
        }
    }

    [GeneratedRegex(@"^using Fovea\.Runs\.(\w+);", RegexOptions.Multiline)]
    private static partial Regex Uses();

    private static string FindSource()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Fovea.slnx")))
            folder = folder.Parent;
        return Path.Combine(folder!.FullName, "src", "Fovea.Runs");
    }
}
