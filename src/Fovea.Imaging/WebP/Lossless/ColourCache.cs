namespace Fovea.Imaging.WebP.Lossless;

/// <summary>Colours that came lately, each at the place that its hash names.</summary>
internal sealed class ColourCache(int bits)
{
    private readonly uint[] _colours = new uint[1 << bits];
    private readonly int _shift = 32 - bits;

    public int Count => _colours.Length;

    public uint this[int place] => _colours[place];

    public void Add(ReadOnlySpan<uint> pixels)
    {
        uint[] colours = _colours;
        foreach (uint pixel in pixels)
            colours[(pixel * 0x1E35A7BD) >> _shift] = pixel;
    }
}
