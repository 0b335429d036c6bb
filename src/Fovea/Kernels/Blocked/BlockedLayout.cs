using System.Runtime.CompilerServices;

namespace Fovea.Kernels.Blocked;

/// <summary>Moves rows of samples between (C, H, W) and blocks of channels.</summary>
internal static unsafe class BlockedLayout
{
    /// <summary>Blocks to (C, H, W), whose channels are <paramref name="area"/> floats apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToPlain(float* source, int plane, int pitch, int inner, int channels, int height, int width, float* destination, int area)
    {
        for (int first = 0; first < channels; first += inner, source += plane)
            for (int y = 0; y < height; y++)
                for (int c = 0; c < Math.Min(inner, channels - first); c++)
                {
                    float* from = source + y * pitch + c, to = destination + (nint)(first + c) * area + y * width;
                    for (int x = 0; x < width; x++, from += inner)
                        to[x] = *from;
                }
    }

    /// <summary>(C, H, W), whose channels are <paramref name="area"/> floats apart, to blocks; channels past the last become zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FromPlain(float* source, int area, int channels, int height, int width, float* destination, int plane, int pitch, int inner)
    {
        for (int first = 0; first < channels; first += inner, destination += plane)
            for (int y = 0; y < height; y++)
                for (int c = 0; c < inner; c++)
                {
                    float* from = source + (nint)(first + c) * area + y * width, to = destination + y * pitch + c;
                    if (first + c < channels)
                        for (int x = 0; x < width; x++, to += inner)
                            *to = from[x];
                    else
                        for (int x = 0; x < width; x++, to += inner)
                            *to = 0;
                }
    }
}
