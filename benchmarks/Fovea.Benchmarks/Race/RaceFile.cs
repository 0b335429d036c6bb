using System.Numerics.Tensors;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Serialization;

namespace Fovea.Benchmarks.Race;

/// <summary>What PyTorch exported for a figure: weights by torchvision's names, an input, and what comes of it.</summary>
internal sealed class RaceFile
{
    private const string OwnPrefix = "race.";

    private readonly SafeTensors _tensors;

    private RaceFile(SafeTensors tensors) => _tensors = tensors;

    public static RaceFile Open(string figure, RaceSetting setting)
    {
        string path = Path.Combine(setting.Cache, $"{figure}.safetensors");
        return File.Exists(path)
            ? new RaceFile(SafeTensors.Read(path))
            : throw new RaceException($"{path} is missing; peers/export.py makes it");
    }

    /// <summary>
    /// A preset with the file's weights, up to the logits, as many as <paramref name="classesOf"/> has columns. It drops
    /// nothing: no two sides would drop the same elements.
    /// </summary>
    public Network Load(string preset, string classesOf)
    {
        if (PresetCatalog.All.All(known => known.Name != preset))
            throw new RaceException($"there is no preset {preset} yet");
        Network network = WithoutDropout(PresetCatalog.Create(preset, PresetCatalog.Find(preset).InputShape, (int)Find(classesOf).Shape[1]).WithoutSoftmax());
        Fill(network);
        return network;
    }

    private static Network WithoutDropout(Network network)
    {
        var builder = new NetworkBuilder(network.InputShape);
        foreach (Node node in network.Nodes)
            builder.Add(
                node.Layer is Dropout ? new Dropout(0) : node.Layer, node.Name,
                [.. node.Inputs.Select(input => input < 0 ? NetworkBuilder.Input : network.Nodes[input].Name)]);
        return builder.Build(name: network.Name);
    }

    /// <summary>The values of a tensor that is not a weight.</summary>
    public float[] this[string name] => Find(name).ToFloats();

    /// <summary>Gives a network the file's weights.</summary>
    public void Fill(Network network) => ParameterLoader.Fill(network, _tensors, name => name.StartsWith(OwnPrefix, StringComparison.Ordinal));

    /// <summary>The largest difference relative to the largest expected value.</summary>
    public static double Deviation(ReadOnlySpan<float> got, ReadOnlySpan<float> expected)
    {
        var difference = new float[got.Length];
        TensorPrimitives.Subtract(got, expected, difference);
        return Math.Abs(TensorPrimitives.MaxMagnitude<float>(difference)) / Math.Abs(TensorPrimitives.MaxMagnitude(expected));
    }

    private StoredTensor Find(string name) => _tensors.Find(OwnPrefix + name) ?? throw new RaceException($"the exported file lacks {OwnPrefix}{name}; delete the cache");
}
