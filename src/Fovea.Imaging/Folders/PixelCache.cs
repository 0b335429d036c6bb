using Microsoft.Win32.SafeHandles;

namespace Fovea.Imaging.Folders;

/// <summary>
/// Images as bytes, all of one length: in memory as far as a budget reaches, the others in a temporary file that vanishes
/// with the process. Different images may be written, and any read, from many threads at once.
/// </summary>
internal sealed class PixelCache
{
    private const int ChunkBytes = 1 << 26;
    private readonly int _length, _chunkImages;
    private readonly long _inMemory;
    private readonly byte[][] _chunks;
    private readonly SafeFileHandle? _file;

    /// <summary>A cache for so many images.</summary>
    /// <param name="count">Images.</param>
    /// <param name="length">Bytes an image.</param>
    /// <param name="budget">Bytes of memory that may be used; what is used is taken off.</param>
    /// <param name="folder">Where the temporary file goes.</param>
    /// <exception cref="IOException">The temporary file cannot be made.</exception>
    public PixelCache(int count, int length, ref long budget, string folder)
    {
        _length = length;
        _chunkImages = Math.Max(1, ChunkBytes / length);
        _inMemory = Math.Clamp(budget / length, 0, count);
        budget -= _inMemory * length;
        _chunks = new byte[(_inMemory + _chunkImages - 1) / _chunkImages][];
        for (int c = 0; c < _chunks.Length; c++)
            _chunks[c] = new byte[Math.Min(_chunkImages, _inMemory - (long)c * _chunkImages) * length];
        if (_inMemory < count)
            _file = OpenTemporary(folder);
    }

    /// <summary>Keeps an image.</summary>
    /// <exception cref="IOException">The disk is full, or the file cannot be written.</exception>
    public void Write(int index, ReadOnlySpan<byte> pixels)
    {
        if (index < _inMemory)
            pixels.CopyTo(InMemory(index));
        else
            RandomAccess.Write(_file!, pixels, (index - _inMemory) * _length);
    }

    /// <summary>The bytes of an image; from memory they are not copied.</summary>
    /// <param name="index">Which image.</param>
    /// <param name="buffer">Where the bytes go if they are on the disk: as many as an image has.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public ReadOnlySpan<byte> Read(int index, Span<byte> buffer)
    {
        if (index < _inMemory)
            return InMemory(index);
        long at = (index - _inMemory) * _length;
        for (int read = 0; read < _length;)
        {
            int count = RandomAccess.Read(_file!, buffer[read.._length], at + read);
            if (count == 0)
                throw new EndOfStreamException("the temporary file with images is shorter than it was");
            read += count;
        }
        return buffer[.._length];
    }

    private Span<byte> InMemory(int index) => _chunks[index / _chunkImages].AsSpan(index % _chunkImages * _length, _length);

    private static SafeFileHandle OpenTemporary(string folder)
    {
        string path = Path.Combine(folder, $"fovea-{Guid.NewGuid():N}.pixels");
        SafeFileHandle file;
        try
        {
            file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.DeleteOnClose | FileOptions.RandomAccess);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"the images do not fit into the memory they may take, and {folder} cannot hold the others: no file can be made there; right would be a larger limit, or a folder for temporary files (TMPDIR) that can be written to", e);
        }
        // Where an open file may be deleted it is gone even if the process is killed.
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
        return file;
    }
}
