namespace Fovea.Imaging.Reducing;

/// <summary>All pixels. Those that lie side by side are written where they belong at once.</summary>
internal sealed class WholeImage(int width, int height, int channels) : PixelTarget(channels)
{
    private readonly Image _image = new(width, height, channels);
    private bool _isWritten;

    public override Image? Whole => _image;

    public override Span<byte> Begin(int y, int left, int count, int step = 1)
    {
        _isWritten = step == 1;
        return _isWritten ? _image.Row(y).Slice(left * Channels, count * Channels) : base.Begin(y, left, count, step);
    }

    public override void End()
    {
        if (!_isWritten)
            base.End();
    }

    public override Image ToImage() => _image;

    protected override void Add(int y, int left, int step, ReadOnlySpan<byte> pixels)
    {
        Span<byte> row = _image.Row(y);
        for (int i = 0, to = left * Channels; i < pixels.Length; i += Channels, to += step * Channels)
            pixels.Slice(i, Channels).CopyTo(row[to..]);
    }
}
