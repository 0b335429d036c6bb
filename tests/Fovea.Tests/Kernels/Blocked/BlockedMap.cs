using Fovea.Tests.References;

namespace Fovea.Tests.Kernels.Blocked;

/// <summary>
/// Maps in blocks of 16 channels with a halo, between guards: (N, blocks, height + 2 · halo, width + 2 · halo, 16).
/// Those for reading have a halo of zeros and something finite in missing channels; those for writing are all guards.
/// </summary>
internal sealed class BlockedMap
{
    private readonly int _samples, _channels, _height, _width, _halo;

    private BlockedMap(int samples, int channels, int height, int width, int halo)
    {
        (_samples, _channels, _height, _width, _halo) = (samples, channels, height, width, halo);
        Blocks = (channels + 15) / 16;
        Pitch = (width + 2 * halo) * 16;
        Block = (height + 2 * halo) * Pitch;
        Sample = Blocks * Block;
        Memory = new Guarded(samples * Sample);
    }

    public Guarded Memory { get; }
    public int Blocks { get; }
    public int Pitch { get; }
    public int Block { get; }
    public int Sample { get; }

    /// <summary>Where a pixel of the first block and sample lies; those of the halo have negative places.</summary>
    public int Place(int y, int x) => (y + _halo) * Pitch + (x + _halo) * 16;

    public static BlockedMap Empty(int samples, int channels, int height, int width, int halo) => new(samples, channels, height, width, halo);

    public static BlockedMap Of(ReadOnlySpan<float> values, int samples, int channels, int height, int width, int halo)
    {
        var map = new BlockedMap(samples, channels, height, width, halo);
        map.Memory.Span.Clear();
        for (int n = 0; n < samples; n++)
            for (int c = 0; c < map.Blocks * 16; c++)
                for (int y = 0; y < height; y++)
                    for (int x = 0; x < width; x++)
                        map.Memory.Span[map.At(n, c, y, x)] = c < channels ? values[((n * channels + c) * height + y) * width + x] : 7.5f;
        return map;
    }

    /// <summary>(N, C, H, W).</summary>
    public float[] Values()
    {
        var values = new float[_samples * _channels * _height * _width];
        for (int i = 0; i < values.Length; i++)
        {
            int x = i % _width, y = i / _width % _height, c = i / (_width * _height) % _channels;
            values[i] = Memory.Span[At(i / (_width * _height * _channels), c, y, x)];
        }
        return values;
    }

    /// <summary>Fails if anything but pixels was written.</summary>
    public void AssertHaloUntouched(string what)
    {
        Memory.AssertGuardsUntouched(what);
        int written = 0;
        foreach (float value in Memory.Span)
            written += float.IsNaN(value) ? 0 : 1;
        Assert.True(written == _samples * Blocks * 16 * _height * _width, $"{what}: wrote into the halo");
    }

    private int At(int n, int c, int y, int x) => n * Sample + c / 16 * Block + Place(y, x) + c % 16;
}
