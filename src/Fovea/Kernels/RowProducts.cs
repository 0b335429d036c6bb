using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels;

/// <summary>
/// Products of a matrix's rows with one vector, for matrices that come from memory and are used once. Four rows are read
/// at a time, and far ahead: the processor fetches several streams faster than one, and stops at every page by itself.
/// </summary>
internal static unsafe class RowProducts
{
    /// <summary>Rows that are read at a time.</summary>
    private const int Group = 4;

    /// <summary>Floats that are fetched ahead.</summary>
    private const int Ahead = 512;

    /// <summary>products[r] = Σᵢ matrix[r][i] · vector[i], at the width chosen for this machine.</summary>
    /// <param name="matrix">(rows, length).</param>
    /// <param name="rows">Rows.</param>
    /// <param name="length">Columns.</param>
    /// <param name="vector">(length).</param>
    /// <param name="products">(rows).</param>
    public static void Run(float* matrix, int rows, int length, float* vector, float* products)
    {
        switch (SimdWidth.Floats)
        {
            case 16: Run<Simd512, Vector512<float>>(matrix, rows, length, vector, products); break;
            case 8: Run<Simd256, Vector256<float>>(matrix, rows, length, vector, products); break;
            case 4: Run<Simd128, Vector128<float>>(matrix, rows, length, vector, products); break;
            default: Run<SimdScalar, float>(matrix, rows, length, vector, products); break;
        }
    }

    public static void Run<TSimd, TVector>(float* matrix, int rows, int length, float* vector, float* products)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int row = 0;
        for (; row + Group <= rows; row += Group)
            Four<TSimd, TVector>(matrix + (nint)row * length, length, vector, products + row);
        for (; row < rows; row++)
            One<TSimd, TVector>(matrix + (nint)row * length, length, vector, products + row);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Four<TSimd, TVector>(float* row, int length, float* vector, float* products)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector a = TSimd.Zero, b = a, c = a, d = a;
        nint ahead = Ahead, step = length;
        int i = 0;
        for (; i + TSimd.Count <= length; i += TSimd.Count, row += TSimd.Count)
        {
            TVector x = TSimd.Load(vector + i);
            Prefetch(row + ahead);
            a = TSimd.MultiplyAdd(TSimd.Load(row), x, a);
            Prefetch(row + step + ahead);
            b = TSimd.MultiplyAdd(TSimd.Load(row + step), x, b);
            Prefetch(row + 2 * step + ahead);
            c = TSimd.MultiplyAdd(TSimd.Load(row + 2 * step), x, c);
            Prefetch(row + 3 * step + ahead);
            d = TSimd.MultiplyAdd(TSimd.Load(row + 3 * step), x, d);
        }
        (float p0, float p1, float p2, float p3) = (TSimd.Sum(a), TSimd.Sum(b), TSimd.Sum(c), TSimd.Sum(d));
        for (; i < length; i++, row++)
        {
            p0 += *row * vector[i];
            p1 += row[step] * vector[i];
            p2 += row[2 * step] * vector[i];
            p3 += row[3 * step] * vector[i];
        }
        (products[0], products[1], products[2], products[3]) = (p0, p1, p2, p3);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void One<TSimd, TVector>(float* row, int length, float* vector, float* products)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector sum = TSimd.Zero;
        int i = 0;
        for (; i + TSimd.Count <= length; i += TSimd.Count)
            sum = TSimd.MultiplyAdd(TSimd.Load(row + i), TSimd.Load(vector + i), sum);
        float product = TSimd.Sum(sum);
        for (; i < length; i++)
            product += row[i] * vector[i];
        *products = product;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(float* place)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(place);
    }
}
