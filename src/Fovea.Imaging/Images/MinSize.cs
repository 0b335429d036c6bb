namespace Fovea.Imaging;

/// <summary>The fewest pixels of an image that a use of it needs.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="KeepsProportions">Whether both directions must be reduced alike.</param>
public readonly record struct MinSize(int Width, int Height, bool KeepsProportions = true)
{
    /// <summary>A drawing has no detail that is lost in very large ones at this length of its longer side.</summary>
    internal static MinSize OfDrawing(int longest) => new(longest, longest) { IsDrawing = true };

    /// <summary>Whether the longer side alone counts, and only very large images are reduced.</summary>
    internal bool IsDrawing { get; private init; }

    /// <summary>The same for an image that is still to be turned.</summary>
    internal MinSize BeforeTurning(int orientation) =>
        ExifOrientation.Transposes(orientation) ? this with { Width = Height, Height = Width } : this;
}
