using Fovea.Execution.Workers;

namespace Fovea.Execution.Blocked;

/// <summary>Goes between the samples as they are given or wanted, (count, C, H, W), and a map. Large samples are shared out in strips of rows.</summary>
/// <param name="map">The map.</param>
/// <param name="loads">Whether samples are laid out; otherwise they are taken apart.</param>
internal sealed unsafe class LayoutConversion(BlockedMap map, bool loads) : PhasedWork
{
    /// <summary>Samples of this many floats are laid out and taken apart by all threads.</summary>
    private const int LargeSample = 1 << 13;
    private const int MaxStrips = 8;

    private readonly bool _isLarge = map.Shape.Length >= LargeSample;
    private float* _plain;

    private int Strips => _isLarge ? Math.Min(map.Height, MaxStrips) : 1;

    /// <summary>Converts so many samples.</summary>
    public void Run(PhaseRunner phases, ReadOnlySpan<float> plain, int count, int threads)
    {
        fixed (float* samples = plain)
        {
            _plain = samples;
            phases.Run(this, count, _isLarge ? threads : 1);
        }
        _plain = null;
    }

    public override int Tasks(int phase, int count) => count * Strips;

    public override void Run(int phase, int task, int count, int worker)
    {
        int n = task / Strips, strip = task % Strips, row = map.Height * strip / Strips, rows = map.Height * (strip + 1) / Strips - row;
        float* plain = _plain + (nint)n * map.Shape.Length;
        if (loads)
            map.Write(map.Values, n, plain, row, rows);
        else
            map.Read(map.Values, n, plain, row, rows);
    }
}
