using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Quantized;

/// <summary>
/// 3 × 3 convolution with stride 1 of quantised maps by Winograd's transform F(4 × 4, 3 × 3) (Lavin and Gray, "Fast
/// algorithms for convolutional neural networks", 2015): 36 products of 16 bits make 16 outputs instead of 144 of 8 bits.
/// The transform of the input multiplies by whole numbers that come to at most 100, so transformed activations are
/// exact in 16 bits; weights are transformed in double precision and rounded to 16 bits with a step for every output
/// and position, so small that sums stay within 32 bits whatever the activations. So the only new error is that
/// rounding, a hundredth of what 8 bits err.
/// </summary>
internal static unsafe class QuantizedWinograd
{
    /// <summary>Pixels of a tile's side.</summary>
    public const int Tile = 4;

    /// <summary>Numbers of a transformed tile.</summary>
    public const int Positions = Side * Side;

    private const int Side = Tile + 2;
    private const int Block = QuantizedCorrelation.Block;

    /// <summary>Where everything lies. A chunk of tiles, row by row, is transformed, multiplied and transformed back.</summary>
    public struct Operands
    {
        /// <summary>The pixel that the first tile's first cell meets: one up and one left, with padding 1.</summary>
        public byte* Input;
        public int InputBlock;
        public int InputPitch;
        public int InputBlocks;
        public short ZeroPoint;

        /// <summary>Tiles of a row of tiles.</summary>
        public int TileColumns;

        /// <summary>The chunk's first tile and how many there are.</summary>
        public int FirstTile;
        public int Tiles;

        /// <summary>(36, tiles, input channels): transformed activations.</summary>
        public short* Transformed;

        /// <summary>(36, output blocks, input channels / 2, 16, 2): transformed weights.</summary>
        public short* Weights;

        /// <summary>(36, output blocks, tiles, 16): sums of products.</summary>
        public int* Products;

        /// <summary>(input channels / 2): 0, 4, 8, …, the bytes to a pair of channels.</summary>
        public int* Pairs;

        /// <summary>(36, output blocks, 16): what sums are multiplied with.</summary>
        public float* Scale;

        /// <summary>(output blocks, 16).</summary>
        public float* Bias;
        public byte* Output;
        public int OutputBlock;
        public int OutputPitch;
        public int OutputBlocks;
        public int OutputHeight;
        public int OutputWidth;

        /// <summary>As the output, or null.</summary>
        public byte* Residual;
        public int ResidualBlock;
        public int ResidualPitch;
        public float ResidualScale;
        public float Lower;
        public float Upper;
    }

    /// <summary>Whether this machine has fast products of 16 bits; without, the direct way is the better one.</summary>
    public static bool IsSupported => Avx2.IsSupported && SimdWidth.Bits >= 256;

    /// <summary>First step: B ᵀ d B of the tiles' pixels, for some blocks of input channels.</summary>
    public static void TransformInputs(in Operands operands, int firstBlock, int endBlock)
    {
        Vector256<short>* columns = stackalloc Vector256<short>[Positions];
        int channels = operands.InputBlocks * Block, plane = operands.Tiles * channels;
        for (int t = 0; t < operands.Tiles; t++)
        {
            int tile = operands.FirstTile + t, y = tile / operands.TileColumns * Tile, x = tile % operands.TileColumns * Tile;
            for (int block = firstBlock; block < endBlock; block++)
                TransformInput(
                    operands.Input + (nint)block * operands.InputBlock + (nint)y * operands.InputPitch + x * Block, operands.InputPitch,
                    Vector256.Create(operands.ZeroPoint), columns, operands.Transformed + (nint)t * channels + block * Block, plane);
        }
    }

    /// <summary>Second step: the products of some positions, for all tiles and outputs.</summary>
    public static void Multiply(in Operands operands, int firstPosition, int endPosition)
    {
        if (Avx512BW.IsSupported && SimdWidth.Bits == 512)
            Multiply<WordSimd512, Vector512<byte>>(operands, firstPosition, endPosition);
        else
            Multiply<WordSimd256, Vector256<byte>>(operands, firstPosition, endPosition);
    }

