using System.Buffers;

namespace Fovea.Imaging.Jpeg;

/// <summary>
/// The coded data between two markers, without the zeros that are stuffed behind bytes of 0xFF, so that readers of bits
/// need not look for either. Behind them are zeros enough for any block that reads beyond the end.
/// </summary>
/// <param name="length">The most bytes that are loaded at a time.</param>
/// <param name="blocks">The most blocks that are read before a look at whether the data have ended.</param>
internal sealed class EntropyData(int length, int blocks) : IDisposable
{
    /// <summary>64 coefficients of 16 + 15 bits take 248 bytes; the reader takes 8 ahead.</summary>
    private readonly int _padding = (blocks * 256) + 64;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(length + (blocks * 256) + 64);

    /// <summary>The data, and the zeros behind them.</summary>
    public byte[] Buffer => _buffer;

    /// <summary>How many bytes of data there are.</summary>
    public int Length { get; private set; }

    /// <summary>Takes the data from where the reader is, and leaves it at the marker behind or the file's end.</summary>
    public void Load(ref JpegReader reader)
    {
        ReadOnlySpan<byte> file = reader.File;
        int from = reader.Position, to = 0;
        while (from < file.Length)
        {
            ReadOnlySpan<byte> plain = file[from..];
            int length = plain.IndexOf((byte)0xFF);
            plain = length < 0 ? plain : plain[..length];
            plain.CopyTo(_buffer.AsSpan(to));
            from += plain.Length;
            to += plain.Length;
            int fill = file[from..].IndexOfAnyExcept((byte)0xFF);
            if (fill < 0 || file[from + fill] != 0)
                break;
            _buffer[to++] = 0xFF;
            from += fill + 1;
        }
        reader.Position = from;
        Length = to;
        _buffer.AsSpan(to, _padding).Clear();
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }
}
