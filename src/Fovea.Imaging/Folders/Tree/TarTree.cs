using System.Formats.Tar;
using System.IO.Compression;
using Fovea.Data;
using Microsoft.Win32.SafeHandles;

namespace Fovea.Imaging.Folders.Tree;

/// <summary>
/// A tar archive, read in place. Of a compressed one, which can be read from front to back only, the files that may be
/// images are kept in memory while the data set is read.
/// </summary>
internal static class TarTree
{
    /// <summary>Bytes of a header.</summary>
    public const int Block = 512;

    private const int ChecksumAt = 148, ChecksumBytes = 8;

    /// <summary>Whether a file begins as an archive does: its first header's bytes add up to the sum in it.</summary>
    public static bool IsTar(ReadOnlySpan<byte> head)
    {
        if (head.Length < Block)
            return false;
        int sum = ChecksumBytes * ' ', stored = 0;
        for (int i = 0; i < Block; i++)
            if (i is < ChecksumAt or >= ChecksumAt + ChecksumBytes)
                sum += head[i];
            else if (head[i] is >= (byte)'0' and <= (byte)'7')
                stored = stored * 8 + head[i] - '0';
        return sum == stored;
    }

    /// <summary>An archive that is not compressed.</summary>
    /// <exception cref="DataFormatException">The archive is damaged.</exception>
    public static SourceTree Read(FileStream file, string path, FileAccount account)
    {
        long length = file.Length;
        SafeFileHandle handle = file.SafeFileHandle;
        TreeFolder root = ReadEntries(new TarInput(file, long.MaxValue, path), path, account, (name, entry) => entry.Length <= length - entry.DataOffset
            ? new TarredFile(name, handle, entry.DataOffset, entry.Length)
            : throw new EndOfStreamException());
        return new SourceTree(path, root, IsArchive: true, file);
    }

    /// <summary>An archive that is compressed with gzip.</summary>
    /// <exception cref="DataFormatException">The archive is damaged, unpacks to far too much, or does not fit into memory.</exception>
    public static SourceTree ReadCompressed(FileStream file, string path, FileAccount account)
    {
        using (file)
        {
            long most = Math.Max(ZipTree.AlwaysAllowed, ZipTree.MaxInflation * file.Length), memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
            RequireTar(file, path);
            using var inflated = new TarInput(new GZipStream(file, CompressionMode.Decompress), most, path);
            long kept = 0;
            return new SourceTree(path, ReadEntries(inflated, path, account, Keep), IsArchive: true);

            TreeFile Keep(string name, TarEntry entry)
            {
                if (!TreeSieve.MayMatter(name))
                    return new KeptFile(name, []);
                kept += entry.Length;
                if (kept > memory || entry.Length > Array.MaxLength)
                    throw new DataFormatException($"{path}: its images take more than the {memory} bytes of memory that they may; right would be to unpack it");
                return new KeptFile(name, InputFile.ReadToEnd(entry.DataStream ?? Stream.Null, name, entry.Length));
            }
        }
    }

    private static void RequireTar(FileStream file, string path)
    {
        var head = new byte[Block];
        try
        {
            using var inflated = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
            int length = inflated.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            if (!IsTar(head.AsSpan(0, length)))
                throw new DataFormatException($"{path} is compressed with gzip, but no .tar.gz; a data set is a folder, or a .zip, .tar or .tar.gz of one");
        }
        catch (InvalidDataException e)
        {
            throw new DataFormatException($"{path}: the gzip data is damaged", e);
        }
        file.Position = 0;
    }

    private static TreeFolder ReadEntries(TarInput input, string path, FileAccount account, Func<string, TarEntry, TreeFile> make)
    {
        var names = new ArchiveNames(path, account);
        try
        {
            using var reader = new TarReader(input, leaveOpen: true);
            while (Next(reader) is { } entry)
            {
                switch (entry.EntryType)
                {
                    case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                        if (names.PathFor(entry.Name) is { } name)
                            names.Add(make(name, entry));
                        break;
                    case TarEntryType.Directory or TarEntryType.DirectoryList:
                        names.AddFolder(entry.Name);
                        break;
                    case TarEntryType.GlobalExtendedAttributes:
                        break;
                    default:
                        names.Skip(entry.Name, entry.EntryType is TarEntryType.SymbolicLink or TarEntryType.HardLink ? "a link in an archive" : "no file, in an archive");
                        break;
                }
                if (!input.CanSeek)
                    entry.DataStream?.CopyTo(Stream.Null);
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or ArgumentException or OverflowException or NotSupportedException or InvalidOperationException)
        {
            throw new DataFormatException($"{path}: the tar archive is damaged or incomplete", e);
        }
        names.Root.Sort();
        return names.Root;

        TarEntry? Next(TarReader reader)
        {
            input.ReadsHeaders = true;
            TarEntry? entry = reader.GetNextEntry();
            input.ReadsHeaders = false;
            return entry;
        }
    }

    private sealed class TarredFile(string path, SafeFileHandle archive, long offset, long length) : ArchivedFile(path, length)
    {
        protected override byte[] ReadAll() => Read(Length);

        public override bool BeginsAsImage()
        {
            using var head = new MemoryStream(Read(Math.Min(Length, ImageDecoder.HeaderLength)));
            return ImageFile.IsImage(head);
        }

        private byte[] Read(long count)
        {
            var bytes = new byte[count];
            for (int read = 0, more; read < bytes.Length; read += more)
                if ((more = RandomAccess.Read(archive, bytes.AsSpan(read), offset + read)) == 0)
                    throw new EndOfStreamException("the archive ends within it");
            return bytes;
        }
    }

    private sealed class KeptFile(string path, byte[] bytes) : ArchivedFile(path, bytes.Length)
    {
        protected override byte[] ReadAll() => bytes;

        public override bool BeginsAsImage()
        {
            using var head = new MemoryStream(bytes);
            return ImageFile.IsImage(head);
        }
    }
}
