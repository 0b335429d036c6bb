using Fovea.Tensors;

namespace Fovea.Data;

/// <summary>Deals out all classes equally often.</summary>
internal static class BalancedOrder
{
    private const ulong ClassStream = 0x42414c414e4345; // "BALANCE"

    /// <summary>
    /// Fills an epoch, one class after the other: each gets an equal part (some of them one sample more, where
    /// the parts are not even), its samples in random order, from the start again when all were dealt.
    /// </summary>
    /// <param name="members">The samples of each class that has any; their order is changed.</param>
    /// <param name="seed">Names the draw.</param>
    /// <param name="epoch">Names the draw.</param>
    /// <param name="order">Receives samples; its length is the epoch's.</param>
    public static void Fill(int[][] members, ulong seed, int epoch, Span<int> order)
    {
        var rng = new Rng(Rng.Mix(seed ^ ClassStream), (ulong)epoch);
        int[] classes = [.. Enumerable.Range(0, members.Length)];
        rng.Shuffle<int>(classes);
        int filled = 0;
        for (int c = 0; c < members.Length; c++)
        {
            int[] samples = members[classes[c]];
            int end = (int)((long)order.Length * (c + 1) / members.Length);
            while (filled < end)
            {
                // The order that an earlier epoch left must not matter.
                Array.Sort(samples);
                rng.Shuffle<int>(samples);
                int count = Math.Min(samples.Length, end - filled);
                samples.AsSpan(0, count).CopyTo(order[filled..]);
                filled += count;
            }
        }
    }
}
