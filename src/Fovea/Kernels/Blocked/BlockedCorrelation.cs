using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Blocked;

/// <summary>
/// The product behind every convolution and matrix product over blocked maps, where 16 channels of a pixel lie side by
/// side:
/// <code>output[o][p] = clamp(bias[o] + residual[o][p] + Σₜ Σᵢ input[tap[t] + p·step + i] · weights[o][t][i])</code>
/// o is a block of 16 outputs, which lie in the lanes; p a pixel; t a tap (a kernel's cell in one block of input
/// channels) and i a channel of that block. A pixel's value is broadcast and meets 16 weights at once. The table of
/// taps holds padding, dilation, groups and the phases of a transposed convolution; the step holds the stride.
/// </summary>
internal static unsafe partial class BlockedCorrelation
{
    /// <summary>Channels that lie side by side.</summary>
    public const int Block = 16;

    /// <summary>Pixels of a group: widths of 7, 14, 28, 56 and 112 are whole groups.</summary>
    private const int Group = 7;

    /// <summary>Weights of each of two vectors that a piece goes over: 16 KB together, half of the first-level cache.</summary>
    private const int PieceSteps = 128;

    /// <summary>
    /// A tile must be a method of its own: inlined into its caller it exhausts the JIT's budget for inlining, and every
    /// multiply-add becomes a call. It is worth full optimisation from its first call on.
    /// </summary>
    private const MethodImplOptions TileOptions = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;

    /// <summary>Where everything lies. All distances in floats.</summary>
    public struct Operands
    {
        /// <summary>The first pixel's first channel, at tap offset 0.</summary>
        public float* Input;

        /// <summary>(taps): what to add to a pixel's place.</summary>
        public int* InputTaps;
        public int Taps;

        /// <summary>Channels of a tap, side by side in the input: 16, or fewer for a network's own input.</summary>
        public int Inner;

        /// <summary>From one pixel to the next of its row.</summary>
        public int InputStep;

        /// <summary>From one row of pixels to the next.</summary>
        public int InputPitch;

        /// <summary>(blocks, taps, inner, 16).</summary>
        public float* Weights;

        /// <summary>From one block of outputs to the next.</summary>
        public int WeightBlock;

        public float* Output;
        public int OutputBlock;
        public int OutputStep;
        public int OutputPitch;

        /// <summary>(blocks, 16), or null for zero.</summary>
        public float* Bias;

        /// <summary>Laid out as the output but for its own block and pitch; null for zero. May be the output itself.</summary>
        public float* Residual;
        public int ResidualBlock;
        public int ResidualPitch;

        /// <summary>Blocks of 16 outputs.</summary>
        public int Blocks;
        public int Height;
        public int Width;

        /// <summary>What the result is clamped to: 0 and ∞ make a ReLU, −∞ and ∞ nothing.</summary>
        public float Lower;
        public float Upper;
    }

    /// <summary>Computes all blocks and pixels at the width chosen for this machine.</summary>
    public static void Run(in Operands operands)
    {
        switch (SimdWidth.Floats)
        {
            case 16: Run<Simd512, Vector512<float>>(operands); break;
            case 8: Run<Simd256, Vector256<float>>(operands); break;
            case 4: Run<Simd128, Vector128<float>>(operands); break;
            default: Run<SimdScalar, float>(operands); break;
        }
    }

