using System.Buffers;
using System.IO.MemoryMappedFiles;
using Fovea.Data;

namespace Fovea.Onnx.Files;

/// <summary>The bytes of a file: of any length, read in spans and handed out as views that copy nothing.</summary>
internal abstract class FileBytes
{
    public abstract long Length { get; }

    /// <summary>A part to be read at once.</summary>
    public abstract ReadOnlySpan<byte> Span(long offset, int length);

    /// <summary>A part to be kept.</summary>
    public abstract ReadOnlyMemory<byte> View(long offset, int length);

    public static FileBytes Of(ReadOnlyMemory<byte> bytes) => new InMemory(bytes);

    private sealed class InMemory(ReadOnlyMemory<byte> bytes) : FileBytes
    {
        public override long Length => bytes.Length;

        public override ReadOnlySpan<byte> Span(long offset, int length) => bytes.Span.Slice(checked((int)offset), length);

        public override ReadOnlyMemory<byte> View(long offset, int length) => bytes.Slice(checked((int)offset), length);
    }
}

/// <summary>
/// A file mapped into memory: the system reads what is touched. It is unmapped by <see cref="Dispose"/>, or once neither
/// it nor a view of it is in use; spans do not count, so whoever reads one keeps the model until it is done.
/// </summary>
internal sealed unsafe class MappedFile : FileBytes, IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _start;

    /// <summary>Maps a regular file.</summary>
    /// <exception cref="IOException">It cannot be read, or is none.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public MappedFile(string path)
    {
        FileStream stream = InputFile.Open(path);
        Length = stream.Length;
        _file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        // The handle is not counted up for the pointer, so that it closes by itself when nothing refers to it.
        _start = (byte*)_view.SafeMemoryMappedViewHandle.DangerousGetHandle() + _view.PointerOffset;
    }

    public override long Length { get; }

    public override ReadOnlySpan<byte> Span(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(_start == null, this);
        if (length < 0 || offset < 0 || offset > Length - length)
            throw new ArgumentOutOfRangeException(nameof(offset), $"{length} bytes at {offset} do not lie in {Length}");
        return new ReadOnlySpan<byte>(_start + offset, length);
    }

    public override ReadOnlyMemory<byte> View(long offset, int length)
    {
        Span(offset, length);
        return new Part(this, offset, length).Memory;
    }

    public void Dispose()
    {
        _start = null;
        _view.Dispose();
        _file.Dispose();
    }

    private sealed class Part(MappedFile file, long offset, int length) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan()
        {
            file.Span(offset, length);
            return new Span<byte>(file._start + offset, length);
        }

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            file.Span(offset + elementIndex, length - elementIndex);
            return new MemoryHandle(file._start + offset + elementIndex, pinnable: this);
        }

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
