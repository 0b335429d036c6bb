using Fovea.Initializers;
using Fovea.Kernels;
using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// Transposed convolution (Zeiler et al., 2010) as in PyTorch: (inChannels, H, W) to (outChannels, H', W') with
/// H' = (H − 1) · stride − padding above and below + dilation · (kernelHeight − 1) + outputPadding + 1, and W' likewise. Every
/// input pixel adds its kernel, scaled, to the output where it lies: what the gradient of a <see cref="Conv2d"/> does with
/// respect to its input. Weight: (inChannels, outChannels / groups, kernelHeight, kernelWidth). Bias: (outChannels).
/// </summary>
public sealed record ConvTranspose2d : Layer
{
    /// <summary>Describes a transposed convolution.</summary>
    /// <param name="inChannels">Feature maps of the input.</param>
    /// <param name="outChannels">Feature maps of the output.</param>
    /// <param name="kernelSize">Height and width of the kernels.</param>
    /// <param name="stride">Output pixels from one input pixel's kernel to the next one's, 1 unless given.</param>
    /// <param name="padding">How much is cut off around the output, nothing unless given.</param>
    /// <param name="outputPadding">Rows and columns more at the output's bottom and right, below stride or dilation; nothing unless given.</param>
    /// <param name="dilation">Step between kernel cells, 1 unless given.</param>
    /// <param name="groups">How many equal parts input and output are cut into, each convolved by itself.</param>
    /// <param name="bias">Whether a number is added to every output map.</param>
    /// <exception cref="ArgumentException">
    /// A number is not positive or the output's padding out of range, groups do not divide the channels, or the padding is <see cref="Padding.Same"/>.
    /// </exception>
    public ConvTranspose2d(
        int inChannels, int outChannels, Size2 kernelSize, Size2? stride = null, Padding padding = default,
        Size2 outputPadding = default, Size2? dilation = null, int groups = 1, bool bias = true)
    {
        InChannels = Guard.AtLeastOne(inChannels, "ConvTranspose2d: inChannels");
        OutChannels = Guard.AtLeastOne(outChannels, "ConvTranspose2d: outChannels");
        KernelSize = kernelSize.RequirePositive("ConvTranspose2d", "kernelSize");
        Stride = (stride ?? 1).RequirePositive("ConvTranspose2d", "stride");
        Dilation = (dilation ?? 1).RequirePositive("ConvTranspose2d", "dilation");
        Padding = padding.IsSame ? throw new ArgumentException("ConvTranspose2d: padding must be numbers, got same") : padding.RequireNonNegative("ConvTranspose2d");
        if (!Fits(outputPadding.Height, Stride.Height, Dilation.Height) || !Fits(outputPadding.Width, Stride.Width, Dilation.Width))
            throw new ArgumentException($"ConvTranspose2d: outputPadding must be zero or more and below stride {Stride} or dilation {Dilation}, got {outputPadding}");
        if (groups <= 0 || inChannels % groups != 0 || outChannels % groups != 0)
            throw new ArgumentException($"ConvTranspose2d: groups must divide {inChannels} input and {outChannels} output channels, got {groups}");
        OutputPadding = outputPadding;
        Groups = groups;
        Bias = bias;
    }

    /// <summary>Feature maps of the input.</summary>
    public int InChannels { get; }

    /// <summary>Feature maps of the output.</summary>
    public int OutChannels { get; }

    /// <summary>Height and width of the kernels.</summary>
    public Size2 KernelSize { get; }

    /// <summary>Output pixels from one input pixel's kernel to the next one's.</summary>
    public Size2 Stride { get; }

    /// <summary>How much is cut off around the output.</summary>
    public Padding Padding { get; }

    /// <summary>Rows and columns more at the output's bottom and right.</summary>
    public Size2 OutputPadding { get; }

    /// <summary>Step between kernel cells.</summary>
    public Size2 Dilation { get; }

    /// <summary>How many parts input and output are cut into.</summary>
    public int Groups { get; }

