using Fovea.Data;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Serialization;
using Fovea.Tensors;

namespace Fovea.Tests.Serialization;

/// <summary>Models to save, load and damage.</summary>
internal static class SampleModels
{
    /// <summary>Two channels, two classes, a connection table, sides that differ.</summary>
    public static Model Small()
    {
        Network network = new NetworkBuilder(new Shape(2, 6, 6))
            .Add(new Conv2d(2, 3, 3, padding: 1))
            .Add(new ReLU())
            .Add(new Conv2d(3, 4, (3, 1), padding: new Padding { Top = 1 }, bias: false, connections: [[0], [1, 2], [2], [0, 1, 2]]))
            .Add(new MaxPool2d(2, padding: Padding.Same))
            .Add(new Flatten())
            .Add(new Linear(36, 2))
            .Add(new Softmax())
            .Build(seed: 5, name: "small");
        return new Model(network, ["cat", "dog"], new Normalization([0.25, 0.5], [0.5, 1 / 3.0]), new Dictionary<string, string> { ["dataset"] = "größe", ["accuracy"] = "0.99" });
    }

    public static byte[] Write(IReadOnlyList<NamedTensor> tensors, Dictionary<string, string> metadata)
    {
        using var stream = new MemoryStream();
        SafeTensorsWriter.Write(stream, tensors, metadata);
        return stream.ToArray();
    }
}
