using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Tests.References;

/// <summary>One convolution to be tested: all hyper-parameters, the input's size and the batch.</summary>
internal sealed record ConvolutionCase
{
    public int InChannels { get; init; } = 1;
    public int OutChannels { get; init; } = 1;
    public Size2 Input { get; init; } = 7;
    public Size2 Kernel { get; init; } = 3;
    public Size2 Stride { get; init; } = 1;
    public Padding Padding { get; init; }
    public Size2 Dilation { get; init; } = 1;
    public int Groups { get; init; } = 1;
    public int[][]? Connections { get; init; }
    public bool Bias { get; init; } = true;
    public int Batch { get; init; } = 1;

    public Shape InputShape => new(InChannels, Input.Height, Input.Width);

    /// <summary>Whether at least one window fits.</summary>
    public bool Fits => Padding.IsSame
        || (Input.Height + Padding.Top + Padding.Bottom > Dilation.Height * (Kernel.Height - 1)
            && Input.Width + Padding.Left + Padding.Right > Dilation.Width * (Kernel.Width - 1));

    public Conv2d Layer() => new(InChannels, OutChannels, Kernel, Stride, Padding, Dilation, Groups, Bias, Connections);

    public override string ToString() =>
        $"{InChannels}→{OutChannels} maps of {Input.Height}×{Input.Width}, kernel {Kernel}, stride {Stride}, padding {Padding}, " +
        $"dilation {Dilation}, groups {Groups}{(Connections is null ? "" : ", connection table")}{(Bias ? "" : ", no bias")}, batch {Batch}";
}