    /// <summary>Whether a number is added to every output map.</summary>
    public bool Bias { get; }

    /// <summary>PyTorch takes the fan-in from the weight's second dimension, the output's maps of a group, and the fan-out from its first.</summary>
    public override IReadOnlyList<ParameterSpec> Parameters
    {
        get
        {
            int cells = KernelSize.Height * KernelSize.Width, fanIn = OutChannels / Groups * cells, fanOut = InChannels * cells;
            var shape = new Shape(InChannels, OutChannels / Groups, KernelSize.Height, KernelSize.Width);
            var weight = new ParameterSpec("weight", shape, new FanInUniform(), fanIn, fanOut, ParameterRole.Weight);
            return Bias
                ? [weight, new ParameterSpec("bias", new Shape(OutChannels), new FanInUniform(), fanIn, fanOut, ParameterRole.Bias)]
                : [weight];
        }
    }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        Window window = WindowFor(RequireChannels(RequireMaps(inputs[0]), InChannels));
        return new Shape(OutChannels, window.InputHeight, window.InputWidth);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(params ReadOnlySpan<Shape> inputs) =>
        (long)inputs[0].Length * (OutChannels / Groups) * KernelSize.Height * KernelSize.Width;

    /// <summary>
    /// The window of the mirrored convolution, that from this layer's output to its input. Its padding at the bottom and
    /// right is what lets the last window end there: negative where the output's padding adds rows that no window reads.
    /// </summary>
    /// <exception cref="ShapeException">Nothing is left of the output, or it takes too much memory.</exception>
    internal Window WindowFor(Shape input)
    {
        (long height, long width) = (
            Length(input.Height, KernelSize.Height, Stride.Height, Dilation.Height) - Padding.Top - Padding.Bottom + OutputPadding.Height,
            Length(input.Width, KernelSize.Width, Stride.Width, Dilation.Width) - Padding.Left - Padding.Right + OutputPadding.Width);
        if (height < 1 || width < 1)
            throw new ShapeException($"ConvTranspose2d: padding {Padding} leaves nothing of the {height + Padding.Top + Padding.Bottom}×{width + Padding.Left + Padding.Right} pixels that {input} becomes");
        var window = new Window
        {
            InputHeight = (int)Math.Min(height, Conv2d.MaxPadded),
            InputWidth = (int)Math.Min(width, Conv2d.MaxPadded),
            KernelHeight = KernelSize.Height,
            KernelWidth = KernelSize.Width,
            StrideHeight = Stride.Height,
            StrideWidth = Stride.Width,
            DilationHeight = Dilation.Height,
            DilationWidth = Dilation.Width,
            PadTop = Padding.Top,
            PadLeft = Padding.Left,
            PadBottom = Padding.Bottom - OutputPadding.Height,
            PadRight = Padding.Right - OutputPadding.Width,
        };
        return PaddedLength(window) <= Conv2d.MaxPadded
            ? window
            : throw new ShapeException($"ConvTranspose2d: stride {Stride} and a kernel of {KernelSize} blow {input} up to more than {Conv2d.MaxPadded} numbers");
    }

    /// <summary>The floats that the padded copies of one sample can take.</summary>
    internal double PaddedLength(Shape input) => PaddedLength(WindowFor(input));

    /// <summary>What the sum over the input makes of it, which goes over the zeros between its pixels, too.</summary>
    internal double SpreadMultiplyAdds(Shape input)
    {
        Window window = WindowFor(input);
        return (double)window.InputHeight * (window.InputWidth + window.SpanWidth) * OutChannels * (InChannels / Groups) * window.KernelArea;
    }

    private double PaddedLength(Window window) => Conv2d.PaddedLength(window, OutChannels, InChannels);

    private static long Length(int input, int kernel, int stride, int dilation) => (input - 1L) * stride + dilation * (kernel - 1L) + 1;

    private static bool Fits(int outputPadding, int stride, int dilation) => outputPadding >= 0 && outputPadding < Math.Max(stride, dilation);
}
