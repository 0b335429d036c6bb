using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fovea.Kernels.Quantized;

/// <summary>4 outputs in the lanes, by .NET's portable vectors: for Arm64 and everything else.</summary>
internal readonly unsafe struct ByteSimd128 : IByteSimd<Vector128<byte>>
{
    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(void* source) => Vector128.Load((byte*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<byte> vector, void* destination) => vector.Store((byte*)destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Broadcast(byte* quad) => Vector128.Create(*(int*)quad).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Multiply(Vector128<byte> activations, Vector128<byte> weights)
    {
        // Activations are at most 127, so they are signed bytes, too.
        (Vector128<short> x0, Vector128<short> x1) = Vector128.Widen(activations.AsSByte());
        (Vector128<short> w0, Vector128<short> w1) = Vector128.Widen(weights.AsSByte());
        return Vector128.Narrow(PairSums(x0 * w0), PairSums(x1 * w1)).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> MultiplyAdd(Vector128<byte> sums, Vector128<byte> activations, Vector128<byte> weights) =>
        (sums.AsInt16() + Multiply(activations, weights).AsInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Widen(Vector128<byte> totals, Vector128<byte> sums) => (totals.AsInt32() + PairSums(sums.AsInt16())).AsByte();

    public static void Finish(int* totals, in QuantizedCorrelation.Finish finish)
    {
        for (int p = 0; p < finish.Pixels; p++)
        {
            Vector128<float> value = Value(totals + p * Count, finish);
            if (finish.Residual != null)
            {
                byte* r = finish.Residual + p * QuantizedCorrelation.Block;
                value = Vector128.FusedMultiplyAdd(Vector128.ConvertToSingle(Vector128.Create(r[0], r[1], r[2], r[3])), Vector128.Create(finish.ResidualScale), value);
            }
            value = AtLeast(value, finish.Lower);
            Vector128<int> whole = Vector128.ConvertToInt32(Vector128.Round(Vector128.MinNative(value, Vector128.Create(finish.Upper))));
            for (int lane = 0; lane < Count; lane++)
                finish.Output[p * QuantizedCorrelation.Block + lane] = (byte)whole[lane];
        }
    }

    public static void FinishFloats(int* totals, in QuantizedCorrelation.Finish finish)
    {
        for (int p = 0; p < finish.Pixels; p++)
            Vector128.MinNative(AtLeast(Value(totals + p * Count, finish), finish.Lower), Vector128.Create(finish.Upper)).Store(finish.FloatOutput + p * QuantizedCorrelation.Block);
    }

    private static Vector128<float> Value(int* totals, in QuantizedCorrelation.Finish finish) =>
        Vector128.FusedMultiplyAdd(Vector128.ConvertToSingle(Vector128.Load(totals)), Vector128.Load(finish.Scale), Vector128.Load(finish.Bias));

    private static Vector128<float> AtLeast(Vector128<float> value, float lower)
    {
        Vector128<float> least = Vector128.Create(lower);
        return Vector128.ConditionalSelect(Vector128.GreaterThan(value, least), value, least);
    }

    /// <summary>Each pair of 16 bits added up in 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> PairSums(Vector128<short> values) =>
        Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(values.AsInt32(), 16), 16) + Vector128.ShiftRightArithmetic(values.AsInt32(), 16);
}
