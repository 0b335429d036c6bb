using System.IO.Compression;
using Fovea.Data;

namespace Fovea.Imaging.Folders.Tree;

/// <summary>A zip archive, read in place.</summary>
internal static class ZipTree
{
    /// <summary>The most that an archive may unpack to, as a multiple of its size: images hardly shrink at all.</summary>
    public const int MaxInflation = 256;

    /// <summary>What any archive may unpack to.</summary>
    public const long AlwaysAllowed = 64L << 20;

    /// <summary>No byte of deflated data stands for more.</summary>
    private const long MaxOfDeflate = 1032;

    private const string SaysTooMuch = "the archive holds less of it than it says";
    private const int FileType = 0xF000, LinkType = 0xA000;

    /// <exception cref="DataFormatException">The archive is damaged, encrypted, or unpacks to far too much.</exception>
    public static SourceTree Read(FileStream file, string path, FileAccount account)
    {
        var names = new ArchiveNames(path, account);
        ZipArchive zip;
        long most = Math.Max(AlwaysAllowed, MaxInflation * file.Length), left = most;
        try
        {
            zip = new ZipArchive(file, ZipArchiveMode.Read);
            foreach (ZipArchiveEntry entry in zip.Entries)
            {
                if (entry.IsEncrypted)
                    throw new DataFormatException($"{path}: encrypted; right would be an archive without a password");
                if (entry.FullName.EndsWith('/') || entry.FullName.EndsWith('\\'))
                    names.AddFolder(entry.FullName);
                else if (((entry.ExternalAttributes >> 16) & FileType) == LinkType)
                    names.Skip(entry.FullName, "a link in an archive");
                else if (names.PathFor(entry.FullName) is { } name)
                {
                    names.Add(new ZippedFile(name, entry, zip, file.Length));
                    if ((left -= entry.Length) < 0)
                        throw new DataFormatException($"{path}: its {file.Length} bytes would unpack to more than {most}, {MaxInflation} times as many; no archive of images does");
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ArgumentException or OverflowException or NotSupportedException)
        {
            throw new DataFormatException($"{path}: the zip archive is damaged or incomplete", e);
        }
        names.Root.Sort();
        return new SourceTree(path, names.Root, IsArchive: true, zip);
    }

    /// <summary>An entry. The archive has one position, so only one entry is read at a time.</summary>
    private sealed class ZippedFile(string path, ZipArchiveEntry entry, ZipArchive zip, long archiveBytes) : ArchivedFile(path, entry.Length)
    {
        protected override byte[] ReadAll()
        {
            if (entry.Length > MaxOfDeflate * Math.Min(entry.CompressedLength, archiveBytes))
                throw new ImageFormatException(SaysTooMuch);
            var bytes = new byte[entry.Length];
            return Unpack(stream => stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length ? bytes
                : throw new ImageFormatException(SaysTooMuch));
        }

        public override bool BeginsAsImage() => Unpack(ImageFile.IsImage);

        private T Unpack<T>(Func<Stream, T> read)
        {
            lock (zip)
            {
                try
                {
                    using Stream stream = entry.Open();
                    return read(stream);
                }
                catch (InvalidDataException e)
                {
                    throw new ImageFormatException("damaged in the archive, or packed in a way that is not known", e);
                }
            }
        }
    }
}
