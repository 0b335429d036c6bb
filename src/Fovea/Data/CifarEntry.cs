using System.Formats.Tar;
using System.IO.Compression;

namespace Fovea.Data;

/// <summary>A data set published as CIFAR-10's binary version is: a compressed archive of one folder.</summary>
internal sealed class CifarEntry : DatasetEntry
{
    /// <summary>The folder in the archive, and below the data set's own.</summary>
    internal const string Folder = "cifar-10-batches-bin";

    private const string NamesFile = "batches.meta.txt", TestFile = "test_batch.bin";
    private const long MaxBatchBytes = 10_000 * 3073, MaxOtherBytes = 1 << 20;
    private const int MaxEntries = 64;

    private static readonly string[] TrainFiles = [.. Enumerable.Range(1, 5).Select(batch => $"data_batch_{batch}.bin")];

    internal override bool Has(string folder, DatasetSplit split) => Present(folder, split).Length > 0;

    internal override bool IsComplete(string folder) =>
        Present(folder, DatasetSplit.Train).Length == TrainFiles.Length && Has(folder, DatasetSplit.Test);

    internal override MemoryDataset Open(string folder, DatasetSplit split, Action<string>? note)
    {
        string[] present = Present(folder, split);
        string names = Path.Combine(folder, Folder, NamesFile);
        MemoryDataset dataset = CifarReader.Read(
            [.. present.Select(file => Path.Combine(folder, Folder, file))], NameOf(split),
            File.Exists(names) ? CifarReader.ReadClassNames(names) : ClassNames);
        string[] missing = [.. FilesOf(split).Except(present)];
        if (missing.Length > 0)
            note?.Invoke($"{dataset.Name}: {dataset.Count} of {TrainCount} images; {Path.Combine(folder, Folder)} lacks {string.Join(", ", missing)}");
        return dataset;
    }

    internal override async Task FetchAsync(string folder, DatasetOptions options, CancellationToken cancellation)
    {
        if (IsComplete(folder))
            return;
        foreach (DatasetDownload file in Downloads)
        {
            string archive = await options.Downloader.DownloadAsync(file, folder, options.Progress, cancellation).ConfigureAwait(false);
            try
            {
                using (FileStream content = InputFile.Open(archive))
                    Unpack(content, archive, Path.Combine(folder, Folder));
                File.Delete(archive);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new DownloadException($"cannot unpack {archive}: {e.Message.TrimEnd('.')}", e);
            }
        }
    }

    /// <summary>
    /// Unpacks the batches and the class names from a .tar.gz into a folder. An entry's name is only compared with the
    /// few that are expected, never used as a path, and no entry may be larger than it should be.
    /// </summary>
    /// <exception cref="DataFormatException">The archive is damaged, or not the one expected.</exception>
    internal static void Unpack(Stream archive, string name, string folder)
    {
        Directory.CreateDirectory(folder);
        string[] expected = [.. TrainFiles, TestFile, NamesFile];
        var found = new HashSet<string>();
        try
        {
            using var inflated = new GZipStream(archive, CompressionMode.Decompress, leaveOpen: true);
            using var reader = new TarReader(inflated);
            for (int count = 0; reader.GetNextEntry() is { } entry; count++)
            {
                string? file = Array.Find(expected, candidate => entry.Name == $"{Folder}/{candidate}");
                long limit = file is null || file == NamesFile ? MaxOtherBytes : MaxBatchBytes;
                if (count >= MaxEntries || entry.Length > limit)
                    throw new DataFormatException($"{name}: entry {count} has {entry.Length} bytes; at most {MaxEntries} entries, this one of at most {limit} bytes, are expected");
                if (file is null || entry.DataStream is null || entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
                    continue;
                Write(entry.DataStream, Path.Combine(folder, file));
                found.Add(file);
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or ArgumentException or OverflowException or NotSupportedException or InvalidOperationException)
        {
            throw new DataFormatException($"{name}: the archive is damaged; delete it and fetch it again", e);
        }
        if (expected.FirstOrDefault(file => !found.Contains(file)) is { } missing)
            throw new DataFormatException($"{name}: lacks {Folder}/{missing}; this is not the binary version of CIFAR-10");
    }

    /// <summary>Under a name of its own until it is whole.</summary>
    private static void Write(Stream content, string path)
    {
        string part = path + ".part";
        using (FileStream file = File.Create(part))
        {
            content.CopyTo(file);
            file.Flush(flushToDisk: true);
        }
        File.Move(part, path, overwrite: true);
    }

    private static string[] FilesOf(DatasetSplit split) => split == DatasetSplit.Train ? TrainFiles : [TestFile];

    private static string[] Present(string folder, DatasetSplit split) =>
        [.. FilesOf(split).Where(file => File.Exists(Path.Combine(folder, Folder, file)))];
}
