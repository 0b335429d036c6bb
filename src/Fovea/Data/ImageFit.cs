using System.Buffers;
using System.Numerics.Tensors;
using Fovea.Tensors;

namespace Fovea.Data;

/// <summary>
/// Brings images of one shape to another: colours first (grey is copied to all channels; colour becomes grey as luma,
/// 0.299 R + 0.587 G + 0.114 B, ITU-R BT.601), then the size. An image that is at most <see cref="MaxPadding"/> pixels
/// a side too small is set in the middle of a border of zeros; any other is scaled, each direction by itself: down by
/// the mean of the area under each new pixel, up by bilinear interpolation between pixel centres. May be used from
/// many threads at once.
/// </summary>
internal sealed partial class ImageFit
{
    /// <summary>The widest border, in pixels a side, that is preferred to scaling.</summary>
    public const int MaxPadding = 8;

    private readonly AxisScale? _rows, _columns;
    private readonly int _top, _left;

    /// <summary>The conversion between two shapes.</summary>
    /// <param name="from">(C, H, W) of the images there are, C being 1 or 3.</param>
    /// <param name="to">(C, H, W) of the images wanted, C being 1 or 3.</param>
    /// <exception cref="ArgumentException">A shape is not (C, H, W), or has other channels.</exception>
    public ImageFit(Shape from, Shape to)
    {
        foreach (Shape shape in (ReadOnlySpan<Shape>)[from, to])
            if (!shape.IsMaps || shape.Channels is not (1 or 3))
                throw new ArgumentException($"an image is (1, H, W) or (3, H, W), got {shape}");
        From = from;
        To = to;
        int extraRows = to.Height - from.Height, extraColumns = to.Width - from.Width;
        IsPadded = extraRows is >= 0 and <= 2 * MaxPadding && extraColumns is >= 0 and <= 2 * MaxPadding && extraRows + extraColumns > 0;
        IsScaled = !IsPadded && (extraRows != 0 || extraColumns != 0);
        if (IsPadded)
            (_top, _left) = (extraRows / 2, extraColumns / 2);
        if (IsScaled)
            (_rows, _columns) = (new AxisScale(from.Height, to.Height), new AxisScale(from.Width, to.Width));
    }

    /// <summary>(C, H, W) of what comes in.</summary>
    public Shape From { get; }

    /// <summary>(C, H, W) of what goes out.</summary>
    public Shape To { get; }

    /// <summary>Whether a border is set around the image.</summary>
    public bool IsPadded { get; }

    /// <summary>Whether the image is scaled.</summary>
    public bool IsScaled { get; }

    /// <summary>Whether nothing changes.</summary>
    public bool IsIdentity => From == To;

    /// <summary>What is done, in a few words: <c>padded from 28×28 to 32×32, grey to colour</c>.</summary>
    public override string ToString()
    {
        var steps = new List<string>(2);
        if (IsPadded || IsScaled)
            steps.Add($"{(IsPadded ? "padded" : "scaled")} from {From.Height}×{From.Width} to {To.Height}×{To.Width}");
        if (From.Channels != To.Channels)
            steps.Add(From.Channels == 1 ? "grey to colour" : "colour to grey");
        return steps.Count == 0 ? "as it is" : string.Join(", ", steps);
    }

    /// <summary>Converts one image.</summary>
    /// <param name="source">The image, of shape <see cref="From"/>.</param>
    /// <param name="destination">The result, of shape <see cref="To"/>.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public void Apply(ReadOnlySpan<float> source, Span<float> destination)
    {
        if (source.Length != From.Length || destination.Length != To.Length)
            throw new ArgumentException($"images of {From} and {To} take {From.Length} and {To.Length} floats, got {source.Length} and {destination.Length}");
        int sourcePlane = From.Height * From.Width, plane = To.Height * To.Width;
        if (From.Channels == 3 && To.Channels == 1)
        {
            float[] grey = ArrayPool<float>.Shared.Rent(sourcePlane);
            for (int i = 0; i < sourcePlane; i++)
                grey[i] = 0.299f * source[i] + 0.587f * source[sourcePlane + i] + 0.114f * source[2 * sourcePlane + i];
            Resize(grey.AsSpan(0, sourcePlane), destination);
            ArrayPool<float>.Shared.Return(grey);
            return;
        }
        for (int c = 0; c < From.Channels; c++)
            Resize(source.Slice(c * sourcePlane, sourcePlane), destination.Slice(c * plane, plane));
        for (int c = From.Channels; c < To.Channels; c++)
            destination[..plane].CopyTo(destination.Slice(c * plane, plane));
    }

    private void Resize(ReadOnlySpan<float> source, Span<float> destination)
    {
        if (_rows is not null && _columns is not null)
        {
            Scale(source, destination, _rows, _columns);
            return;
        }
        destination.Clear();
        for (int h = 0; h < From.Height; h++)
            source.Slice(h * From.Width, From.Width).CopyTo(destination[((_top + h) * To.Width + _left)..]);
    }

    private void Scale(ReadOnlySpan<float> source, Span<float> destination, AxisScale rows, AxisScale columns)
    {
        float[] buffer = ArrayPool<float>.Shared.Rent(From.Height * To.Width);
        Span<float> narrow = buffer.AsSpan(0, From.Height * To.Width);
        for (int h = 0; h < From.Height; h++)
        {
            ReadOnlySpan<float> line = source.Slice(h * From.Width, From.Width);
            for (int w = 0; w < To.Width; w++)
            {
                ReadOnlySpan<float> weights = columns.Weights(w);
                int start = columns.Start(w);
                float sum = 0;
                for (int i = 0; i < weights.Length; i++)
                    sum += weights[i] * line[start + i];
                narrow[h * To.Width + w] = sum;
            }
        }
        destination.Clear();
        for (int h = 0; h < To.Height; h++)
        {
            ReadOnlySpan<float> weights = rows.Weights(h);
            int start = rows.Start(h);
            Span<float> line = destination.Slice(h * To.Width, To.Width);
            for (int i = 0; i < weights.Length; i++)
                TensorPrimitives.MultiplyAdd(narrow.Slice((start + i) * To.Width, To.Width), weights[i], line, line);
        }
        ArrayPool<float>.Shared.Return(buffer);
    }
}
