using System.Text.Json;

namespace Fovea.Tests;

/// <summary>Reference values made by a script of the same name under tools/golden, kept beside the tests.</summary>
internal static class GoldenFile
{
    public static JsonElement Read(string name)
    {
        using Stream stream = typeof(GoldenFile).Assembly.GetManifestResourceStream(name + ".golden.json")
            ?? throw new FileNotFoundException($"no golden values '{name}'");
        using JsonDocument document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }

    public static float[] Floats(this JsonElement array) => [.. array.EnumerateArray().Select(x => x.GetSingle())];

    public static double[] Doubles(this JsonElement array) => [.. array.EnumerateArray().Select(x => x.GetDouble())];
}
