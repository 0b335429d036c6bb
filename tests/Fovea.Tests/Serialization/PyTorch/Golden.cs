using System.Text.Json;

namespace Fovea.Tests.Serialization.PyTorch;

/// <summary>The files that tools/golden/pytorch.py wrote.</summary>
internal static class Golden
{
    public static JsonElement Files { get; } = GoldenFile.Read("pytorch");

    /// <summary>Those that are not refused, to be damaged.</summary>
    public static IEnumerable<(string Name, byte[] File)> Seeds => Files.EnumerateObject().Where(file => file.Value.TryGetProperty("tensors", out _)).Select(file => (file.Name, File(file.Name)));

    public static byte[] File(string name) => Files.GetProperty(name).GetProperty("file").GetBytesFromBase64();
}
