using System.Formats.Tar;
using Fovea.Data;

namespace Fovea.Imaging.Folders.Tree;

/// <summary>
/// What a <see cref="TarReader"/> reads, within bounds: so many bytes at most, and no extended header of absurd size, for
/// which the reader would take memory before it looks whether the bytes are there.
/// </summary>
internal sealed class TarInput(Stream inner, long most, string name) : Stream
{
    private const int TypeAt = 156, SizeAt = 124, SizeBytes = 12, MaxForHeader = 1 << 22;
    private long _read, _headerEnds;

    /// <summary>Whether it is headers that are read, and not files.</summary>
    public bool ReadsHeaders { get; set; }

    public override bool CanRead => true;

    public override bool CanSeek => inner.CanSeek;

    public override bool CanWrite => false;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int count = inner.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        _read += count;
        if (_read > most)
            throw new DataFormatException($"{name}: unpacks to more than {most} bytes, {ZipTree.MaxInflation} times its size; no archive of images does");
        if (ReadsHeaders && count == TarTree.Block && _read - count >= _headerEnds && buffer[TypeAt] is (byte)'x' or (byte)'g' or (byte)'L' or (byte)'K')
        {
            long size = SizeOf(buffer);
            if (size > MaxForHeader)
                throw new DataFormatException($"{name}: the archive is damaged: an entry's name and attributes take {size} bytes, more than {MaxForHeader}");
            _headerEnds = _read + size;
        }
        return count;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>The size in a header: octal digits, or with a first byte above 127 a binary number, which is for files too large for the former.</summary>
    private static long SizeOf(ReadOnlySpan<byte> header)
    {
        ReadOnlySpan<byte> field = header.Slice(SizeAt, SizeBytes);
        if (field[0] > 127)
            return long.MaxValue;
        long size = 0;
        foreach (byte digit in field)
            if (digit is >= (byte)'0' and <= (byte)'7')
                size = size * 8 + digit - '0';
        return size;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
