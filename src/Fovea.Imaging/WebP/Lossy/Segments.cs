namespace Fovea.Imaging.WebP.Lossy;

/// <summary>Up to four kinds of macroblocks, with quantisers and filters of their own (RFC 6386, section 9.3).</summary>
internal readonly struct Segments
{
    public const int Count = 4;

    private readonly bool _used, _absolute;

    public Segments(ref BoolReader reader, ReadOnlySpan<byte> data)
    {
        Quantizers = new int[Count];
        Filters = new int[Count];
        Probabilities = [255, 255, 255];
        _absolute = true;
        _used = reader.TakeFlag(data);
        if (!_used)
            return;
        HasMap = reader.TakeFlag(data);
        if (reader.TakeFlag(data))
        {
            _absolute = reader.TakeFlag(data);
            foreach (ref int quantizer in Quantizers.AsSpan())
                quantizer = reader.TakeOptional(data, 7);
            foreach (ref int filter in Filters.AsSpan())
                filter = reader.TakeOptional(data, 6);
        }
        if (HasMap)
            foreach (ref byte probability in Probabilities.AsSpan())
                probability = reader.TakeFlag(data) ? (byte)reader.TakeNumber(data, 8) : (byte)255;
    }

    /// <summary>Whether every macroblock says which segment it belongs to.</summary>
    public bool HasMap { get; }

    /// <summary>How the segment of a macroblock is written.</summary>
    public byte[] Probabilities { get; }

    public int[] Quantizers { get; }

    public int[] Filters { get; }

    /// <summary>A segment's value: its own, or the whole image's with a difference.</summary>
    public int Apply(int[] own, int segment, int whole) => !_used ? whole : _absolute ? own[segment] : whole + own[segment];
}
