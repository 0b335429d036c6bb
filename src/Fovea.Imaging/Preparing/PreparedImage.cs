using Fovea.Imaging.Resizing;
using Fovea.Tensors;

namespace Fovea.Imaging.Preparing;

/// <summary>A image as a model takes it.</summary>
/// <param name="Shape">(C, H, W).</param>
/// <param name="Pixels">(C, H, W), each in [0, 1].</param>
/// <param name="Notes">What its file's reader passed over (<see cref="Image.Notes"/>) and what was done to it, each in a few words: <c>inverted: dark on light</c>; empty if nothing.</param>
public sealed record PreparedImage(Shape Shape, float[] Pixels, IReadOnlyList<string> Notes);

/// <summary>How images are made ready for a model.</summary>
public sealed record PreparationOptions
{
    /// <summary>
    /// Whether the model knows light strokes on a dark ground, as those trained on handwritten digits do. Images are then
    /// inverted where they are dark on light, and drawings of another size are brought into MNIST's form.
    /// </summary>
    public bool LightOnDark { get; init; }

    /// <summary>What happens to images of other proportions, unless <see cref="LightOnDark"/>.</summary>
    public FitMode Fit { get; init; } = FitMode.Stretch;

    /// <summary>How pixels are weighed where the proportions are kept; stretched images are fitted as data sets in memory are (<see cref="Fovea.Data.ImageFit"/>).</summary>
    public ResizeFilter Filter { get; init; } = ResizeFilter.Bilinear;

    /// <summary>
    /// What is behind transparent pixels and in the bars of a letterbox, unless <see cref="LightOnDark"/>; white by
    /// default. A model that was trained has its own: <see cref="Colour.BackgroundOf"/>.
    /// </summary>
    public Colour Background { get; init; } = Colour.White;
}
