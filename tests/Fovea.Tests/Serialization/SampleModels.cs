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

    /// <summary>Every layer that <see cref="Small"/> lacks, with branches.</summary>
    public static Model Branched()
    {
        Network network = new NetworkBuilder(new Shape(2, 6, 6))
            .Add(new BatchNorm2d(2, momentum: 0.25))
            .Add(new LeakyReLU(0.125))
            .Add(new Conv2d(2, 4, 3, padding: 1, groups: 2), "left")
            .Add(new PReLU(4))
            .Add(new LocalResponseNorm(3, alpha: 0.5), "normed")
            .Add(new Conv2d(2, 4, 1), "right", NetworkBuilder.Input)
            .Add(new Sigmoid())
            .Add(new Add(), "sum", "normed", "sigmoid1")
            .Add(new Concat(), "both", "sum", "left")
            .Add(new GELU())
            .Add(new SiLU())
            .Add(new Dropout2d(0.25))
            .Add(new AvgPool2d(2, 1, countIncludePad: false), "average")
            .Add(new SumPool2d((1, 2), ceil: true))
            .Add(new ReLU6())
            .Add(new AdaptiveAvgPool2d((5, 3)))
            .Add(new Subsample2d(8))
            .Add(new ScaledTanh())
            .Add(new Flatten(), "flat")
            .Add(new GlobalAvgPool2d(), "whole", "average")
            .Add(new Flatten())
            .Add(new Concat(), "all", "flat", "flatten1")
            .Add(new Dropout(0.125))
            .Add(new Linear(24, 84))
            .Add(new Tanh())
            .Add(new Rbf(84, 3))
            .Add(new Softmax())
            .Build(seed: 6, name: "branched");
        return new Model(network, info: new Dictionary<string, string>());
    }

    /// <summary>A file under whose damage the readers are to be tested, not the hash that finds it first.</summary>
    public static byte[] WithoutHash(byte[] file)
    {
        byte[] copy = [.. file];
        "fovea.hush"u8.CopyTo(copy.AsSpan(copy.AsSpan().IndexOf("fovea.hash"u8)));
        return copy;
    }

    public static byte[] Write(IReadOnlyList<NamedTensor> tensors, Dictionary<string, string> metadata)
    {
        using var stream = new MemoryStream();
        SafeTensorsWriter.Write(stream, tensors, metadata);
        return stream.ToArray();
    }
}
