using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Blocked;

/// <summary>
/// The gradient of <see cref="WinogradCorrelation"/> with respect to its weights, 36 products in place of 144 a tile:
/// <code>weightGradient += Gᵀ [ Σ (A ∂y Aᵀ) ⊙ (Bᵀ x B) ] G</code>
/// The operands are those of the forward pass with two changes: the output is the outputs' gradient and only read, and
/// the packed weights are the packed weights' gradient and written.
/// </summary>
/// <remarks>
/// For every chunk of tiles: <see cref="WinogradCorrelation.TransformInputs(in WinogradCorrelation.Operands, in WinogradChunk, int, int, int, int)"/>,
/// <see cref="TransformGradients(in WinogradCorrelation.Operands, in WinogradChunk, int, int, int, int)"/> and
/// <see cref="Multiply(in WinogradCorrelation.Operands, in WinogradChunk, int, int, int, int, bool)"/>, each divided at will;
/// at the end <see cref="WinogradWeights.AddGradient(in WinogradWeights.Operands, int, int)"/>. Sums depend on the chunks
/// and on nothing else.
/// </remarks>
internal static unsafe class WinogradGradient
{
    private const int Block = BlockedCorrelation.Block;

    /// <summary>Input blocks, and tiles, that are multiplied in one go.</summary>
    private const int Depth = 8;
    private const int Run = 112;

    /// <summary>Transforms the gradients of some of the chunk's tiles and of its blocks of outputs.</summary>
    public static void TransformGradients(in WinogradCorrelation.Operands operands, in WinogradChunk chunk, int tile, int endTile, int block, int endBlock)
    {
        switch (SimdWidth.Floats)
        {
            case 16: TransformGradients<Simd512, Vector512<float>>(operands, chunk, tile, endTile, block, endBlock); break;
            case 8: TransformGradients<Simd256, Vector256<float>>(operands, chunk, tile, endTile, block, endBlock); break;
            case 4: TransformGradients<Simd128, Vector128<float>>(operands, chunk, tile, endTile, block, endBlock); break;
            default: TransformGradients<SimdScalar, float>(operands, chunk, tile, endTile, block, endBlock); break;
        }
    }

    /// <summary>
    /// Adds the chunk's products to the gradients of some positions and of some of its blocks of outputs, which
    /// <paramref name="clear"/> sets to zero before.
    /// </summary>
    public static void Multiply(in WinogradCorrelation.Operands operands, in WinogradChunk chunk, int position, int endPosition, int block, int endBlock, bool clear)
    {
        switch (SimdWidth.Floats)
        {
            case 16: Multiply<Simd512, Vector512<float>>(operands, chunk, position, endPosition, block, endBlock, clear); break;
            case 8: Multiply<Simd256, Vector256<float>>(operands, chunk, position, endPosition, block, endBlock, clear); break;
            case 4: Multiply<Simd128, Vector128<float>>(operands, chunk, position, endPosition, block, endBlock, clear); break;
            default: Multiply<SimdScalar, float>(operands, chunk, position, endPosition, block, endBlock, clear); break;
        }
    }

    public static void TransformGradients<TSimd, TVector>(in WinogradCorrelation.Operands operands, in WinogradChunk chunk, int tile, int endTile, int block, int endBlock)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        if (operands.Size.Tile == 4)
            TransformGradients<Winograd4, TSimd, TVector>(operands, chunk, tile, endTile, block, endBlock);
        else
            TransformGradients<Winograd2, TSimd, TVector>(operands, chunk, tile, endTile, block, endBlock);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TSimd, TVector>(
        in WinogradCorrelation.Operands operands, in WinogradChunk chunk, int position, int endPosition, int block, int endBlock, bool clear)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        WinogradSize size = operands.Size;
        int* taps = stackalloc int[Depth];
        int room = chunk.Room;
        for (int i = 0; i < Depth; i++)
            taps[i] = i * room * Block;
        var product = new BlockedCorrelationGradient.Operands
        {
            GradientBlock = room * Block,
            GradientStep = Block,
            InputTaps = taps,
            Inner = Block,
            InputStep = Block,
            WeightBlock = size.InputBlocks * Block * Block,
            Height = 1,
        };
        for (int p = position; p < endPosition; p++)
        {
            float* input = chunk.Inputs + (nint)p * chunk.InputPosition(size.InputBlocks);
            float* gradient = chunk.Outputs + (nint)p * chunk.OutputPosition;
            float* weights = operands.Weights + (nint)p * size.WeightPosition + (nint)chunk.FirstBlock * product.WeightBlock;
            if (clear)
                new Span<float>(weights + (nint)block * product.WeightBlock, (endBlock - block) * product.WeightBlock).Clear();
            for (int tile = 0; tile < chunk.Tiles; tile += Run)
            {
                product.Width = Math.Min(Run, chunk.Tiles - tile);
                for (int b = block; b < endBlock; b += 2)
                {
                    product.Blocks = Math.Min(2, endBlock - b);
                    product.OutputGradient = gradient + ((nint)b * room + tile) * Block;
                    for (int depth = 0; depth < size.InputBlocks; depth += Depth)
                    {
                        product.Taps = Math.Min(Depth, size.InputBlocks - depth);
                        product.Input = input + ((nint)depth * room + tile) * Block;
                        product.WeightGradient = weights + (nint)b * product.WeightBlock + (nint)depth * Block * Block;
                        BlockedCorrelationGradient.Run<TSimd, TVector>(product);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransformGradients<TWinograd, TSimd, TVector>(
        in WinogradCorrelation.Operands operands, in WinogradChunk chunk, int tile, int endTile, int block, int endBlock)
        where TWinograd : IWinograd
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* memory = stackalloc float[2 * WinogradTransform.Square + Block];
        float* local = WinogradTransform.Aligned(memory), patch = local + WinogradTransform.Square;
        WinogradSize size = operands.Size;
        int m = TWinograd.Tile, room = chunk.Room, position = chunk.OutputPosition;
        for (int b = block; b < endBlock; b++)
        {
            float* target = chunk.Outputs + ((nint)b * room + tile) * Block;
            var place = new WinogradPlace(size, chunk.First + tile);
            for (int t = tile; t < endTile; t++, target += Block)
            {
                int y = place.Row * m, x = place.Column * m;
                float* source = operands.Output + place.Sample * operands.OutputSample + (nint)(chunk.FirstBlock + b) * operands.OutputBlock
                    + (nint)y * operands.OutputPitch + x * Block;
                nint pitch = operands.OutputPitch;
                if (size.Height - y < m || size.Width - x < m)
                {
                    WinogradTransform.Patch(source, pitch, size.Height - y, size.Width - x, patch, m);
                    source = patch;
                    pitch = m * Block;
                }
                WinogradTransform.Gradient<TWinograd, TSimd, TVector>(source, pitch, target, position, local);
                place.Next(size);
            }
        }
    }
}
