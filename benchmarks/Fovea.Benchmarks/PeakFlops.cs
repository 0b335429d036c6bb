using Fovea.Kernels;

namespace Fovea.Benchmarks;

/// <summary>The most multiply-adds that cores make together.</summary>
internal static class PeakFlops
{
    private const int Rounds = 2_000_000;
    private const int Runs = 10;

    /// <summary>GF/s of several threads at once, at the width that the kernels use; a multiply-add counts two.</summary>
    public static double Measure(int threads)
    {
        var peaks = new double[threads];
        using var together = new Barrier(threads);
        Thread[] others = [.. Enumerable.Range(0, threads).Select(i => new Thread(() =>
        {
            together.SignalAndWait();
            peaks[i] = CoreProbe.Gflops(Rounds, Runs);
        }))];
        foreach (Thread other in others)
            other.Start();
        foreach (Thread other in others)
            other.Join();
        return peaks.Sum();
    }
}
