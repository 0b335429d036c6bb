using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Blocked;

/// <summary>Weights on their way into a Winograd convolution, and their gradient on its way out.</summary>
internal static unsafe class WinogradWeights
{
    private const int Block = BlockedCorrelation.Block;
    private const int Cells = 9;

    /// <summary>What to pack.</summary>
    public struct Operands
    {
        /// <summary>The convolution that the weights are packed for.</summary>
        public WinogradSize Size;

        /// <summary>(outChannels, inChannels, 3, 3), PyTorch's order, of the convolution as the network has it.</summary>
        public float* Weights;
        public int OutChannels;
        public int InChannels;

        /// <summary>
        /// Packs for the gradient of the inputs: in and out change places and the kernels turn by half a circle.
        /// <see cref="Size"/> is then that of the gradient's convolution.
        /// </summary>
        public bool Turned;

        /// <summary>(n², outputBlocks, inputBlocks · 16, 16), positions <see cref="WinogradSize.WeightPosition"/> floats apart.</summary>
        public float* Packed;
    }

    /// <summary>Packs some blocks of outputs; channels that fill up the last blocks have zero weights.</summary>
    public static void Pack(in Operands operands, int firstBlock, int endBlock)
    {
        switch (SimdWidth.Floats)
        {
            case 16: Pack<Simd512, Vector512<float>>(operands, firstBlock, endBlock); break;
            case 8: Pack<Simd256, Vector256<float>>(operands, firstBlock, endBlock); break;
            case 4: Pack<Simd128, Vector128<float>>(operands, firstBlock, endBlock); break;
            default: Pack<SimdScalar, float>(operands, firstBlock, endBlock); break;
        }
    }

    public static void Pack<TSimd, TVector>(in Operands operands, int firstBlock, int endBlock)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        if (operands.Size.Tile == 4)
            Pack<Winograd4, TSimd, TVector>(operands, firstBlock, endBlock);
        else
            Pack<Winograd2, TSimd, TVector>(operands, firstBlock, endBlock);
    }

    /// <summary>
    /// Adds Gᵀ·gradient·G, of the gradient of packed weights, to gradients in PyTorch's order: here
    /// <see cref="Operands.Packed"/> is read and <see cref="Operands.Weights"/> added to.
    /// </summary>
    public static void AddGradient(in Operands operands, int firstBlock, int endBlock)
    {
        switch (SimdWidth.Floats)
        {
            case 16: AddGradient<Simd512, Vector512<float>>(operands, firstBlock, endBlock); break;
            case 8: AddGradient<Simd256, Vector256<float>>(operands, firstBlock, endBlock); break;
            case 4: AddGradient<Simd128, Vector128<float>>(operands, firstBlock, endBlock); break;
            default: AddGradient<SimdScalar, float>(operands, firstBlock, endBlock); break;
        }
    }

    public static void AddGradient<TSimd, TVector>(in Operands operands, int firstBlock, int endBlock)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        if (operands.Size.Tile == 4)
            AddGradient<Winograd4, TSimd, TVector>(operands, firstBlock, endBlock);
        else
            AddGradient<Winograd2, TSimd, TVector>(operands, firstBlock, endBlock);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pack<TWinograd, TSimd, TVector>(in Operands operands, int firstBlock, int endBlock)
        where TWinograd : IWinograd
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* square = stackalloc float[Cells * Block + WinogradTransform.Square + Block];
        float* cells = WinogradTransform.Aligned(square), local = cells + Cells * Block;
        int inner = operands.Size.InputBlocks * Block, position = operands.Size.WeightPosition;
        int channels = operands.Turned ? operands.OutChannels : operands.InChannels;
        int outputs = operands.Turned ? operands.InChannels : operands.OutChannels;
        int perOutput = operands.Turned ? Cells : operands.InChannels * Cells;
        int perChannel = operands.Turned ? operands.InChannels * Cells : Cells;
        for (int block = firstBlock; block < endBlock; block++)
        {
            int lanes = Math.Clamp(outputs - block * Block, 0, Block);
            for (int channel = 0; channel < inner; channel++)
            {
                if (lanes < Block || channel >= channels)
                    new Span<float>(cells, Cells * Block).Clear();
                if (channel < channels)
                {
                    float* source = operands.Weights + (nint)block * Block * perOutput + (nint)channel * perChannel;
                    Gather(source, perOutput, cells, lanes, operands.Turned);
                }
                float* packed = operands.Packed + ((nint)block * inner + channel) * Block;
                WinogradTransform.Weights<TWinograd, TSimd, TVector>(cells, packed, position, local);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddGradient<TWinograd, TSimd, TVector>(in Operands operands, int firstBlock, int endBlock)
        where TWinograd : IWinograd
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* square = stackalloc float[Cells * Block + WinogradTransform.Square + Block];
        float* cells = WinogradTransform.Aligned(square), local = cells + Cells * Block;
        int inner = operands.Size.InputBlocks * Block, position = operands.Size.WeightPosition, perOutput = operands.InChannels * Cells;
        for (int block = firstBlock; block < endBlock; block++)
        {
            int lanes = Math.Clamp(operands.OutChannels - block * Block, 0, Block);
            for (int channel = 0; channel < operands.InChannels; channel++)
            {
                float* packed = operands.Packed + ((nint)block * inner + channel) * Block;
                WinogradTransform.WeightGradient<TWinograd, TSimd, TVector>(packed, position, cells, local);
                float* target = operands.Weights + (nint)block * Block * perOutput + channel * Cells;
                for (int lane = 0; lane < lanes; lane++)
                    for (int cell = 0; cell < Cells; cell++)
                        target[lane * perOutput + cell] += cells[cell * Block + lane];
            }
        }
    }

    /// <summary>The 3 × 3 weights of up to 16 outputs, those of a cell side by side.</summary>
    private static void Gather(float* source, int perOutput, float* cells, int lanes, bool turned)
    {
        if (turned)
            Transposition.Run(source, perOutput, lanes, Cells, cells + (Cells - 1) * Block, -Block);
        else
            Transposition.Run(source, perOutput, lanes, Cells, cells, Block);
    }
}
