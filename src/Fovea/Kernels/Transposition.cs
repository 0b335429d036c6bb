using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fovea.Kernels;

/// <summary>Turns rows into columns, 8 × 8 numbers at a time where the processor can.</summary>
internal static unsafe class Transposition
{
    private const int Side = 8;

    /// <summary>destination[c · destinationPitch + r] = source[r · sourcePitch + c].</summary>
    /// <param name="source">(rows, columns).</param>
    /// <param name="sourcePitch">Floats from a row of the source to the next.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    /// <param name="destination">(columns, rows).</param>
    /// <param name="destinationPitch">Floats from a row of the destination to the next; negative where rows go backwards.</param>
    public static void Run(float* source, int sourcePitch, int rows, int columns, float* destination, int destinationPitch)
    {
        if (!Avx.IsSupported || rows < Side || columns < Side)
        {
            for (int r = 0; r < rows; r++, source += sourcePitch, destination++)
            {
                float* to = destination;
                for (int c = 0; c < columns; c++, to += destinationPitch)
                    *to = source[c];
            }
            return;
        }
        // The last square of a row or column starts early, and writes some numbers twice.
        for (int c = 0; c < columns; c += Side)
            for (int r = 0; r < rows; r += Side)
            {
                int row = Math.Min(r, rows - Side), column = Math.Min(c, columns - Side);
                Square(source + (nint)row * sourcePitch + column, sourcePitch, destination + (nint)column * destinationPitch + row, destinationPitch);
            }
    }

    /// <summary>Neighbouring numbers, then pairs, then halves change places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Square(float* source, nint sourcePitch, float* destination, nint destinationPitch)
    {
        Vector256<float> r0 = Vector256.Load(source), r1 = Vector256.Load(source + sourcePitch);
        Vector256<float> r2 = Vector256.Load(source + 2 * sourcePitch), r3 = Vector256.Load(source + 3 * sourcePitch);
        Vector256<float> r4 = Vector256.Load(source + 4 * sourcePitch), r5 = Vector256.Load(source + 5 * sourcePitch);
        Vector256<float> r6 = Vector256.Load(source + 6 * sourcePitch), r7 = Vector256.Load(source + 7 * sourcePitch);
        Vector256<float> a0 = Avx.UnpackLow(r0, r1), a1 = Avx.UnpackHigh(r0, r1), a2 = Avx.UnpackLow(r2, r3), a3 = Avx.UnpackHigh(r2, r3);
        Vector256<float> a4 = Avx.UnpackLow(r4, r5), a5 = Avx.UnpackHigh(r4, r5), a6 = Avx.UnpackLow(r6, r7), a7 = Avx.UnpackHigh(r6, r7);
        const byte low = 0b01_00_01_00, high = 0b11_10_11_10;
        Vector256<float> b0 = Avx.Shuffle(a0, a2, low), b1 = Avx.Shuffle(a0, a2, high), b2 = Avx.Shuffle(a1, a3, low), b3 = Avx.Shuffle(a1, a3, high);
        Vector256<float> b4 = Avx.Shuffle(a4, a6, low), b5 = Avx.Shuffle(a4, a6, high), b6 = Avx.Shuffle(a5, a7, low), b7 = Avx.Shuffle(a5, a7, high);
        Avx.Permute2x128(b0, b4, 0x20).Store(destination);
        Avx.Permute2x128(b1, b5, 0x20).Store(destination + destinationPitch);
        Avx.Permute2x128(b2, b6, 0x20).Store(destination + 2 * destinationPitch);
        Avx.Permute2x128(b3, b7, 0x20).Store(destination + 3 * destinationPitch);
        Avx.Permute2x128(b0, b4, 0x31).Store(destination + 4 * destinationPitch);
        Avx.Permute2x128(b1, b5, 0x31).Store(destination + 5 * destinationPitch);
        Avx.Permute2x128(b2, b6, 0x31).Store(destination + 6 * destinationPitch);
        Avx.Permute2x128(b3, b7, 0x31).Store(destination + 7 * destinationPitch);
    }
}
