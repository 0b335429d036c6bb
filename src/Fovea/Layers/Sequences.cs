using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>What layers of sequences (C, L) share: each stands for a layer of maps with one row.</summary>
internal static class Sequences
{
    /// <summary>The padding of the maps: none above and below.</summary>
    public static Padding Pad(Padding padding) => padding.IsSame ? padding : padding with { Top = 0, Bottom = 0 };

    /// <summary>The sequence that a layer of maps makes of one.</summary>
    /// <exception cref="ShapeException">The window does not fit.</exception>
    public static Shape OutputShape(string layer, WindowLayer maps, Shape input)
    {
        try
        {
            Shape output = maps.OutputShape(new Shape(input.Channels, 1, input.Width));
            return new Shape(output.Channels, output.Width);
        }
        catch (ShapeException error)
        {
            throw new ShapeException($"{layer}: a window of {maps.Dilation.Width * (maps.KernelSize.Width - 1) + 1} elements does not fit in {input} with padding {maps.Padding.Left} before and {maps.Padding.Right} after", error);
        }
    }

    /// <summary>With more padding than half a window, a window could lie in nothing but padding.</summary>
    /// <exception cref="ArgumentException">There is more.</exception>
    public static void RequireHalf(string layer, Padding padding, int kernelSize)
    {
        if (!padding.IsSame && Math.Max(padding.Left, padding.Right) > kernelSize / 2)
            throw new ArgumentException($"{layer}: padding must be at most half the window of {kernelSize}, got {Math.Max(padding.Left, padding.Right)}");
    }

    /// <exception cref="ArgumentException">A number is not positive.</exception>
    public static void RequirePositive(string layer, params ReadOnlySpan<(string Name, int Value)> numbers)
    {
        foreach ((string name, int value) in numbers)
            Guard.AtLeastOne(value, $"{layer}: {name}");
    }
}
