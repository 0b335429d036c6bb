using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fovea.Kernels.Blocked;

/// <summary>
/// Weights on their way between PyTorch's order, (outputs, inputs, cells), and those of the kernels, where 16 outputs or
/// 16 inputs lie side by side. Rows become columns some numbers at a time in the first-level cache, then whole vectors
/// find their places.
/// </summary>
internal static unsafe class WeightLayout
{
    private const int Block = BlockedCorrelation.Block;

    /// <summary>Numbers of a row that are turned at a time.</summary>
    private const int Run = 16;

    /// <summary>packed[cell][c][lane] = rows[lane][c][cell] · scale[lane].</summary>
    /// <param name="rows">(lanes, channels, cells), rows <paramref name="pitch"/> floats apart.</param>
    /// <param name="pitch">Floats from row to row.</param>
    /// <param name="lanes">Outputs, up to 16.</param>
    /// <param name="channels">Channels of a row.</param>
    /// <param name="cells">Cells of a kernel.</param>
    /// <param name="scales">(16).</param>
    /// <param name="packed">(cells, inner, 16); lanes past the last become zero, channels past the last stay as they are.</param>
    /// <param name="inner">Channels side by side.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToLanes(float* rows, int pitch, int lanes, int channels, int cells, float* scales, float* packed, int inner)
    {
        float* turned = stackalloc float[Run * Block];
        new Span<float>(turned, Run * Block).Clear();
        int length = channels * cells;
        for (int at = 0, channel = 0, cell = 0; at < length; at += Run)
        {
            int count = Math.Min(Run, length - at);
            Transposition.Run(rows + at, pitch, lanes, count, turned, Block);
            for (int i = 0; i < count; i++)
            {
                float* target = packed + ((nint)cell * inner + channel) * Block, source = turned + i * Block;
                for (int lane = 0; lane < Block; lane += Vector256<float>.Count)
                    (Vector256.Load(source + lane) * Vector256.Load(scales + lane)).Store(target + lane);
                if (++cell == cells)
                    (cell, channel) = (0, channel + 1);
            }
        }
    }

    /// <summary>The way back: rows[lane][c][cell] = packed[cell][c][lane].</summary>
    /// <inheritdoc cref="ToLanes"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FromLanes(float* packed, int inner, int lanes, int channels, int cells, float* rows, int pitch)
    {
        float* turned = stackalloc float[Run * Block];
        int length = channels * cells;
        for (int at = 0, channel = 0, cell = 0; at < length; at += Run)
        {
            int count = Math.Min(Run, length - at);
            for (int i = 0; i < count; i++)
            {
                float* source = packed + ((nint)cell * inner + channel) * Block, target = turned + i * Block;
                for (int lane = 0; lane < Block; lane += Vector256<float>.Count)
                    Vector256.Load(source + lane).Store(target + lane);
                if (++cell == cells)
                    (cell, channel) = (0, channel + 1);
            }
            Transposition.Run(turned, Block, count, lanes, rows + at, pitch);
        }
    }

    /// <summary>packed[i][lane] = row[lane][chosen[i]], the vectors <paramref name="step"/> floats apart.</summary>
    /// <param name="row">(lanes, cells): what one output has for some inputs.</param>
    /// <param name="lanes">Inputs, up to 16.</param>
    /// <param name="cells">Cells of a kernel.</param>
    /// <param name="chosen">Which cells, in ascending order.</param>
    /// <param name="packed">(chosen, 16); lanes past the last stay as they are.</param>
    /// <param name="step">Floats from a vector to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToInputLanes(float* row, int lanes, int cells, ReadOnlySpan<int> chosen, float* packed, nint step)
    {
        float* turned = stackalloc float[Run * Block];
        for (int first = 0, i = 0; first < cells; first += Run)
        {
            int count = Math.Min(Run, cells - first);
            Transposition.Run(row + first, cells, lanes, count, turned, Block);
            for (; i < chosen.Length && chosen[i] < first + count; i++, packed += step)
                Unsafe.CopyBlockUnaligned(packed, turned + (chosen[i] - first) * Block, (uint)(lanes * sizeof(float)));
        }
    }
}
