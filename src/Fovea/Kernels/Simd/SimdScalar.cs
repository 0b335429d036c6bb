using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fovea.Kernels.Simd;

/// <summary>A vector of one float: the width for machines without vectors, and for data that lie one by one.</summary>
internal readonly unsafe struct SimdScalar : ISimd<float>
{
    public static int Count => 1;

    public static float Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Load(float* source) => *source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float vector, float* destination) => *destination = vector;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Broadcast(float value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Add(float left, float right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Subtract(float left, float right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Multiply(float left, float right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Divide(float left, float right) => left / right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MultiplyAdd(float left, float right, float addend) =>
        MathF.FusedMultiplyAdd(left, right, addend);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(float left, float right) => MathF.Max(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Min(float left, float right) => MathF.Min(left, right);

    public static float Clamp(float value, float lower, float upper) =>
        value < lower ? lower : value > upper ? upper : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Equal(float left, float right) => Mask(left == right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Greater(float left, float right) => Mask(left > right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float And(float left, float right) => FromBits(Bits(left) & Bits(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float AndNot(float left, float right) => FromBits(Bits(left) & ~Bits(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Or(float left, float right) => FromBits(Bits(left) | Bits(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Select(float mask, float set, float clear) => Bits(mask) != 0 ? set : clear;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ShiftLeft(float vector, int bits) => FromBits(Bits(vector) << bits);

    /// <summary>MathF.Exp would round some results otherwise than vectors do.</summary>
    public static float Exp(float exponent) => Vector128.Exp(Vector128.CreateScalar(exponent)).ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(float vector) => vector;

    private static float Mask(bool set) => FromBits(set ? -1 : 0);

    private static int Bits(float vector) => BitConverter.SingleToInt32Bits(vector);

    private static float FromBits(int bits) => BitConverter.Int32BitsToSingle(bits);
}