    public static void Run<TSimd, TVector>(in Operands operands)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int vectors = operands.Blocks * Block / TSimd.Count, taps = TapsOfPiece(operands);
        for (int v = 0; v < vectors; v += 2)
            for (int tap = 0; tap < operands.Taps; tap += taps)
            {
                // The next weights are fetched while these are worked with: the rest of the pair's, or the next pair's.
                Operands piece = Piece(operands, tap, taps);
                int second = Math.Min(v + 1, vectors - 1), next = Math.Min(v + 2, vectors - 1);
                nint ahead = tap + taps < operands.Taps ? (nint)taps * operands.Inner * Block
                    : Place<TSimd, TVector>(next, operands.WeightBlock) - Place<TSimd, TVector>(v, operands.WeightBlock) - (nint)tap * operands.Inner * Block;
                RunPair<TSimd, TVector>(piece, v, second, ahead);
            }
    }

    /// <summary>
    /// How many taps to go over at once: those whose weights stay in the first-level cache while all pixels meet them.
    /// Sums then wait in the output, which is out of the question where pixels are computed twice.
    /// </summary>
    private static int TapsOfPiece(in Operands operands) =>
        operands.Width % Group != 0 || operands.Width * operands.Height < 4 * Group ? operands.Taps : Math.Max(1, PieceSteps / operands.Inner);

    /// <summary>The product over some taps: the first ones start with bias and residual, the last ones clamp.</summary>
    private static Operands Piece(in Operands operands, int tap, int taps)
    {
        Operands piece = operands;
        piece.Taps = Math.Min(taps, operands.Taps - tap);
        piece.InputTaps += tap;
        piece.Weights += (nint)tap * operands.Inner * Block;
        if (tap > 0)
        {
            piece.Bias = null;
            piece.Residual = operands.Output;
            piece.ResidualBlock = operands.OutputBlock;
            piece.ResidualPitch = operands.OutputPitch;
        }
        if (tap + taps < operands.Taps)
            (piece.Lower, piece.Upper) = (float.NegativeInfinity, float.PositiveInfinity);
        return piece;
    }

    /// <summary>All pixels of two vectors of outputs (of one twice, where their number is odd).</summary>
    private static void RunPair<TSimd, TVector>(in Operands operands, int first, int second, nint ahead)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        if (operands.Width < Group)
        {
            for (int y = 0; y < operands.Height; y++)
                for (int x = 0; x < operands.Width; x++)
                    Tile1<TSimd, TVector>(operands, first, second, y, x);
            return;
        }
        if (TSimd.Count == 16 && first == second && (operands.Width % Group == 0 || operands.Residual != operands.Output))
        {
            RunSingle<TSimd, TVector>(operands, first);
            return;
        }
        // Two groups at once fill AVX-512's 32 registers: 28 sums, two weights, a pixel.
        int waitingY = -1, waitingX = 0, tiles = 0;
        nint distance = Place<TSimd, TVector>(second, operands.WeightBlock) - Place<TSimd, TVector>(first, operands.WeightBlock);
        for (int y = 0; y < operands.Height; y++)
            for (int x = 0; x < operands.Width; x += Group)
            {
                int start = x;
                if (x + Group > operands.Width)
                {
                    // The row's last group starts early and computes some pixels twice, unless sums would be added twice.
                    if (operands.Residual == operands.Output)
                    {
                        for (; start < operands.Width; start++)
                            Tile1<TSimd, TVector>(operands, first, second, y, start);
                        continue;
                    }
                    start = operands.Width - Group;
                }
                if (TSimd.Count < 16)
                    Tile7<TSimd, TVector>(operands, first, second, y, start, Fetch(tiles++));
                else if (waitingY < 0)
                    (waitingY, waitingX) = (y, start);
                else
                {
                    Tile14<TSimd, TVector>(operands, first, second, waitingY, waitingX, y, start, Fetch(tiles++));
                    waitingY = -1;
                }
            }
        if (waitingY >= 0)
            Tile7<TSimd, TVector>(operands, first, second, waitingY, waitingX, Fetch(tiles));

        // Each tile fetches as much as it reads of one vector's weights: the first tile for the first, the second for the second.
        nint Fetch(int tile) => tile == 0 ? ahead : tile == 1 ? ahead + distance : 0;
    }

    /// <summary>Asks for a line of weights to be brought into the second-level cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(float* place)
    {
        if (Sse.IsSupported)
            Sse.Prefetch1(place);
    }

    /// <summary>Where a vector of outputs lies among blocks that are <paramref name="block"/> floats apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Place<TSimd, TVector>(int vector, int block)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        (nint)(vector * TSimd.Count / Block) * block + vector * TSimd.Count % Block;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Bias<TSimd, TVector>(in Operands operands, int vector)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        operands.Bias == null ? TSimd.Zero : TSimd.Load(operands.Bias + vector * TSimd.Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Start<TSimd, TVector>(in Operands operands, TVector bias, float* residual)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        operands.Residual == null ? bias : TSimd.Add(bias, TSimd.Load(residual));
}
