using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fovea.Kernels.Quantized;

/// <summary>
/// Products of 16 bits for the tiles of <see cref="QuantizedCorrelation"/>: a lane's four bytes are two activations or two
/// weights, and the sums have 32 bits at once.
/// </summary>
internal readonly unsafe struct WordSimd512 : IByteSimd<Vector512<byte>>
{
    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Load(void* source) => ByteSimd512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<byte> vector, void* destination) => ByteSimd512.Store(vector, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Broadcast(byte* quad) => ByteSimd512.Broadcast(quad);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Multiply(Vector512<byte> activations, Vector512<byte> weights) =>
        Avx512BW.MultiplyAddAdjacent(activations.AsInt16(), weights.AsInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> MultiplyAdd(Vector512<byte> sums, Vector512<byte> activations, Vector512<byte> weights) =>
        Avx512F.Add(sums.AsInt32(), Avx512BW.MultiplyAddAdjacent(activations.AsInt16(), weights.AsInt16())).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Widen(Vector512<byte> totals, Vector512<byte> sums) => Avx512F.Add(totals.AsInt32(), sums.AsInt32()).AsByte();

    public static void Finish(int* totals, in QuantizedCorrelation.Finish finish) => ByteSimd512.Finish(totals, finish);

    public static void FinishFloats(int* totals, in QuantizedCorrelation.Finish finish) => ByteSimd512.FinishFloats(totals, finish);
}

/// <inheritdoc cref="WordSimd512"/>
internal readonly unsafe struct WordSimd256 : IByteSimd<Vector256<byte>>
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
        Avx2.MultiplyAddAdjacent(activations.AsInt16(), weights.AsInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> MultiplyAdd(Vector256<byte> sums, Vector256<byte> activations, Vector256<byte> weights) =>
        Avx2.Add(sums.AsInt32(), Avx2.MultiplyAddAdjacent(activations.AsInt16(), weights.AsInt16())).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Widen(Vector256<byte> totals, Vector256<byte> sums) => Avx2.Add(totals.AsInt32(), sums.AsInt32()).AsByte();

    public static void Finish(int* totals, in QuantizedCorrelation.Finish finish) => ByteSimd256.Finish(totals, finish);

    public static void FinishFloats(int* totals, in QuantizedCorrelation.Finish finish) => ByteSimd256.FinishFloats(totals, finish);
}
