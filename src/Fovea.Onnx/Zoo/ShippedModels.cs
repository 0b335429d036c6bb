using Fovea.Serialization;

namespace Fovea.Onnx.Zoo;

/// <summary>
/// Small trained models that come with the library and need no download: <c>lenet5-mnist</c>, <c>lenet5-digits</c>,
/// <c>shapes</c> and <c>smileys</c>. <c>tools/zoo/ship.py</c> says how each was made; <see cref="Model.Info"/> says what it reaches.
/// </summary>
public static class ShippedModels
{
    private const string Prefix = "Fovea.Zoo.";
    private const string Suffix = ".safetensors";

    /// <summary>Their names, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(ShippedModels).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..^Suffix.Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Reads one; every call gives a model of its own.</summary>
    /// <param name="name">Its name, in any case.</param>
    /// <exception cref="ArgumentException">No such model is shipped; the message lists those that are.</exception>
    public static Model Load(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        using Stream stream = Find(name) is { } known
            ? typeof(ShippedModels).Assembly.GetManifestResourceStream(Prefix + known + Suffix)!
            : throw new ArgumentException($"no model {Printable.Quote(name)} is shipped{Nearest.Question(name, Names)}; shipped are {string.Join(", ", Names)}", nameof(name));
        return ModelFile.Load(stream);
    }

    /// <summary>The name as it is written here; null if no model is called so.</summary>
    internal static string? Find(string name) => Names.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
}
