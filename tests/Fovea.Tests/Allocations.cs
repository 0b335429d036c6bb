namespace Fovea.Tests;

/// <summary>Counts what work allocates once it is running.</summary>
internal static class Allocations
{
    private const int Rounds = 5;

    /// <summary>
    /// The least number of bytes that a round of the work allocates on this thread. The runtime itself allocates now and
    /// then while it compiles methods anew; what the work allocates shows in every round.
    /// </summary>
    public static long Least(Action round)
    {
        long least = long.MaxValue;
        for (int i = 0; i < Rounds && least > 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