    public static void Multiply<TSimd, TVector>(in Operands operands, int firstPosition, int endPosition)
        where TSimd : IByteSimd<TVector>
        where TVector : unmanaged
    {
        int channels = operands.InputBlocks * Block, weightBlock = channels * Block, productBlock = operands.Tiles * Block;
        for (int position = firstPosition; position < endPosition; position++)
            QuantizedCorrelation.Multiply<TSimd, TVector>(new QuantizedCorrelation.Products
            {
                Input = (byte*)(operands.Transformed + (nint)position * operands.Tiles * channels),
                InputStep = channels * sizeof(short),
                Steps = operands.Pairs,
                StepCount = channels / 2,
                Weights = (sbyte*)(operands.Weights + (nint)position * operands.OutputBlocks * weightBlock),
                WeightBlock = weightBlock * sizeof(short),
                Totals = operands.Products + (nint)position * operands.OutputBlocks * productBlock,
                TotalBlock = productBlock,
                Blocks = operands.OutputBlocks,
                Count = operands.Tiles,
            });
    }

    /// <summary>Third step: A ᵀ m A, and what follows it, for some blocks of outputs.</summary>
    public static void TransformOutputs(in Operands operands, int firstBlock, int endBlock)
    {
        Vector256<float>* rows = stackalloc Vector256<float>[Tile * Side];
        for (int block = firstBlock; block < endBlock; block++)
            for (int t = 0; t < operands.Tiles; t++)
                for (int half = 0; half < Block; half += Vector256<float>.Count)
                    TransformOutput(operands, block, t, half, rows);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void TransformInput(byte* pixel, int pitch, Vector256<short> zero, Vector256<short>* columns, short* transformed, int plane)
    {
        for (int i = 0; i < Side; i++, pixel += Block)
            ColumnOf(
                Load(pixel, zero), Load(pixel + pitch, zero), Load(pixel + 2 * pitch, zero), Load(pixel + 3 * pitch, zero), Load(pixel + 4 * pitch, zero), Load(pixel + 5 * pitch, zero),
                out columns[i], out columns[Side + i], out columns[2 * Side + i], out columns[3 * Side + i], out columns[4 * Side + i], out columns[5 * Side + i]);
        for (int i = 0; i < Side; i++, columns += Side, transformed += (nint)Side * plane)
        {
            ColumnOf(
                columns[0], columns[1], columns[2], columns[3], columns[4], columns[5],
                out Vector256<short> t0, out Vector256<short> t1, out Vector256<short> t2, out Vector256<short> t3, out Vector256<short> t4, out Vector256<short> t5);
            t0.Store(transformed);
            t1.Store(transformed + plane);
            t2.Store(transformed + 2 * (nint)plane);
            t3.Store(transformed + 3 * (nint)plane);
            t4.Store(transformed + 4 * (nint)plane);
            t5.Store(transformed + 5 * (nint)plane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Load(byte* pixel, Vector256<short> zero) => Avx2.ConvertToVector256Int16(Vector128.Load(pixel)) - zero;

    /// <summary>B ᵀ times a column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ColumnOf(
        Vector256<short> d0, Vector256<short> d1, Vector256<short> d2, Vector256<short> d3, Vector256<short> d4, Vector256<short> d5,
        out Vector256<short> t0, out Vector256<short> t1, out Vector256<short> t2, out Vector256<short> t3, out Vector256<short> t4, out Vector256<short> t5)
    {
        Vector256<short> even = d4 - (d2 << 2), odd = d3 - (d1 << 2);
        t1 = even + odd;
        t2 = even - odd;
        t0 = even + (d0 << 2) - d2;
        t5 = d5 - odd - (d3 << 2);
        even = d4 - d2;
        odd = (d3 - d1) << 1;
        t3 = even + odd;
        t4 = even - odd;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void TransformOutput(in Operands operands, int block, int t, int half, Vector256<float>* rows)
    {
        nint plane = (nint)operands.OutputBlocks * operands.Tiles * Block, scalePlane = operands.OutputBlocks * Block;
        int* product = operands.Products + ((nint)block * operands.Tiles + t) * Block + half;
        float* scale = operands.Scale + block * Block + half;
        for (int i = 0; i < Side; i++, product += plane, scale += scalePlane)
            RowOf(
                Scaled(product, scale), Scaled(product + Side * plane, scale + Side * scalePlane), Scaled(product + 2 * Side * plane, scale + 2 * Side * scalePlane),
                Scaled(product + 3 * Side * plane, scale + 3 * Side * scalePlane), Scaled(product + 4 * Side * plane, scale + 4 * Side * scalePlane), Scaled(product + 5 * Side * plane, scale + 5 * Side * scalePlane),
                out rows[i], out rows[Side + i], out rows[2 * Side + i], out rows[3 * Side + i]);
        int tile = operands.FirstTile + t, y = tile / operands.TileColumns * Tile, x = tile % operands.TileColumns * Tile;
        int height = Math.Min(Tile, operands.OutputHeight - y), width = Math.Min(Tile, operands.OutputWidth - x);
        byte* output = operands.Output + (nint)block * operands.OutputBlock + (nint)y * operands.OutputPitch + x * Block + half;
        byte* residual = operands.Residual == null ? null : operands.Residual + (nint)block * operands.ResidualBlock + (nint)y * operands.ResidualPitch + x * Block + half;
        var bias = Vector256.Load(operands.Bias + block * Block + half);
        for (int i = 0; i < height; i++, rows += Side, output += operands.OutputPitch, residual += operands.ResidualPitch)
        {
            RowOf(rows[0], rows[1], rows[2], rows[3], rows[4], rows[5], out Vector256<float> o0, out Vector256<float> o1, out Vector256<float> o2, out Vector256<float> o3);
            Finish(operands, o0 + bias, residual, output);
            if (width > 1)
                Finish(operands, o1 + bias, residual + Block, output + Block);
            if (width > 2)
                Finish(operands, o2 + bias, residual + 2 * Block, output + 2 * Block);
            if (width > 3)
                Finish(operands, o3 + bias, residual + 3 * Block, output + 3 * Block);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Scaled(int* product, float* scale) => Avx.ConvertToVector256Single(Vector256.Load(product)) * Vector256.Load(scale);

    /// <summary>A ᵀ times a column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RowOf(
        Vector256<float> m0, Vector256<float> m1, Vector256<float> m2, Vector256<float> m3, Vector256<float> m4, Vector256<float> m5,
        out Vector256<float> o0, out Vector256<float> o1, out Vector256<float> o2, out Vector256<float> o3)
    {
        Vector256<float> sum1 = m1 + m2, sum2 = m3 + m4, difference1 = m1 - m2, difference2 = m3 - m4;
        o0 = m0 + sum1 + sum2;
        o1 = Vector256.FusedMultiplyAdd(difference2, Vector256.Create(2f), difference1);
        o2 = Vector256.FusedMultiplyAdd(sum2, Vector256.Create(4f), sum1);
        o3 = Vector256.FusedMultiplyAdd(difference2, Vector256.Create(8f), difference1) + m5;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(in Operands operands, Vector256<float> value, byte* residual, byte* output)
    {
        if (operands.Residual != null)
            value = Vector256.FusedMultiplyAdd(Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(residual)), Vector256.Create(operands.ResidualScale), value);
        Vector256<int> whole = Avx.ConvertToVector256Int32(Avx.Min(Avx.Max(value, Vector256.Create(operands.Lower)), Vector256.Create(operands.Upper)));
        Vector128<short> shorts = Sse2.PackSignedSaturate(whole.GetLower(), whole.GetUpper());
        *(ulong*)output = Sse2.PackUnsignedSaturate(shorts, shorts).AsUInt64().ToScalar();
    }
}
