namespace Fovea.Data.Augmentation;

/// <summary>What appears where an image that is moved or turned leaves a gap.</summary>
public enum Border
{
    /// <summary>Black, which is the ground of MNIST's digits.</summary>
    Black,

    /// <summary>The nearest pixel of the edge.</summary>
    Edge,

    /// <summary>The image mirrored at its edge: what suits photographs.</summary>
    Mirror,
}
