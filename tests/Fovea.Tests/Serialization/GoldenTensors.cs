namespace Fovea.Tests.Serialization;

/// <summary>The files that tools/golden/safetensor_files.py wrote.</summary>
internal static class GoldenTensors
{
    public static byte[] Read(string name)
    {
        using Stream stream = typeof(GoldenTensors).Assembly.GetManifestResourceStream(name + ".golden.safetensors")
            ?? throw new FileNotFoundException($"no golden file '{name}'");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}

/// <summary>A folder that goes with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fovea-");

    public string File(string name) => Path.Combine(_folder.FullName, name);

    public string[] Names => [.. _folder.GetFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Delete(recursive: true);
}
