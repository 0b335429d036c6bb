using System.Collections.Frozen;
using System.Globalization;
using Fovea.Data;
using Fovea.Data.Text;
using Fovea.Execution;
using Fovea.Execution.Blocked;
using Fovea.Networks;

namespace Fovea.Serialization;

/// <summary>
/// A network with what is needed to use it on images: the names of its classes, and the normalisation of its inputs.
/// </summary>
public sealed class Model
{
    /// <summary>Puts a model together.</summary>
    /// <param name="network">The network; the model shares it.</param>
    /// <param name="classNames">A name for every output; numbers unless given.</param>
    /// <param name="normalization">How pixels are normalised; not at all unless given.</param>
    /// <param name="info">How the model came about: data set, accuracy, seed. Printed, never interpreted.</param>
    /// <param name="quantization">How the network runs in int8, if it does.</param>
    /// <param name="background">Red, green, blue behind the transparent pixels of what the network learnt from; null if that is not known.</param>
    /// <param name="text">How texts become the network's input; null for a network that takes none.</param>
    /// <exception cref="ArgumentException">
    /// Names or channels are not as many as the network's outputs or input channels, a text has control characters,
    /// which a terminal might obey, the quantisation does not fit the network, or the background is not of three values.
    /// </exception>
    public Model(Network network, IEnumerable<string>? classNames = null, Normalization? normalization = null, IReadOnlyDictionary<string, string>? info = null, QuantizationScheme? quantization = null, IEnumerable<byte>? background = null, TextPreparation? text = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        Network = network;
        Quantization = quantization;
        if (quantization is not null)
            SchemeCheck.Require(network, quantization);
        int outputs = network.OutputShape.Rank == 1 ? network.OutputShape.Length : 0;
        ClassNames = classNames is null
            ? [.. Enumerable.Range(0, outputs).Select(number => number.ToString(CultureInfo.InvariantCulture))]
            : [.. classNames];
        if (ClassNames.Count != outputs)
            throw new ArgumentException($"a network with output {network.OutputShape} has {outputs} classes, got {ClassNames.Count} names", nameof(classNames));
        if (ClassNames.Distinct().Count() != ClassNames.Count)
            throw new ArgumentException("every class needs a name of its own", nameof(classNames));
        int channels = network.InputShape.IsMaps ? network.InputShape.Channels : 1;
        Normalization = normalization ?? Normalization.Identity(channels);
        if (Normalization.Channels != channels)
            throw new ArgumentException($"a network with input {network.InputShape} is normalised by {channels} channels, got {Normalization.Channels}", nameof(normalization));
        Background = background is null ? null : [.. background];
        if (Background is not (null or { Count: 3 }))
            throw new ArgumentException($"a background is red, green and blue, got {Background.Count} values", nameof(background));
        Text = text;
        if (text is not null && (network.InputShape.Rank != 1 || network.InputShape.Length != text.Length))
            throw new ArgumentException($"texts of {text.Length} words do not fit a network with input {network.InputShape}", nameof(text));
        Info = info is null ? FrozenDictionary<string, string>.Empty : info.ToFrozenDictionary();
        foreach (string name in ClassNames.Concat(Info.Keys).Concat(Info.Values).Prepend(network.Name).Concat(network.Nodes.Select(node => node.Name)).Append(quantization?.Method ?? ""))
            if (name is null || name.Any(char.IsControl))
                throw new ArgumentException($"names and information are one line without control characters, got {(name is null ? "null" : Printable.Quote(name))}");
    }

    /// <summary>The network.</summary>
    public Network Network { get; }

    /// <summary>The classes' names in the order of the outputs; empty if the network does not end in a vector.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>How pixels in [0, 1] are normalised before they enter the network.</summary>
    public Normalization Normalization { get; }

    /// <summary>Red, green, blue behind the transparent pixels of what the network learnt from; null if that is not known, as of older models, which had black.</summary>
    public IReadOnlyList<byte>? Background { get; }

    /// <summary>How texts become the network's input; null for a model that takes none.</summary>
    public TextPreparation? Text { get; }

    /// <summary>How the model came about.</summary>
    public IReadOnlyDictionary<string, string> Info { get; }

    /// <summary>The fields of its description in a file that this version does not know and passed over; empty for a model that was made here.</summary>
    public IReadOnlyList<string> UnknownFields { get; internal init; } = [];

    /// <summary>How the network runs in int8; null for a model that runs in floats.</summary>
    public QuantizationScheme? Quantization { get; }
}
