using Fovea.Data;
using Fovea.Serialization;

namespace Fovea.Onnx.Zoo;

/// <summary>
/// The well-known networks by name. Each is made by the preset of its name; published weights are fetched once, checked
/// against their hash, and kept in the user's cache.
/// </summary>
public static class ZooCatalog
{
    /// <summary>All networks, oldest family first.</summary>
    public static IReadOnlyList<ZooEntry> Entries { get; } = ZooTable.All;

    /// <summary>The entry of this name; case does not matter, nor whether its parts are joined by <c>-</c>, <c>_</c> or <c>.</c>.</summary>
    /// <exception cref="ArgumentException">There is none; the message says which is near.</exception>
    public static ZooEntry Find(string name) => TryFind(name)
        ?? throw new ArgumentException($"the zoo has no network '{Printable.Escape(name)}'{Nearest.Question(name, Entries.Select(entry => entry.Name))}; 'fovea zoo list' shows all", nameof(name));

    /// <summary>The entry of this name, or null; see <see cref="Find"/>.</summary>
    public static ZooEntry? TryFind(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Entries.FirstOrDefault(entry => Plain(entry.Name) == Plain(name));
    }

    /// <summary>The file of a model whose weights were fetched, or null if they were not.</summary>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static string? Locate(string name, ZooOptions? options = null)
    {
        ZooEntry entry = Find(name);
        return entry.Weights is { } weights && Path.Combine(FolderOf(entry, options ?? new ZooOptions()), weights.FileName) is var path && File.Exists(path) ? path : null;
    }

    /// <summary>Makes sure that a model's file is in the cache, and returns its path: a model of Fovea's, or <c>.onnx</c>.</summary>
    /// <exception cref="ArgumentException">The name is unknown, or nobody publishes weights of it.</exception>
    /// <exception cref="DownloadException">The weights cannot be had, or are not the right ones; the message says what to do by hand.</exception>
    /// <exception cref="ModelFormatException">The file does not hold the network's weights.</exception>
    /// <exception cref="OperationCanceledException">The download was cancelled; it goes on from there next time.</exception>
    public static Task<string> FetchAsync(string name, ZooOptions? options = null, CancellationToken cancellation = default) =>
        FetchAsync(Find(name), options ?? new ZooOptions(), cancellation);

    internal static async Task<string> FetchAsync(ZooEntry entry, ZooOptions options, CancellationToken cancellation)
    {
        if (entry.Weights is not { } weights)
            throw new ArgumentException($"no weights of {entry.Name} are published; 'fovea train DATA --model {entry.Name}' trains it");
        string folder = FolderOf(entry, options), path = Path.Combine(folder, weights.FileName);
        if (File.Exists(path))
            return path;
        try
        {
            await weights.FetchAsync(entry, folder, options, cancellation).ConfigureAwait(false);
        }
        catch (DownloadException error)
        {
            throw new DownloadException($"{entry.Name} cannot be fetched: {error.Message}; to do it by hand, put {weights.Url} into {Path.GetFullPath(folder)} and ask again", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new DownloadException($"{entry.Name} cannot be stored in {folder}: {error.Message}", error);
        }
        return path;
    }

    private static string FolderOf(ZooEntry entry, ZooOptions options) => Path.Combine(options.Directory, entry.Name);

    private static string Plain(string name) => name.ToLowerInvariant().Replace('-', '_').Replace('.', '_');
}
