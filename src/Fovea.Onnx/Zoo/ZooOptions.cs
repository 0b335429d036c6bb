using Fovea.Data;

namespace Fovea.Onnx.Zoo;

/// <summary>Where fetched models lie, and how they get there.</summary>
public sealed record ZooOptions
{
    /// <summary>The folder that holds one folder a model; <c>zoo</c> in the user's cache by default, see <see cref="DatasetOptions.CacheDirectory"/>.</summary>
    public string Directory { get; init; } = Path.Combine(new DatasetOptions().CacheDirectory, "zoo");

    /// <summary>Where NuGet keeps packages, which are looked at before one is downloaded: NUGET_PACKAGES, or <c>.nuget/packages</c> in the user's folder.</summary>
    public string PackageDirectory { get; init; } = DefaultPackageDirectory();

    /// <summary>Told how far a download has come.</summary>
    public Action<DownloadProgress>? Progress { get; init; }

    /// <summary>What downloads.</summary>
    internal Downloader Downloader { get; init; } = new();

    private static string DefaultPackageDirectory()
    {
        string? folder = Environment.GetEnvironmentVariable("NUGET_PACKAGES");
        return !string.IsNullOrEmpty(folder) ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".nuget", "packages");
    }
}
