using Fovea.Networks;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Import;
using Fovea.Onnx.Lowering;
using Fovea.Serialization;

namespace Fovea.Onnx.Tests.Import;

/// <summary>What exporters write for one layer, as they write it: it must be that layer again, with the same numbers.</summary>
public class IdiomTests
{
    [Fact]
    public void FlattenOfTheBatchSizeAndTheRest()
    {
        var graph = new GraphSketch().Input(-1, 3, 4, 4);
        graph.Node("Shape", "shape", ["x"]);
        graph.Longs("zero", 0);
        graph.Node("Gather", "n", ["shape", "zero"], OnnxAttribute.Of("axis", 0L));
        graph.Longs("rest", -1);
        graph.Node("Concat", "sizes", ["n", "rest"], OnnxAttribute.Of("axis", 0L));
        graph.Node("Reshape", "flat", ["x", "sizes"]);
        graph.Node("MatMul", "product", ["flat", graph.Weight("w", 48, 5)]);
        Assert.Equal("Flatten Linear", graph.Layers(graph.Node("Add", "y", ["product", graph.Weight("b", 5)])));
    }

    [Fact]
    public void MeanOverHeightAndWidth()
    {
        var graph = new GraphSketch().Input(1, 6, 5, 5);
        graph.Node("ReduceMean", "mean", ["x"], OnnxAttribute.Of("axes", [2L, 3L]), OnnxAttribute.Of("keepdims", 0L));
        Assert.Equal("GlobalAvgPool2d Reshape Linear", graph.Layers(graph.Node("Gemm", "y", ["mean", graph.Weight("w", 4, 6), graph.Weight("b", 4)], OnnxAttribute.Of("transB", 1L))));
    }

