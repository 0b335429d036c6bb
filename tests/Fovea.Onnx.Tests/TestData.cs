namespace Fovea.Onnx.Tests;

/// <summary>Finds the real data that some tests use: FOVEA_DATA, else shared/data beside a parent of the test assembly.</summary>
internal static class TestData
{
    /// <summary>The folder of this name below the real data, or null, saying so, where it is absent.</summary>
    public static string? Folder(string name)
    {
        string? found = Roots().Select(root => Path.Combine(root, name)).FirstOrDefault(Directory.Exists);
        if (found is null)
            Console.WriteLine($"skipped: no real data '{name}'; set FOVEA_DATA");
        return found;
    }

    private static IEnumerable<string> Roots()
    {
        if (Environment.GetEnvironmentVariable("FOVEA_DATA") is { Length: > 0 } root)
            yield return root;
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            yield return Path.Combine(folder, "shared", "data");
    }
}
