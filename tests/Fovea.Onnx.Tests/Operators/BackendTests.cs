using Xunit.Abstractions;

namespace Fovea.Onnx.Tests.Operators;

/// <summary>
/// The ONNX project's own backend tests, all that are in the data folder. Those that are not to pass are listed with the
/// reason in docs/onnx.md: one that passes nonetheless, or another that fails, fails here.
/// </summary>
public sealed class BackendTests(ITestOutputHelper output)
{
    [Fact]
    public void All_cases_but_the_listed_ones_come_out_right()
    {
        if (TestData.Folder("onnx") is not { } root)
            return;
        string[] listed = Listed();
        var wrong = new List<string>();
        int right = 0, refused = 0;
        foreach (BackendCase one in BackendCase.All(root))
        {
            string? problem = one.Problem();
            bool isListed = listed.Contains(one.Name);
            if (problem is null && !isListed)
                right++;
            else if (problem is not null && isListed)
                refused++;
            else
                wrong.Add($"{one.Name}: {problem ?? "is listed in docs/onnx.md as not supported, and passes"}");
        }
        output.WriteLine($"{right} cases come out right, {refused} are refused as listed");
        Assert.True(wrong.Count == 0, $"{right} right, {wrong.Count} wrong:\n{string.Join('\n', wrong)}");
    }

    /// <summary>The cases named in backticks at the beginning of table rows of docs/onnx.md.</summary>
    private static string[] Listed() =>
    [
        .. File.ReadLines(DocumentationTests.File())
            .Where(line => line.StartsWith("| `test_", StringComparison.Ordinal))
            .SelectMany(line => line.Split('|')[1].Split(','))
            .Select(name => name.Trim(' ', '`')),
    ];
}
