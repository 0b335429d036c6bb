namespace Fovea.Kernels.Blocked;

/// <summary>Moves samples between (C, H, W) and blocks of channels.</summary>
internal static unsafe class BlockedLayout
{
    /// <summary>Blocks to (C, H, W).</summary>
    public static void ToPlain(float* source, int plane, int pitch, int inner, int channels, int height, int width, float* destination)
    {
        for (int c = 0; c < channels; c++)
            for (int y = 0; y < height; y++)
            {
                float* from = source + (nint)(c / inner) * plane + y * pitch + c % inner;
                for (int x = 0; x < width; x++, from += inner)
                    *destination++ = *from;
            }
    }

    /// <summary>(C, H, W) to blocks; channels past the last become zero.</summary>
    public static void FromPlain(float* source, int channels, int height, int width, float* destination, int plane, int pitch, int inner)
    {
        if (inner == 1)
        {
            for (int c = 0; c < channels; c++, destination += plane)
                for (int y = 0; y < height; y++, source += width)
                    new ReadOnlySpan<float>(source, width).CopyTo(new Span<float>(destination + y * pitch, width));
            return;
        }
        int area = height * width;
        for (int first = 0; first < channels; first += inner, destination += plane)
        {
            int count = Math.Min(inner, channels - first);
            for (int y = 0; y < height; y++)
            {
                float* to = destination + y * pitch;
                float* from = source + (nint)first * area + y * width;
                for (int x = 0; x < width; x++, from++, to += inner)
                {
                    for (int c = 0; c < count; c++)
                        to[c] = from[c * area];
                    for (int c = count; c < inner; c++)
                        to[c] = 0;
                }
            }
        }
    }
}
