using System.Text.Json;

namespace Fovea.Tests.Serialization.PyTorch;

/// <summary>The files that tools/golden/pytorch.py wrote.</summary>
internal static class Golden
{
    public static JsonElement Files { get; } = GoldenFile.Read("pytorch");

    public static byte[] File(string name) => Files.GetProperty(name).GetProperty("file").GetBytesFromBase64();
}
