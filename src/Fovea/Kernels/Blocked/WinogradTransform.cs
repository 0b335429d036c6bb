using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Blocked;

/// <summary>
/// The maps of <see cref="IWinograd"/> in two dimensions, on the 16 channels of a block: rows first, into a local
/// square, then columns. A transformed tile has n² positions, each a vector of 16, <c>position</c> floats apart.
/// </summary>
internal static unsafe class WinogradTransform
{
    private const int Block = BlockedCorrelation.Block;
    private const MethodImplOptions TileOptions = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;

    /// <summary>Floats of a local square: 6 × 6 vectors, the largest there is.</summary>
    public const int Square = 36 * Block;

    /// <summary>BᵀdB: n × n pixels, rows <paramref name="pitch"/> floats apart.</summary>
    [MethodImpl(TileOptions)]
    public static void Input<TWinograd, TSimd, TVector>(float* source, nint pitch, float* target, nint position, float* local)
        where TWinograd : IWinograd
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int n = TWinograd.Tile + 2;
        for (int lane = 0; lane < Block; lane += TSimd.Count)
        {
            for (int r = 0; r < n; r++)
                TWinograd.Input<TSimd, TVector>(source + lane + r * pitch, Block, local + r * n * Block, Block);
            for (int c = 0; c < n; c++)
                TWinograd.Input<TSimd, TVector>(local + c * Block, n * Block, target + lane + c * position, n * position);
        }
    }

    /// <summary>AᵀMA: n² positions to m × m pixels side by side.</summary>
    [MethodImpl(TileOptions)]
    public static void Output<TWinograd, TSimd, TVector>(float* source, nint position, float* target, float* local)
        where TWinograd : IWinograd
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int m = TWinograd.Tile, n = m + 2;
        for (int lane = 0; lane < Block; lane += TSimd.Count)
        {
            for (int r = 0; r < n; r++)
                TWinograd.Output<TSimd, TVector>(source + lane + r * n * position, position, local + r * m * Block, Block);
            for (int c = 0; c < m; c++)
                TWinograd.Output<TSimd, TVector>(local + c * Block, m * Block, target + lane + c * Block, m * Block);
        }
    }

    /// <summary>AyAᵀ: m × m pixels, rows <paramref name="pitch"/> floats apart, to n² positions.</summary>
    [MethodImpl(TileOptions)]
    public static void Gradient<TWinograd, TSimd, TVector>(float* source, nint pitch, float* target, nint position, float* local)
        where TWinograd : IWinograd
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int m = TWinograd.Tile, n = m + 2;
        for (int lane = 0; lane < Block; lane += TSimd.Count)
        {
            for (int r = 0; r < m; r++)
                TWinograd.Gradient<TSimd, TVector>(source + lane + r * pitch, Block, local + r * n * Block, Block);
            for (int c = 0; c < n; c++)
                TWinograd.Gradient<TSimd, TVector>(local + c * Block, n * Block, target + lane + c * position, n * position);
        }
    }

    /// <summary>GgGᵀ: 3 × 3 weights side by side to n² positions.</summary>
    [MethodImpl(TileOptions)]
    public static void Weights<TWinograd, TSimd, TVector>(float* source, float* target, nint position, float* local)
        where TWinograd : IWinograd
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int n = TWinograd.Tile + 2;
        for (int lane = 0; lane < Block; lane += TSimd.Count)
        {
            for (int r = 0; r < 3; r++)
                TWinograd.Weights<TSimd, TVector>(source + lane + r * 3 * Block, Block, local + r * n * Block, Block);
            for (int c = 0; c < n; c++)
                TWinograd.Weights<TSimd, TVector>(local + c * Block, n * Block, target + lane + c * position, n * position);
        }
    }

    /// <summary>GᵀuG: n² positions to 3 × 3 weights side by side.</summary>
    [MethodImpl(TileOptions)]
    public static void WeightGradient<TWinograd, TSimd, TVector>(float* source, nint position, float* target, float* local)
        where TWinograd : IWinograd
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int n = TWinograd.Tile + 2;
        for (int lane = 0; lane < Block; lane += TSimd.Count)
        {
            for (int r = 0; r < n; r++)
                TWinograd.WeightGradient<TSimd, TVector>(source + lane + r * n * position, position, local + r * 3 * Block, Block);
            for (int c = 0; c < 3; c++)
                TWinograd.WeightGradient<TSimd, TVector>(local + c * Block, 3 * Block, target + lane + c * Block, 3 * Block);
        }
    }

    /// <summary>Copies the rows and columns that there are to an n × n square, zeros elsewhere.</summary>
    public static void Patch(float* source, nint pitch, int rows, int columns, float* patch, int n)
    {
        int copied = Math.Clamp(columns, 0, n) * Block;
        for (int r = 0; r < n; r++)
        {
            var target = new Span<float>(patch + r * n * Block, n * Block);
            int floats = r < rows ? copied : 0;
            new ReadOnlySpan<float>(source + r * pitch, floats).CopyTo(target);
            target[floats..].Clear();
        }
    }

    /// <summary>Zeros this many tiles in all positions.</summary>
    public static void Fill(float* target, int position, int positions, int tiles)
    {
        for (int p = 0; tiles > 0 && p < positions; p++)
            new Span<float>(target + (nint)p * position, tiles * Block).Clear();
    }

    /// <summary>The first vector's place in memory with room for one vector more.</summary>
    public static float* Aligned(float* memory) => (float*)(((nint)memory + 63) & ~63);
}
