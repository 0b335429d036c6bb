using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fovea.Kernels.Quantized;

/// <summary>8 outputs in the lanes, by AVX2.</summary>
internal readonly unsafe struct ByteSimd256 : IByteSimd<Vector256<byte>>
{
    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Load(void* source) => Vector256.Load((byte*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<byte> vector, void* destination) => vector.Store((byte*)destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Broadcast(byte* quad) => Vector256.Create(*(int*)quad).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Multiply(Vector256<byte> activations, Vector256<byte> weights) =>
        Avx2.MultiplyAddAdjacent(activations, weights.AsSByte()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> MultiplyAdd(Vector256<byte> sums, Vector256<byte> activations, Vector256<byte> weights) =>
        Avx2.Add(sums.AsInt16(), Avx2.MultiplyAddAdjacent(activations, weights.AsSByte())).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Widen(Vector256<byte> totals, Vector256<byte> sums) =>
        Avx2.Add(totals.AsInt32(), Avx2.MultiplyAddAdjacent(sums.AsInt16(), Vector256.Create((short)1))).AsByte();

    public static void Finish(int* totals, in QuantizedCorrelation.Finish finish)
    {
        Vector256<float> lower = Vector256.Create(finish.Lower), upper = Vector256.Create(finish.Upper), residualScale = Vector256.Create(finish.ResidualScale);
        for (int p = 0; p < finish.Pixels; p++)
        {
            Vector256<float> value = Value(totals + p * Count, finish);
            if (finish.Residual != null)
                value = Vector256.FusedMultiplyAdd(Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(finish.Residual + p * QuantizedCorrelation.Block)), residualScale, value);
            Vector256<int> whole = Avx.ConvertToVector256Int32(Avx.Min(Avx.Max(value, lower), upper));
            Vector128<short> shorts = Vector128.Narrow(whole.GetLower(), whole.GetUpper());
            *(ulong*)(finish.Output + p * QuantizedCorrelation.Block) = Vector128.Narrow(shorts, shorts).AsUInt64().ToScalar();
        }
    }

    public static void FinishFloats(int* totals, in QuantizedCorrelation.Finish finish)
    {
        Vector256<float> lower = Vector256.Create(finish.Lower), upper = Vector256.Create(finish.Upper);
        for (int p = 0; p < finish.Pixels; p++)
            Avx.Min(Avx.Max(Value(totals + p * Count, finish), lower), upper).Store(finish.FloatOutput + p * QuantizedCorrelation.Block);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Value(int* totals, in QuantizedCorrelation.Finish finish) =>
        Vector256.FusedMultiplyAdd(Avx.ConvertToVector256Single(Vector256.Load(totals)), Vector256.Load(finish.Scale), Vector256.Load(finish.Bias));
}
