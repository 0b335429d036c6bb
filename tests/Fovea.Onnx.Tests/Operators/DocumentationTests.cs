using System.Text.RegularExpressions;
using Fovea.Onnx.Operators;

namespace Fovea.Onnx.Tests.Operators;

/// <summary>docs/onnx.md lists just the operators that there are.</summary>
public partial class DocumentationTests
{
    [Fact]
    public void The_table_of_operators_is_complete()
    {
        string text = System.IO.File.ReadAllText(File()).Split("## Operators")[1].Split("### ")[0];
        IEnumerable<string> listed = Rows().Matches(text[text.IndexOf("| family", StringComparison.Ordinal)..])
            .Select(match => $"{match.Groups[1].Value}{match.Groups[2].Value}");
        IEnumerable<string> known = OperatorTable.All
            .GroupBy(definition => definition.Name)
            .Select(versions => $"{versions.Key} {string.Join(' ', versions.Select(version => version.Since))}");
        Assert.Equal(known.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    /// <summary>The page's path.</summary>
    internal static string File()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (System.IO.File.Exists(Path.Combine(folder, "docs", "onnx.md")))
                return Path.Combine(folder, "docs", "onnx.md");
        throw new FileNotFoundException("docs/onnx.md");
    }

    [GeneratedRegex("`([A-Z][A-Za-z0-9]+)`((?: \\d+)+)")]
    private static partial Regex Rows();
}