    [Fact]
    public void HardSwishOfItsParts()
    {
        var graph = new GraphSketch().Input(1, 2, 3, 3);
        graph.Node("Add", "shifted", ["x", graph.Number("three", 3)]);
        graph.Node("Clip", "clipped", ["shifted", graph.Number("zero", 0), graph.Number("six", 6)]);
        graph.Node("Mul", "product", ["x", "clipped"]);
        Assert.Equal("HardSwish", graph.Layers(graph.Node("Div", "y", ["product", "six"])));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void GeluOfItsParts(bool halfFirst)
    {
        var graph = new GraphSketch().Input(1, 2, 3, 3);
        graph.Node("Div", "scaled", ["x", graph.Number("root", MathF.Sqrt(2))]);
        graph.Node("Erf", "erf", ["scaled"]);
        graph.Node("Add", "sum", ["erf", graph.Number("one", 1)]);
        graph.Number("half", 0.5f);
        graph.Node("Mul", "first", halfFirst ? ["x", "half"] : ["x", "sum"]);
        Assert.Equal("GELU", graph.Layers(graph.Node("Mul", "y", ["first", halfFirst ? "sum" : "half"])));
    }

    [Fact]
    public void AnotherFactorIsNoGelu()
    {
        var graph = new GraphSketch().Input(1, 2, 3, 3);
        graph.Node("Div", "scaled", ["x", graph.Number("root", 1.3f)]);
        graph.Node("Erf", "erf", ["scaled"]);
        graph.Node("Add", "sum", ["erf", graph.Number("one", 1)]);
        graph.Node("Mul", "first", ["x", "sum"]);
        Assert.DoesNotContain("GELU", graph.Layers(graph.Node("Mul", "y", ["first", graph.Number("half", 0.5f)])), StringComparison.Ordinal);
    }

    [Fact]
    public void SiluAndMishOfTheirParts()
    {
        var graph = new GraphSketch().Input(1, 2, 3, 3);
        graph.Node("Sigmoid", "gate", ["x"]);
        graph.Node("Mul", "silu", ["gate", "x"]);
        graph.Node("Softplus", "soft", ["silu"]);
        graph.Node("Tanh", "tanh", ["soft"]);
        Assert.Equal("SiLU Mish", graph.Layers(graph.Node("Mul", "y", ["silu", "tanh"])));
    }

    [Fact]
    public void AFrameFactorsAndSumsGoIntoTheConvolution()
    {
        var graph = new GraphSketch().Input(-1, 3, 7, 7);
        graph.Node("Pad", "framed", ["x", graph.Longs("pads", 0, 0, 1, 0, 0, 0, 1, 2)]);
        graph.Node("Conv", "c", ["framed", graph.Weight("w", 4, 3, 3, 3)], OnnxAttribute.Of("strides", [2L, 2L]));
        graph.Node("Mul", "scaled", ["c", graph.Weight("scale", 4, 1, 1)]);
        graph.Node("Add", "biased", ["scaled", graph.Weight("bias", 1, 4, 1, 1)]);
        Assert.Equal("Conv2d ReLU", graph.Layers(graph.Node("Relu", "y", ["biased"])));
    }

    [Fact]
    public void ChannelsThatLieLastComeFirst()
    {
        var graph = new GraphSketch().Input(-1, 8, 8, 3);
        graph.Node("Transpose", "first", ["x"], OnnxAttribute.Of("perm", [0L, 3L, 1L, 2L]));
        graph.Node("Conv", "c", ["first", graph.Weight("w", 4, 3, 3, 3)], OnnxAttribute.Of("auto_pad", "SAME_UPPER"), OnnxAttribute.Of("strides", [2L, 2L]));
        graph.Node("Transpose", "last", ["c"], OnnxAttribute.Of("perm", [0L, 2L, 3L, 1L]));
        graph.Node("Mul", "scaled", ["last", graph.Weight("scale", 4)]);
        graph.Node("Add", "shifted", ["scaled", graph.Weight("shift", 4)]);
        graph.Node("Relu", "relu", ["shifted"]);
        graph.Node("ReduceMean", "mean", ["relu"], OnnxAttribute.Of("axes", [1L, 2L]), OnnxAttribute.Of("keepdims", 0L));
        graph.Node("MatMul", "product", ["mean", graph.Weight("m", 4, 5)]);
        graph.Node("Add", "logits", ["product", graph.Weight("b", 5)]);
        Assert.Equal("Conv2d ReLU GlobalAvgPool2d Reshape Linear Softmax", graph.Layers(graph.Node("Softmax", "y", ["logits"])));
    }

    [Fact]
    public void CntkWritesAProductOfReshapedMatrices()
    {
        var graph = new GraphSketch(opset: 7).Input(1, 3, 6, 6);
        graph.Node("MaxPool", "pool", ["x"], OnnxAttribute.Of("kernel_shape", [3L, 3L]), OnnxAttribute.Of("strides", [2L, 2L]), OnnxAttribute.Of("auto_pad", "SAME_LOWER"));
        graph.Node("Reshape", "row", ["pool", graph.Longs("sizes", 1, 27)]);
        graph.Node("Reshape", "matrix", [graph.Weight("w", 3, 3, 3, 5), graph.Longs("wsizes", 27, 5)]);
        graph.Node("MatMul", "times", ["row", "matrix"]);
        Assert.Equal("MaxPool2d Flatten Linear", graph.Layers(graph.Node("Add", "y", ["times", graph.Weight("b", 1, 5)])));
    }

    [Fact]
    public void SqueezeTakesAPooledMapsPixelsAway()
    {
        var graph = new GraphSketch().Input(-1, 4, 3, 3);
        graph.Node("GlobalAveragePool", "pool", ["x"]);
        graph.Node("Squeeze", "vector", ["pool", graph.Longs("axes", 2, 3)]);
        Assert.Equal("GlobalAvgPool2d Reshape SELU", graph.Layers(graph.Node("Selu", "y", ["vector"])).Replace("Flatten", "Reshape", StringComparison.Ordinal));
    }

    [Fact]
    public void LayerNormalisationOfItsParts()
    {
        var graph = new GraphSketch().Input(-1, 5, 6);
        graph.Node("ReduceMean", "mean", ["x"], OnnxAttribute.Of("axes", [-1L]));
        graph.Node("Sub", "centred", ["x", "mean"]);
        graph.Node("Pow", "square", ["centred", graph.Number("two", 2)]);
        graph.Node("ReduceMean", "variance", ["square"], OnnxAttribute.Of("axes", [-1L]));
        graph.Node("Add", "safe", ["variance", graph.Number("eps", 1e-5f)]);
        graph.Node("Sqrt", "root", ["safe"]);
        graph.Node("Div", "normal", ["centred", "root"]);
        graph.Node("Mul", "scaled", ["normal", graph.Weight("w", 6)]);
        Assert.Equal("LayerNorm", graph.Layers(graph.Node("Add", "y", ["scaled", graph.Weight("b", 6)])));
    }

    [Fact]
    public void AnOperationWithoutALayerIsSavedAndReadAgain()
    {
        var graph = new GraphSketch().Input(1, 2, 3, 3);
        graph.Node("Erf", "erf", ["x"]);
        Network network = graph.Import(graph.Node("TopK", "y", ["erf", graph.Longs("k", 2)], OnnxAttribute.Of("axis", 3L)), new OnnxImportOptions());
        Assert.Equal(2, network.Nodes.Count(node => node.Layer is OnnxOperation));
        using var stream = new MemoryStream();
        ModelFile.Save(stream, new Model(network));
        stream.Position = 0;
        Network read = ModelFile.Load(stream).Network;
        Assert.Equal(network.Nodes.Select(node => node.Layer), read.Nodes.Select(node => node.Layer));
    }

    [Fact]
    public void WhatIsNotKnownIsNamedInOneLine()
    {
        var graph = new GraphSketch().Input(1, 2, 3, 3);
        var error = Assert.Throws<ModelFormatException>(() => graph.Layers(graph.Node("Convolve", "y", ["x"])));
        Assert.Contains("'y': operator Convolve of ai.onnx (version 13) is not supported", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void AnAttributeThatIsNotKnownIsRefused()
    {
        var graph = new GraphSketch().Input(1, 2, 3, 3);
        Assert.Contains("'slant'", Assert.Throws<ModelFormatException>(() => graph.Layers(graph.Node("Relu", "y", ["x"], OnnxAttribute.Of("slant", 1L)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AShapeThatDependsOnTheImageIsRefused()
    {
        var graph = new GraphSketch().Input(1, 2, 3, 3);
        graph.Node("Cast", "sizes", ["x"], OnnxAttribute.Of("to", 7L));
        Assert.Contains("depend on the numbers", Assert.Throws<ModelFormatException>(() => graph.Layers(graph.Node("ConstantOfShape", "y", ["sizes"]))).Message, StringComparison.Ordinal);
    }
}
