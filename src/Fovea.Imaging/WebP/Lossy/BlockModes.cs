namespace Fovea.Imaging.WebP.Lossy;

/// <summary>How pixels are predicted. The first four exist for whole macroblocks and for colour, too.</summary>
internal static class BlockModes
{
    /// <summary>The mean of what is above and to the left.</summary>
    public const int Mean = 0;

    /// <summary>Above plus left less the corner.</summary>
    public const int Gradient = 1;

    /// <summary>What is above.</summary>
    public const int Vertical = 2;

    /// <summary>What is to the left.</summary>
    public const int Horizontal = 3;

    // Slanting, named after the way down: to the right, steeply to the right, to the left, ...
    public const int DownRight = 4, VerticalRight = 5, DownLeft = 6, VerticalLeft = 7, HorizontalDown = 8, HorizontalUp = 9;

    public const int Count = 10;
}
