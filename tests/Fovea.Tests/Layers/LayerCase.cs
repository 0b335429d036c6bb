using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Tests.Layers;

/// <summary>
/// The plain meaning of a layer, in double precision: (inputs, samples, elements) and (parameters, elements) to
/// (samples, elements).
/// </summary>
internal delegate double[][] Reference(double[][][] inputs, double[][] parameters, bool training);

/// <summary>A layer, what it is given, and what it must give: an entry of <see cref="LayerCases"/>.</summary>
/// <param name="Name">What test output calls it.</param>
/// <param name="Layer">The layer under test.</param>
/// <param name="Inputs">Shapes of one sample of each input.</param>
/// <param name="Output">Shape of one sample of the output.</param>
/// <param name="Reference">Its meaning; null where training is random, and then inference gives the input.</param>
internal sealed record LayerCase(string Name, Layer Layer, Shape[] Inputs, Shape Output, Reference? Reference)
{
    /// <summary>
    /// A network of the layer alone; before a layer with several inputs, a branch for each that makes its shape of the
    /// network's one input, by a 1×1 convolution or a linear layer.
    /// </summary>
    public Network Network()
    {
        if (Inputs.Length == 1)
            return Fovea.Networks.Network.Sequential(Inputs[0], Layer);
        var builder = new NetworkBuilder(Inputs[0]);
        string[] names = [.. Inputs.Select((_, i) => $"branch{i}")];
        for (int i = 0; i < Inputs.Length; i++)
            builder.Add(Branch(i), names[i], NetworkBuilder.Input);
        return builder.Add(Layer, "layer", names).Build(seed: 5);
    }

    /// <summary>The reference of <see cref="Network"/> as a whole.</summary>
    public double[][] Expected(double[][] input, double[][] parameters, bool training)
    {
        if (Inputs.Length == 1)
            return Reference!([input], parameters, training);
        double[][][] branches = new double[Inputs.Length][][];
        for (int i = 0; i < Inputs.Length; i++)
            branches[i] = References.For(Branch(i), Inputs[0])([input], [parameters[i]], training);
        return Reference!(branches, parameters[Inputs.Length..], training);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private Layer Branch(int i) => Inputs[0].IsMaps
        ? new Conv2d(Inputs[0].Channels, Inputs[i].Channels, 1, bias: false)
        : new Linear(Inputs[0].Length, Inputs[i].Length, bias: false);
}
