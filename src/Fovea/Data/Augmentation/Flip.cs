using Fovea.Tensors;

namespace Fovea.Data.Augmentation;

/// <summary>
/// Exchanges left and right, or top and bottom, or each by itself. Unless another probability is set, half of the images
/// are flipped in each direction.
/// </summary>
public sealed record Flip : AugmentationStep
{
    /// <summary>A flip in one direction or both.</summary>
    /// <param name="horizontal">Whether left and right are exchanged.</param>
    /// <param name="vertical">Whether top and bottom are exchanged.</param>
    public Flip(bool horizontal = true, bool vertical = false)
    {
        (Horizontal, Vertical) = (horizontal, vertical);
        Probability = horizontal && vertical ? 0.75 : 0.5;
    }

    /// <summary>Whether left and right are exchanged.</summary>
    public bool Horizontal { get; }

    /// <summary>Whether top and bottom are exchanged.</summary>
    public bool Vertical { get; }

    /// <inheritdoc/>
    internal override void Apply(ref Rng rng, Canvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        // Of those that are flipped where both directions are wanted, a third each is so in one, in the other, in both.
        int ways = Horizontal && Vertical ? 1 + rng.NextInt(3) : Horizontal ? 1 : Vertical ? 2 : 0;
        canvas.Move((ways & 1) != 0 ? -1 : 1, 0, 0, (ways & 2) != 0 ? -1 : 1);
    }
}
