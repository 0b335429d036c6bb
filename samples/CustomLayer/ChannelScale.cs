using Fovea.Execution;
using Fovea.Initializers;
using Fovea.Layers;
using Fovea.Tensors;

namespace CustomLayer;

/// <summary>
/// A learned factor a channel: y = weight[c] · x. Of residual branches that begin small, networks of great depth learn better
/// (Touvron et al., "Going deeper with image transformers", 2021). Shape (C, …), unchanged; weight: (channels).
/// </summary>
public sealed record ChannelScale : Layer
{
    /// <summary>Describes the factors.</summary>
    /// <param name="channels">How many channels there are.</param>
    /// <param name="init">What every factor starts from.</param>
    public ChannelScale(int channels, double init = 0.1)
    {
        Channels = channels > 0 ? channels : throw new ArgumentException($"ChannelScale: channels must be 1 or more, got {channels}");
        Init = init;
    }

    /// <summary>How many channels there are.</summary>
    public int Channels { get; }

    /// <summary>What every factor starts from.</summary>
    public double Init { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters =>
        [new ParameterSpec("weight", new Shape(Channels), new Constant((float)Init), 1, 1, ParameterRole.Bias)];

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => RequireChannels(inputs[0], Channels);

    /// <summary>Adds the layer to Fovea's table: call it once, before a network with it is compiled or read from a file.</summary>
    public static void Register() => LayerRegistry.Add<ChannelScale>(
        (_, context) => new ChannelScaleOperator(context),
        (fields, layer) => new ChannelScale(fields.Int("channels", layer?.Channels), fields.Double("init", layer?.Init, 0.1)));
}
