using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fovea.Kernels.Quantized;

/// <summary>16 outputs in the lanes, by AVX-512BW.</summary>
internal readonly unsafe struct ByteSimd512 : IByteSimd<Vector512<byte>>
{
    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Load(void* source) => Vector512.Load((byte*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<byte> vector, void* destination) => vector.Store((byte*)destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Broadcast(byte* quad) => Vector512.Create(*(int*)quad).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Multiply(Vector512<byte> activations, Vector512<byte> weights) =>
        Avx512BW.MultiplyAddAdjacent(activations, weights.AsSByte()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> MultiplyAdd(Vector512<byte> sums, Vector512<byte> activations, Vector512<byte> weights) =>
        Avx512BW.Add(sums.AsInt16(), Avx512BW.MultiplyAddAdjacent(activations, weights.AsSByte())).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Widen(Vector512<byte> totals, Vector512<byte> sums) =>
        Avx512F.Add(totals.AsInt32(), Avx512BW.MultiplyAddAdjacent(sums.AsInt16(), Vector512.Create((short)1))).AsByte();

    public static void Finish(int* totals, in QuantizedCorrelation.Finish finish)
    {
        Vector512<float> scale = Vector512.Load(finish.Scale), bias = Vector512.Load(finish.Bias), residualScale = Vector512.Create(finish.ResidualScale);
        Vector512<float> lower = Vector512.Create(finish.Lower), upper = Vector512.Create(finish.Upper);
        for (int p = 0; p < finish.Pixels; p++)
        {
            Vector512<float> value = Avx512F.FusedMultiplyAdd(Avx512F.ConvertToVector512Single(Vector512.Load(totals + p * Count)), scale, bias);
            if (finish.Residual != null)
                value = Avx512F.FusedMultiplyAdd(Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(Vector128.Load(finish.Residual + p * Count))), residualScale, value);
            value = Avx512F.Min(Avx512F.Max(value, lower), upper);
            Avx512F.ConvertToVector128Byte(Avx512F.ConvertToVector512Int32(value)).Store(finish.Output + p * Count);
        }
    }

    public static void FinishFloats(int* totals, in QuantizedCorrelation.Finish finish)
    {
        Vector512<float> scale = Vector512.Load(finish.Scale), bias = Vector512.Load(finish.Bias), lower = Vector512.Create(finish.Lower), upper = Vector512.Create(finish.Upper);
        for (int p = 0; p < finish.Pixels; p++)
        {
            Vector512<float> value = Avx512F.FusedMultiplyAdd(Avx512F.ConvertToVector512Single(Vector512.Load(totals + p * Count)), scale, bias);
            Avx512F.Min(Avx512F.Max(value, lower), upper).Store(finish.FloatOutput + p * Count);
        }
    }
}
