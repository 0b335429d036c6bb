using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// Maps enlarged by whole numbers, as PyTorch's <c>Upsample</c> with a scale_factor: (C, H, W) to (C, scale · H, scale · W).
/// Nearest: output row o is input row ⌊o / scale⌋. Bilinear: it lies at row (o + ½) / scale − ½ of the input, not above the
/// first, or, if the corners are aligned, at row o · (H − 1) / (H' − 1), and is the mean of the rows beside that, by their
/// distances; columns likewise.
/// </summary>
public sealed record Upsample2d : Layer
{
    /// <summary>Describes an enlargement.</summary>
    /// <param name="scale">How many times as high and wide the maps become.</param>
    /// <param name="mode">How pixels are made.</param>
    /// <param name="alignCorners">Whether the centres of the corners' pixels stay where they are, not the edges of the maps; for bilinear.</param>
    /// <exception cref="ArgumentException">The scale is not positive, the mode is none, or the corners of nearest pixels are to be aligned.</exception>
    public Upsample2d(Size2 scale, UpsampleMode mode = UpsampleMode.Nearest, bool alignCorners = false)
    {
        Scale = scale.RequirePositive("Upsample2d", "scale");
        Mode = Enum.IsDefined(mode) ? mode : throw new ArgumentException($"Upsample2d: mode must be Nearest or Bilinear, got {mode}");
        AlignCorners = !alignCorners || mode == UpsampleMode.Bilinear ? alignCorners : throw new ArgumentException($"Upsample2d: alignCorners is for mode Bilinear, got {mode}");
    }

    /// <summary>How many times as high and wide the maps become.</summary>
    public Size2 Scale { get; }

    /// <summary>How pixels are made.</summary>
    public UpsampleMode Mode { get; }

    /// <summary>Whether the centres of the corners' pixels stay where they are.</summary>
    public bool AlignCorners { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        Shape input = RequireMaps(inputs[0]);
        return (double)input.Length * Scale.Height * Scale.Width <= int.MaxValue
            ? new Shape(input.Channels, input.Height * Scale.Height, input.Width * Scale.Width)
            : throw new ShapeException($"Upsample2d: a scale of {Scale} blows {input} up to more than {int.MaxValue} numbers");
    }
}
