using System.Runtime.CompilerServices;

namespace Fovea.Kernels.Blocked;

/// <summary>Moves rows of samples between (C, H, W) and blocks of channels.</summary>
internal static unsafe class BlockedLayout
{
    /// <summary>Blocks to (C, H, W), whose channels are <paramref name="area"/> floats apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToPlain(float* source, int plane, int pitch, int inner, int channels, int height, int width, float* destination, int area)
    {
        for (int first = 0; first < channels; first += inner, source += plane, destination += (nint)inner * area)
            for (int y = 0; y < height; y++)
                Transposition.Run(source + y * pitch, inner, width, Math.Min(inner, channels - first), destination + y * width, area);
    }

    /// <summary>(C, H, W), whose channels are <paramref name="area"/> floats apart, to blocks; channels past the last become zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FromPlain(float* source, int area, int channels, int height, int width, float* destination, int plane, int pitch, int inner)
    {
        for (int first = 0; first < channels; first += inner, source += (nint)inner * area, destination += plane)
            for (int y = 0; y < height; y++)
            {
                int there = Math.Min(inner, channels - first);
                if (there < inner)
                    new Span<float>(destination + y * pitch, width * inner).Clear();
                Transposition.Run(source + y * width, area, there, width, destination + y * pitch, inner);
            }
    }
}
