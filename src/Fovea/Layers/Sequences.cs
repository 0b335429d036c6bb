using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>What layers of sequences (C, L) share: each stands for a layer of maps with one row.</summary>
internal static class Sequences
{
    /// <summary>The padding of the maps: none above and below.</summary>
    public static Padding Pad(Padding padding) => padding.IsSame ? padding : padding with { Top = 0, Bottom = 0 };

    /// <summary>The sequence that a layer of maps makes of one.</summary>
    /// <exception cref="ShapeException">The window does not fit.</exception>
    public static Shape OutputShape(WindowLayer maps, Shape input)
    {
        Shape output = maps.OutputShape(new Shape(input.Channels, 1, input.Width));
        return new Shape(output.Channels, output.Width);
    }

    /// <exception cref="ArgumentException">A number is not positive.</exception>
    public static void RequirePositive(string layer, params ReadOnlySpan<(string Name, int Value)> numbers)
    {
        foreach ((string name, int value) in numbers)
            Guard.AtLeastOne(value, $"{layer}: {name}");
    }
}
