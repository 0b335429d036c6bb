namespace Fovea.Data;

/// <summary>Where the catalogue looks for data sets, and what it may do when they are missing.</summary>
public sealed record DatasetOptions
{
    /// <summary>Looked into first, and where downloads go; nothing by default. It holds one folder a data set.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Looked into next; the environment variable FOVEA_DATA by default.</summary>
    public string? SharedDirectory { get; init; } = Environment.GetEnvironmentVariable("FOVEA_DATA");

    /// <summary>
    /// Looked into last, and where downloads go without <see cref="DataDirectory"/>: <c>fovea</c> in XDG_CACHE_HOME
    /// or, if that is not set, in the user's folder for local application data.
    /// </summary>
    public string CacheDirectory { get; init; } = DefaultCacheDirectory();

    /// <summary>Whether what is missing is downloaded.</summary>
    public bool Download { get; init; } = true;

    /// <summary>What downloads.</summary>
    internal Downloader Downloader { get; init; } = new();

    /// <summary>Told how far a download has come.</summary>
    public Action<DownloadProgress>? Progress { get; init; }

    /// <summary>Told what is worth knowing but no error, one line each.</summary>
    public Action<string>? Note { get; init; }

    internal string DownloadDirectory => string.IsNullOrEmpty(DataDirectory) ? CacheDirectory : DataDirectory;

    internal IEnumerable<string> Directories =>
        new[] { DataDirectory, SharedDirectory, CacheDirectory }.OfType<string>().Where(folder => folder.Length > 0).Distinct();

    private static string DefaultCacheDirectory()
    {
        string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(cache))
            cache = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        // A process without a home still has somewhere to write.
        return Path.Combine(cache.Length > 0 ? cache : Path.GetTempPath(), "fovea");
    }
}
