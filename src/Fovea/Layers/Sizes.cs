namespace Fovea.Layers;

/// <summary>A size, stride or dilation along both axes. A whole number converts to a square one: <c>kernelSize: 5</c>.</summary>
/// <param name="Height">Along rows.</param>
/// <param name="Width">Along columns.</param>
public readonly record struct Size2(int Height, int Width)
{
    /// <summary>The same along both axes.</summary>
    public static implicit operator Size2(int size) => new(size, size);

    /// <summary>(height, width).</summary>
    public static implicit operator Size2((int Height, int Width) size) => new(size.Height, size.Width);

    /// <summary><c>5</c> or <c>3×5</c>.</summary>
    public override string ToString() => Height == Width ? $"{Height}" : $"{Height}×{Width}";

    internal Size2 RequirePositive(string layer, string name) =>
        Height > 0 && Width > 0 ? this : throw new ArgumentException($"{layer}: {name} must be positive, got {this}");
}

/// <summary>
/// Zeros around the input, in pixels. <see cref="Same"/> asks for as many as make the output ⌈input / stride⌉ large,
/// the odd one at the end (ONNX's SAME_UPPER); <see cref="Valid"/> is none.
/// </summary>
public readonly record struct Padding
{
    /// <summary>Zeros above.</summary>
    public int Top { get; init; }

    /// <summary>Zeros to the left.</summary>
    public int Left { get; init; }

    /// <summary>Zeros below.</summary>
    public int Bottom { get; init; }

    /// <summary>Zeros to the right.</summary>
    public int Right { get; init; }

    /// <summary>Whether the four numbers follow from the input: ⌈input / stride⌉ outputs.</summary>
    public bool IsSame { get; init; }

    /// <summary>As many zeros as make the output ⌈input / stride⌉ large.</summary>
    public static Padding Same => new() { IsSame = true };

    /// <summary>No padding.</summary>
    public static Padding Valid => default;

    /// <summary>The same on all four sides.</summary>
    public static implicit operator Padding(int size) => new() { Top = size, Left = size, Bottom = size, Right = size };

    /// <summary>(above and below, left and right).</summary>
    public static implicit operator Padding((int Height, int Width) size) =>
        new() { Top = size.Height, Left = size.Width, Bottom = size.Height, Right = size.Width };

    /// <summary><c>same</c>, <c>2</c>, or the four sides.</summary>
    public override string ToString() =>
        IsSame ? "same" : Top == Left && Top == Bottom && Top == Right ? $"{Top}" : $"{Top},{Left},{Bottom},{Right}";

    internal Padding RequireNonNegative(string layer) =>
        Top >= 0 && Left >= 0 && Bottom >= 0 && Right >= 0 ? this : throw new ArgumentException($"{layer}: padding must not be negative, got {this}");
}
