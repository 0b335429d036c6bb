namespace Fovea.Imaging.Filters;

/// <summary>
/// The filters that teaching texts draw: those of GIMP's manual (sharpen, blur, edge, emboss), Sobel's, and one for each
/// side of a shape, which answers where it is lighter on the inner side of that edge.
/// </summary>
public static class FilterPresets
{
    private static readonly FilterKernel[] Kernels =
    [
        Make("edge", 3,
            0, 1, 0,
            1, -4, 1,
            0, 1, 0),
        Make("sharpen", 5,
            0, 0, 0, 0, 0,
            0, 0, -1, 0, 0,
            0, -1, 5, -1, 0,
            0, 0, -1, 0, 0,
            0, 0, 0, 0, 0),
        // Nine ones would make a image nine times as bright; as a mean they leave its brightness alone.
        Make("blur", 5,
            0, 0, 0, 0, 0,
            0, 1, 1, 1, 0,
            0, 1, 1, 1, 0,
            0, 1, 1, 1, 0,
            0, 0, 0, 0, 0).DividedBy(9),
        Make("emboss", 3,
            -2, -1, 0,
            -1, 1, 1,
            0, 1, 2),
        Make("sobel-x", 3,
            -1, 0, 1,
            -2, 0, 2,
            -1, 0, 1),
        Make("sobel-y", 3,
            -1, -2, -1,
            0, 0, 0,
            1, 2, 1),
        Make("top-edge", 3,
            -1, -1, -1,
            1, 1, 1,
            0, 0, 0),
        Make("left-edge", 3,
            -1, 1, 0,
            -1, 1, 0,
            -1, 1, 0),
        Make("bottom-edge", 3,
            0, 0, 0,
            1, 1, 1,
            -1, -1, -1),
        Make("right-edge", 3,
            0, 1, -1,
            0, 1, -1,
            0, 1, -1),
    ];

    /// <summary>All presets.</summary>
    public static IReadOnlyList<FilterKernel> All => Kernels;

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Kernels.Select(kernel => kernel.Name)];

    /// <summary>The preset of this name, or null.</summary>
    public static FilterKernel? Find(string name) => Array.Find(Kernels, kernel => kernel.Name == name);

    private static FilterKernel Make(string name, int size, params ReadOnlySpan<float> cells) => new(name, size, size, cells);
}
