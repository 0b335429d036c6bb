namespace Fovea.Layers;

/// <summary>What the frame around a padded tensor shows; the names are PyTorch's.</summary>
public enum PadMode
{
    /// <summary>One value.</summary>
    Constant,

    /// <summary>The elements mirrored at the outermost, which is not repeated: c b | a b c | b a.</summary>
    Reflect,

    /// <summary>The outermost element: a a | a b c | c c.</summary>
    Replicate,
}
