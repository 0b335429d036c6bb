using System.Numerics.Tensors;
using Fovea.Tensors;

namespace Fovea.Training;

/// <summary>
/// Copies of an image, mirrored or moved by a pixel, whose logits are averaged: mistakes that hang on a detail's place
/// are outvoted (test-time augmentation). Logits rather than probabilities, as in Jordan, "94% on CIFAR-10 in 3.29 seconds
/// on a single GPU" (2024), whose views and weights these are: averaged probabilities would count a sure view
/// no more than two that waver.
/// </summary>
public sealed class TestTimeViews
{
    private readonly (bool Mirrored, int Move)[] _copies;
    private readonly float[] _weights;

    private TestTimeViews(string name, bool mirrored, bool moved)
    {
        Name = name;
        int sides = mirrored ? 2 : 1;
        // The image where it is counts as much as the two moved ones together.
        (int Move, float Weight)[] moves = moved ? [(0, 0.5f), (1, 0.25f), (-1, 0.25f)] : [(0, 1)];
        _copies = [.. moves.SelectMany(move => Enumerable.Range(0, sides).Select(side => (side == 1, move.Move)))];
        _weights = [.. moves.SelectMany(move => Enumerable.Repeat(move.Weight / sides, sides))];
    }

    /// <summary>What <see cref="Parse"/> may be told, joined by commas.</summary>
    public static IReadOnlyList<string> Names { get; } = ["flip", "shift"];

    /// <summary>As <see cref="Parse"/> takes it: <c>flip,shift</c>.</summary>
    public string Name { get; }

    /// <summary>How many copies there are of an image, itself included.</summary>
    public int Count => _copies.Length;

    /// <summary>The views of this name.</summary>
    /// <param name="text">
    /// <c>flip</c>: the image and its mirror image. <c>shift</c>: the image, and it moved by one pixel down and right, and up
    /// and left, its border mirrored into the gap. Both, with a comma between: six copies.
    /// </param>
    /// <exception cref="ArgumentException">The text names other views, or one twice.</exception>
    public static TestTimeViews Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] words = text.Split(',');
        if (words.FirstOrDefault(word => !Names.Contains(word)) is { } unknown)
            throw new ArgumentException($"unknown view '{unknown}'; right would be {string.Join(" or ", Names)} or both with a comma between");
        if (words.Distinct().Count() < words.Length)
            throw new ArgumentException($"'{text}' names a view twice");
        return new TestTimeViews(string.Join(',', Names.Where(words.Contains)), words.Contains("flip"), words.Contains("shift"));
    }

    /// <summary>Makes a copy of an image.</summary>
    /// <param name="view">0 to <see cref="Count"/> − 1; 0 is the image itself.</param>
    /// <param name="image">(C, H, W).</param>
    /// <param name="shape">(C, H, W).</param>
    /// <param name="copy">Receives (C, H, W).</param>
    /// <exception cref="ArgumentException">A length is not the shape's.</exception>
    public void Make(int view, ReadOnlySpan<float> image, Shape shape, Span<float> copy)
    {
        if (image.Length != shape.Length || copy.Length != shape.Length)
            throw new ArgumentException($"an image of {shape} takes {shape.Length} floats, got {image.Length} and {copy.Length}", nameof(image));
        (bool mirrored, int move) = _copies[view];
        int height = shape.Height, width = shape.Width;
        for (int c = 0; c < shape.Channels; c++)
            for (int y = 0; y < height; y++)
            {
                ReadOnlySpan<float> from = image.Slice((c * height + Inside(y - move, height)) * width, width);
                Span<float> to = copy.Slice((c * height + y) * width, width);
                int stay = Math.Max(0, width - Math.Abs(move)), gap = move > 0 ? 0 : stay;
                from.Slice(Math.Max(0, -move), stay).CopyTo(to.Slice(Math.Max(0, move), stay));
                for (int x = gap; x < gap + width - stay; x++)
                    to[x] = from[Inside(x - move, width)];
                if (mirrored)
                    to.Reverse();
            }
    }

    /// <summary>The weighted mean of all copies' logits.</summary>
    /// <param name="logits">(views, N, classes).</param>
    /// <param name="mean">Receives (N, classes).</param>
    internal void Average(ReadOnlySpan<float> logits, Span<float> mean)
    {
        mean.Clear();
        for (int view = 0; view < Count; view++)
            TensorPrimitives.MultiplyAdd(logits.Slice(view * mean.Length, mean.Length), _weights[view], mean, mean);
    }

    /// <summary>Pixels outside are the mirror image of those inside, the border pixel itself not repeated.</summary>
    private static int Inside(int i, int length) => length == 1 ? 0 : i < 0 ? -i : i >= length ? 2 * length - 2 - i : i;
}
