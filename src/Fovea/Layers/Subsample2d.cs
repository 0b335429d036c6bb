using Fovea.Initializers;
using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// LeNet's trainable subsampling: the sum of every window times a coefficient of its map, plus a bias of its map:
/// y = weight(c) · Σ window + bias(c); (C, H, W) to (C, H', W'). The squashing function that follows it in the paper is a
/// layer of its own, such as <see cref="ScaledTanh"/>. Weight: (channels), starting as one over the cells of the window,
/// which makes means; bias: (channels), starting at 0. (LeCun, Bottou, Bengio and Haffner, "Gradient-based learning
/// applied to document recognition", 1998: S2 has 6 maps and 12 parameters, S4 16 and 32.)
/// </summary>
public sealed record Subsample2d : WindowLayer
{
    /// <summary>Describes a subsampling.</summary>
    /// <param name="channels">Feature maps of input and output.</param>
    /// <param name="kernelSize">Height and width of the window, 2 unless given.</param>
    /// <param name="stride">Step between windows; the window's size unless given.</param>
    /// <exception cref="ArgumentException">A number is not positive.</exception>
    public Subsample2d(int channels, Size2? kernelSize = null, Size2? stride = null)
        : base(kernelSize ?? 2, stride ?? kernelSize ?? 2, default, 1, ceil: false) =>
        Channels = Guard.AtLeastOne(channels, "Subsample2d: channels");

    /// <summary>Feature maps of input and output.</summary>
    public int Channels { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters
    {
        get
        {
            int cells = KernelSize.Height * KernelSize.Width;
            return
            [
                new ParameterSpec("weight", new Shape(Channels), new Constant(1f / cells), cells, 1, ParameterRole.Bias),
                new ParameterSpec("bias", new Shape(Channels), new Constant(0), cells, 1, ParameterRole.Bias),
            ];
        }
    }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        RequireChannels(RequireMaps(inputs[0]), Channels);
        return Pooling.OutputShape(this, inputs[0]);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(params ReadOnlySpan<Shape> inputs) => OutputShape(inputs).Length;
}
