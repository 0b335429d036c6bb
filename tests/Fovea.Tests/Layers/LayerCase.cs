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
    /// <summary>An activation ahead of the last of several inputs, which keeps it from where the layer is not smooth; null if there is none.</summary>
    public Layer? Guard { get; init; }

    /// <summary>
    /// A network of the layer alone. A layer without an input is added to the network's. Before a layer with several inputs
    /// there is a branch for each: a 1×1 convolution or a linear layer of the network's one input where that can make its
    /// shape, else an input of its own and a PReLU.
    /// </summary>
    public Network Network()
    {
        if (Layer.InputCount == 0)
            return new NetworkBuilder(Output).Add(Layer, "layer").Add(new Add(), "sum", NetworkBuilder.Input, "layer").Build();
        if (Inputs.Length == 1)
            return Fovea.Networks.Network.Sequential(Inputs[0], Layer);
        string[] names = [.. Inputs.Select((_, i) => $"branch{i}")];
        NetworkBuilder builder = HasBranches ? new NetworkBuilder(Inputs[0]) : NetworkBuilder.WithInputs([.. Inputs.Select((input, i) => ($"input{i}", input))]);
        for (int i = 0; i < Inputs.Length; i++)
            builder.Add(HasBranches ? Branch(i) : new PReLU(), names[i], HasBranches ? NetworkBuilder.Input : $"input{i}");
        if (Guard is not null)
            builder.Add(Guard, names[^1] = "guard");
        return builder.Add(Layer, "layer", names).Build(seed: 5);
    }

    /// <summary>The reference of <see cref="Network"/> as a whole.</summary>
    public double[][] Expected(double[][] input, double[][] parameters, bool training)
    {
        if (Inputs.Length <= 1)
            return Reference!([input], parameters, training);
        double[][][] branches = new double[Inputs.Length][][];
        for (int i = 0, start = 0; i < Inputs.Length; start += Inputs[i].Length, i++)
            branches[i] = HasBranches
                ? References.For(Branch(i), Inputs[0])([input], [parameters[i]], training)
                : References.For(new PReLU(), Inputs[i])([[.. input.Select(row => row[start..(start + Inputs[i].Length)])]], [parameters[i]], training);
        if (Guard is not null)
            branches[^1] = References.For(Guard, Inputs[^1])([branches[^1]], [], training);
        return Reference!(branches, parameters[Inputs.Length..], training);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private bool HasBranches => Inputs.All(input => input.Rank is 1 or 3 && input.Rank == Inputs[0].Rank && input.Height == Inputs[0].Height && input.Width == Inputs[0].Width);

    private Layer Branch(int i) => Inputs[0].IsMaps
        ? new Conv2d(Inputs[0].Channels, Inputs[i].Channels, 1, bias: false)
        : new Linear(Inputs[0].Length, Inputs[i].Length, bias: false);
}
