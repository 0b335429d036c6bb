using Fovea.Tensors;

namespace Fovea.Data.Augmentation;

/// <summary>
/// Covers a square, centred on any pixel, so that it may reach beyond the image (DeVries and Taylor, 2017). What is
/// covered gets the canvas's fill values.
/// </summary>
public sealed record Cutout : AugmentationStep
{
    /// <summary>Squares of this many pixels a side, 1 to 10,000.</summary>
    public Cutout(int size) => Size = (int)Guard.Between(size, 1, 10_000, "the size of cutout");

    /// <summary>The square's side in pixels.</summary>
    public int Size { get; }

    /// <inheritdoc/>
    internal override void Apply(ref Rng rng, Canvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        int height = canvas.Shape.Height, width = canvas.Shape.Width;
        int left = rng.NextInt(width) - Size / 2, top = rng.NextInt(height) - Size / 2;
        var area = Box.Of(left, top, Size, Size, width, height);
        for (int c = 0; c < canvas.Shape.Channels; c++)
            for (int y = area.Top; y < area.Bottom; y++)
                area.Row(canvas.Plane(c), y, width).Fill(canvas.Fill[c]);
    }
}

/// <summary>A rectangle of pixels inside an image.</summary>
internal readonly record struct Box(int Left, int Top, int Right, int Bottom)
{
    /// <summary>The part of a rectangle that lies inside.</summary>
    public static Box Of(int left, int top, int width, int height, int imageWidth, int imageHeight) => new(
        Math.Clamp(left, 0, imageWidth), Math.Clamp(top, 0, imageHeight),
        Math.Clamp(left + width, 0, imageWidth), Math.Clamp(top + height, 0, imageHeight));

    /// <summary>How many pixels it has.</summary>
    public int Area => (Right - Left) * (Bottom - Top);

    /// <summary>Its part of a row of a plane.</summary>
    public Span<float> Row(Span<float> plane, int y, int width) => plane[(y * width + Left)..(y * width + Right)];
}
