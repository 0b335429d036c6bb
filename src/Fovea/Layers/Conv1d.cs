using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// Convolution of a sequence: (inChannels, L) to (outChannels, L'), as in PyTorch. Weight: (outChannels, inChannels / groups,
/// kernelSize); bias: (outChannels). It runs as a <see cref="Conv2d"/> over maps of one row.
/// </summary>
public sealed record Conv1d : Layer
{
    private readonly Conv2d _maps;

    /// <summary>Describes a convolution of sequences.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="kernelSize">Length of the kernels.</param>
    /// <param name="stride">Step between outputs.</param>
    /// <param name="padding">Zeros before and after the input (its left and right), none unless given.</param>
    /// <param name="dilation">Step between kernel cells.</param>
    /// <param name="groups">How many equal parts input and output are cut into, each convolved by itself.</param>
    /// <param name="bias">Whether a number is added to every output channel.</param>
    /// <exception cref="ArgumentException">A number is not positive, or groups do not divide the channels.</exception>
    public Conv1d(int inChannels, int outChannels, int kernelSize, int stride = 1, Padding padding = default, int dilation = 1, int groups = 1, bool bias = true)
    {
        Sequences.RequirePositive("Conv1d", ("inChannels", inChannels), ("outChannels", outChannels), ("kernelSize", kernelSize), ("stride", stride), ("dilation", dilation), ("groups", groups));
        if (inChannels % groups != 0 || outChannels % groups != 0)
            throw new ArgumentException($"Conv1d: groups must divide {inChannels} input and {outChannels} output channels, got {groups}");
        Padding = padding.RequireNonNegative("Conv1d");
        _maps = new Conv2d(inChannels, outChannels, (1, kernelSize), (1, stride), Sequences.Pad(padding), (1, dilation), groups, bias);
    }

    /// <summary>Channels of the input.</summary>
    public int InChannels => _maps.InChannels;

    /// <summary>Channels of the output.</summary>
    public int OutChannels => _maps.OutChannels;

    /// <summary>Length of the kernels.</summary>
    public int KernelSize => _maps.KernelSize.Width;

    /// <summary>Step between outputs.</summary>
    public int Stride => _maps.Stride.Width;

    /// <summary>Zeros before (left) and after (right) the input.</summary>
    public Padding Padding { get; }

    /// <summary>Step between kernel cells.</summary>
    public int Dilation => _maps.Dilation.Width;

    /// <summary>How many parts input and output are cut into.</summary>
    public int Groups => _maps.Groups;

    /// <summary>Whether a number is added to every output channel.</summary>
    public bool Bias => _maps.Bias;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters =>
        [_maps.Parameters[0] with { Shape = new Shape(OutChannels, InChannels / Groups, KernelSize) }, .. _maps.Parameters.Skip(1)];

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) =>
        Sequences.OutputShape("Conv1d", _maps, RequireChannels(RequireSequence(inputs[0]), InChannels));

    /// <inheritdoc/>
    public override long MultiplyAdds(params ReadOnlySpan<Shape> inputs) => _maps.MultiplyAdds(inputs);

    internal override Layer Lowered => _maps;
}
