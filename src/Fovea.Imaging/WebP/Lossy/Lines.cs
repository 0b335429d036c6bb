using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fovea.Imaging.WebP.Lossy;

/// <summary>Writes lines of macroblocks, which have 8 or 16 pixels.</summary>
internal static class Lines
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(ReadOnlySpan<byte> source, Span<byte> target, int size)
    {
        if (size == 16)
            Vector128.Create(source).CopyTo(target);
        else
            Vector64.Create(source).CopyTo(target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fill(Span<byte> target, byte value, int size)
    {
        if (size == 16)
            Vector128.Create(value).CopyTo(target);
        else
            Vector64.Create(value).CopyTo(target);
    }
}
