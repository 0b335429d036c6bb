using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Blocked;

/// <summary>Element-wise work on the rows of a block of channels, whose maps may have frames of different widths.</summary>
internal static unsafe class BlockedRows
{
    /// <summary>output = clamp(left + right); right may be null.</summary>
    /// <param name="left">(height, length), rows <paramref name="leftPitch"/> floats apart.</param>
    /// <param name="leftPitch">Floats from row to row.</param>
    /// <param name="right">As left, with a pitch of its own, or null.</param>
    /// <param name="rightPitch">Floats from row to row.</param>
    /// <param name="output">As left; may be left or right itself.</param>
    /// <param name="outputPitch">Floats from row to row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="length">Floats of a row, a multiple of 16.</param>
    /// <param name="lower">The least result.</param>
    /// <param name="upper">The largest result.</param>
    public static void AddAndClamp(
        float* left, int leftPitch, float* right, int rightPitch, float* output, int outputPitch, int height, int length, float lower, float upper)
    {
        switch (SimdWidth.Floats)
        {
            case 16: AddAndClamp<Simd512, Vector512<float>>(left, leftPitch, right, rightPitch, output, outputPitch, height, length, lower, upper); break;
            case 8: AddAndClamp<Simd256, Vector256<float>>(left, leftPitch, right, rightPitch, output, outputPitch, height, length, lower, upper); break;
            case 4: AddAndClamp<Simd128, Vector128<float>>(left, leftPitch, right, rightPitch, output, outputPitch, height, length, lower, upper); break;
            default: AddAndClamp<SimdScalar, float>(left, leftPitch, right, rightPitch, output, outputPitch, height, length, lower, upper); break;
        }
    }

    public static void AddAndClamp<TSimd, TVector>(
        float* left, int leftPitch, float* right, int rightPitch, float* output, int outputPitch, int height, int length, float lower, float upper)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector low = TSimd.Broadcast(lower), high = TSimd.Broadcast(upper);
        bool adds = right != null;
        for (int y = 0; y < height; y++, left += leftPitch, right += rightPitch, output += outputPitch)
            if (!adds)
                for (int x = 0; x < length; x += TSimd.Count)
                    TSimd.Store(TSimd.Clamp(TSimd.Load(left + x), low, high), output + x);
            else
                for (int x = 0; x < length; x += TSimd.Count)
                    TSimd.Store(TSimd.Clamp(TSimd.Add(TSimd.Load(left + x), TSimd.Load(right + x)), low, high), output + x);
    }

    /// <summary>output (16) = the mean of all pixels of a block.</summary>
    /// <param name="input">(height, width, 16), rows <paramref name="pitch"/> floats apart.</param>
    /// <param name="pitch">Floats from row to row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="output">(16).</param>
    public static void Mean(float* input, int pitch, int height, int width, float* output)
    {
        const int block = BlockedCorrelation.Block;
        new Span<float>(output, block).Clear();
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                System.Numerics.Tensors.TensorPrimitives.Add(
                    new ReadOnlySpan<float>(output, block), new ReadOnlySpan<float>(input + y * pitch + x * block, block), new Span<float>(output, block));
        System.Numerics.Tensors.TensorPrimitives.Multiply(new ReadOnlySpan<float>(output, block), 1f / (height * width), new Span<float>(output, block));
    }
}
