using Fovea.Imaging.Jpeg;

namespace Fovea.Imaging.Reducing;

/// <summary>The fewest pixels of an image that a use of it needs.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="KeepsProportions">Whether both directions must be reduced alike.</param>
public readonly record struct LeastSize(int Width, int Height, bool KeepsProportions = true)
{
    /// <summary>The same for an image that is still to be turned.</summary>
    internal LeastSize BeforeTurning(int orientation) =>
        ExifOrientation.Transposes(orientation) ? new LeastSize(Height, Width, KeepsProportions) : this;
}
