using Fovea.Tensors;

namespace Fovea.Networks;

/// <summary>
/// How much a network from a file may compute for one sample: files of a few hundred bytes can ask for hours. The default
/// lets pass whatever classifies images today; <see cref="None"/> is for files that one trusts.
/// </summary>
public sealed record ModelLimits
{
    /// <summary>The most nodes of a network from a file.</summary>
    internal const int MaxNodes = 10_000;

    private const double FewActivations = 1 << 24, ActivationsPerNumber = 16, ActivationsPerInput = 256, MaxForInput = 1 << 26;

    /// <summary>No limits on parameters, activations, arithmetic and sides.</summary>
    public static ModelLimits None { get; } = new()
    {
        Parameters = double.PositiveInfinity,
        Activations = double.PositiveInfinity,
        MultiplyAdds = double.PositiveInfinity,
        WindowSums = double.PositiveInfinity,
        Side = int.MaxValue,
    };

    /// <summary>
    /// Numbers in all parameters of a network from text (<see cref="Text.NetworkText"/>): 2²⁸ unless given, twice
    /// VGG-11's. A model file has its parameters inside.
    /// </summary>
    public double Parameters { get; init; } = 1 << 28;

    /// <summary>
    /// Numbers in the outputs of all nodes and the input, for one sample, and in the padded copies of one convolution.
    /// Unless given they follow from the file: 2²⁴, 16 for each number in its tensors, and 256 for each of the input, of
    /// which 2²⁶ at most. ResNet-50 at 448 × 448 needs a quarter of that.
    /// </summary>
    public double? Activations { get; init; }

    /// <summary>Multiply-adds for one sample: 2³⁸ unless given, some 60 times ResNet-50's at 224 × 224.</summary>
    public double MultiplyAdds { get; init; } = 1L << 38;

    /// <summary>Numbers that all windows of pooling and response normalisation hold together, for one sample: 2³¹ unless given.</summary>
    public double WindowSums { get; init; } = 1L << 31;

    /// <summary>Height and width of the input: 65,535 unless given, as for image files.</summary>
    public int Side { get; init; } = 65_535;

    /// <summary>The most activations of a network with this input, out of a file whose tensors have so many numbers.</summary>
    internal double ActivationsFor(Shape input, double numbers) =>
        Activations ?? FewActivations + ActivationsPerNumber * numbers + Math.Min(ActivationsPerInput * input.Length, MaxForInput);
}
