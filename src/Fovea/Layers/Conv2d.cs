using Fovea.Initializers;
using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// Convolution (cross-correlation, as everywhere in the field) of (inChannels, H, W) to (outChannels, H', W').
/// Weight: (outChannels, inChannels / groups, kernelHeight, kernelWidth); with a connection table
/// (connections, kernelHeight, kernelWidth), in the order of the table. Bias: (outChannels).
/// </summary>
public sealed record Conv2d : WindowLayer
{
    /// <summary>Describes a convolution.</summary>
    /// <param name="inChannels">Feature maps of the input.</param>
    /// <param name="outChannels">Feature maps of the output.</param>
    /// <param name="kernelSize">Height and width of the kernels.</param>
    /// <param name="stride">Step between outputs, 1 unless given.</param>
    /// <param name="padding">Zeros around the input, none unless given.</param>
    /// <param name="dilation">Step between kernel cells, 1 unless given.</param>
    /// <param name="groups">How many equal parts input and output are cut into, each convolved by itself.</param>
    /// <param name="bias">Whether a number is added to every output map.</param>
    /// <param name="connections">For every output map the input maps that feed it (LeNet-5's C3); all unless given.</param>
    /// <param name="trainable">Whether the kernels learn; the bias, if there is one, does anyway.</param>
    /// <exception cref="ArgumentException">A number is not positive, groups do not divide the channels, or the table does not fit them.</exception>
    public Conv2d(
        int inChannels, int outChannels, Size2 kernelSize, Size2? stride = null, Padding padding = default,
        Size2? dilation = null, int groups = 1, bool bias = true, int[][]? connections = null, bool trainable = true)
        : base(kernelSize, stride ?? 1, padding, dilation ?? 1, ceil: false)
    {
        if (inChannels <= 0 || outChannels <= 0)
            throw new ArgumentException($"Conv2d: channels must be positive, got {inChannels} in and {outChannels} out");
        if (groups <= 0 || inChannels % groups != 0 || outChannels % groups != 0)
            throw new ArgumentException($"Conv2d: groups must divide {inChannels} input and {outChannels} output channels, got {groups}");
        if (connections is not null)
            RequireFit(connections, inChannels, outChannels, groups);
        InChannels = inChannels;
        OutChannels = outChannels;
        Groups = groups;
        Bias = bias;
        Connections = connections;
        Trainable = trainable;
    }

    /// <summary>More than any image needs, and little enough for every offset to be an int.</summary>
    internal const int MaxPadded = 1 << 29;

    /// <summary>Feature maps of the input.</summary>
    public int InChannels { get; }

    /// <summary>Feature maps of the output.</summary>
    public int OutChannels { get; }

    /// <summary>How many parts input and output are cut into.</summary>
    public int Groups { get; }

    /// <summary>Whether a number is added to every output map.</summary>
    public bool Bias { get; }

    /// <summary>For every output map the input maps that feed it; null for all of its group.</summary>
    public int[][]? Connections { get; }

    /// <summary>Whether the kernels learn.</summary>
    public bool Trainable { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters
    {
        get
        {
            int cells = KernelSize.Height * KernelSize.Width;
            int links = Links;
            int fanIn = Math.Max(1, links / OutChannels * cells);
            int fanOut = Math.Max(1, links / InChannels * cells);
            Shape shape = Connections is null
                ? new Shape(OutChannels, InChannels / Groups, KernelSize.Height, KernelSize.Width)
                : new Shape(links, KernelSize.Height, KernelSize.Width);
            var weight = new ParameterSpec("weight", shape, new FanInUniform(), fanIn, fanOut, Trainable ? ParameterRole.Weight : ParameterRole.Buffer);
            return Bias
                ? [weight, new ParameterSpec("bias", new Shape(OutChannels), new FanInUniform(), fanIn, fanOut, ParameterRole.Bias)]
                : [weight];
        }
    }

    /// <summary>Whether there is a group for every channel.</summary>
    internal bool IsDepthwise => Groups > 1 && Groups == InChannels && Groups == OutChannels;

    /// <summary>How many pairs of an input and an output map are connected.</summary>
    internal int Links => Connections?.Sum(inputs => inputs.Length) ?? OutChannels * (InChannels / Groups);

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        Shape input = RequireMaps(inputs[0]);
        if (input.Channels != InChannels)
            throw new ShapeException($"Conv2d takes {InChannels} channels, got {input}");
        Kernels.Window window = WindowFor(input);
        if (PaddedLength(window) > MaxPadded)
            throw new ShapeException($"Conv2d: padding {Padding}, stride {Stride} and a kernel of {KernelSize} blow {input} up to more than {MaxPadded} numbers");
        return new Shape(OutChannels, window.OutputHeight, window.OutputWidth);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(params ReadOnlySpan<Shape> inputs)
    {
        Kernels.Window window = WindowFor(inputs[0]);
        return (long)Links * window.KernelArea * window.OutputArea;
    }

    /// <summary>The floats that the padded copies of one sample can take.</summary>
    internal double PaddedLength(Shape input) => PaddedLength(WindowFor(input));

    /// <summary>The floats of one sample's padded copies, forward and backward; see ConvolutionGeometry.</summary>
    internal static double PaddedLength(Kernels.Window window, int inChannels, int outChannels) =>
        ((double)window.OutputHeight * window.StrideHeight + window.SpanHeight) * ((double)window.OutputWidth * window.StrideWidth + window.SpanWidth) * inChannels
        + ((double)window.InputHeight + window.SpanHeight) * ((double)window.InputWidth + window.SpanWidth) * outChannels;

    private double PaddedLength(Kernels.Window window) => PaddedLength(window, InChannels, OutChannels);

    private static void RequireFit(int[][] connections, int inChannels, int outChannels, int groups)
    {
        if (groups != 1)
            throw new ArgumentException("Conv2d: a connection table and groups exclude each other");
        if (connections.Length != outChannels)
            throw new ArgumentException($"Conv2d: the connection table has {connections.Length} rows for {outChannels} output maps");
        foreach (int[] inputs in connections)
            if (inputs.Length == 0 || inputs.Distinct().Count() != inputs.Length || inputs.Any(input => input < 0 || input >= inChannels))
                throw new ArgumentException($"Conv2d: a row of the connection table names input maps from 0 to {inChannels - 1} once each, got ({string.Join(", ", inputs)})");
    }
}
