using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// NumPy's rule for operands of different shapes, over the dimensions of a sample: aligned at the last one, sizes are equal, or
/// one of them is 1 or missing and its elements are repeated. The batch is never part of it.
/// </summary>
internal static class Broadcasting
{
    /// <summary>The shape that all operands are repeated to; null if they do not fit.</summary>
    public static Shape? Of(Shape left, Shape right)
    {
        var sizes = new int[Math.Max(left.Rank, right.Rank)];
        for (int back = 1; back <= sizes.Length; back++)
        {
            int ofLeft = back <= left.Rank ? left[left.Rank - back] : 1, ofRight = back <= right.Rank ? right[right.Rank - back] : 1;
            if (ofLeft != ofRight && ofLeft != 1 && ofRight != 1)
                return null;
            sizes[^back] = ofLeft == 1 ? ofRight : ofLeft;
        }
        return new Shape(sizes);
    }

    /// <summary>Whether the one shape is (C, …) and the other (C, 1, …): a number a channel.</summary>
    public static bool IsPerChannel(Shape maps, Shape numbers) =>
        maps.Rank >= 1 && numbers.Rank == maps.Rank && numbers.Length == numbers.Channels && numbers.Channels == maps.Channels;
}
