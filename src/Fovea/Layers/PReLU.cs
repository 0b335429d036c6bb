using Fovea.Initializers;
using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// x where positive, weight · x elsewhere, with a learned slope for all or one for each channel (He et al., 2015).
/// Weight: (numParameters), starting at init.
/// </summary>
public sealed record PReLU : Activation
{
    /// <summary>Describes a rectifier with learned slopes.</summary>
    /// <param name="numParameters">1, or the number of channels.</param>
    /// <param name="init">Where the slopes start.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public PReLU(int numParameters = 1, double init = 0.25)
    {
        NumParameters = Guard.AtLeastOne(numParameters, "PReLU: numParameters");
        Init = Guard.Finite(init, "PReLU: init");
    }

    /// <summary>1, or the number of channels.</summary>
    public int NumParameters { get; }

    /// <summary>Where the slopes start.</summary>
    public double Init { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters =>
        [new ParameterSpec("weight", new Shape(NumParameters), new Constant((float)Init), 1, 1, ParameterRole.Bias)];

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) =>
        NumParameters == 1 ? inputs[0] : RequireChannels(inputs[0], NumParameters);

    /// <inheritdoc/>
    public override long MultiplyAdds(params ReadOnlySpan<Shape> inputs) => inputs[0].Length;
}
