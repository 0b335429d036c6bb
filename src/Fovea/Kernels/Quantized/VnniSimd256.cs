using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fovea.Kernels.Quantized;

/// <summary>8 outputs in the lanes, by AVX-VNNI: four products are added to a total of 32 bits at once.</summary>
internal readonly unsafe struct VnniSimd256 : IByteSimd<Vector256<byte>>
{
    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Load(void* source) => ByteSimd256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<byte> vector, void* destination) => ByteSimd256.Store(vector, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Broadcast(byte* quad) => ByteSimd256.Broadcast(quad);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Multiply(Vector256<byte> activations, Vector256<byte> weights) =>
        AvxVnni.MultiplyWideningAndAdd(Vector256<int>.Zero, activations, weights.AsSByte()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> MultiplyAdd(Vector256<byte> sums, Vector256<byte> activations, Vector256<byte> weights) =>
        AvxVnni.MultiplyWideningAndAdd(sums.AsInt32(), activations, weights.AsSByte()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Widen(Vector256<byte> totals, Vector256<byte> sums) => Avx2.Add(totals.AsInt32(), sums.AsInt32()).AsByte();

    public static void Finish(int* totals, in QuantizedCorrelation.Finish finish) => ByteSimd256.Finish(totals, finish);

    public static void FinishFloats(int* totals, in QuantizedCorrelation.Finish finish) => ByteSimd256.FinishFloats(totals, finish);
}
