using Fovea.Onnx.Export;
using Fovea.Onnx.Files;
using Fovea.Onnx.Graphs;
using Fovea.Tests.Serialization;

namespace Fovea.Onnx.Tests.Files;

/// <summary>Small sound files, to be read and to be damaged.</summary>
internal static class SampleFiles
{
    /// <summary>Exported networks, and a model with every kind of content that they lack.</summary>
    public static List<byte[]> All() =>
    [
        OnnxWriter.ToBytes(Full()),
        OnnxWriter.ToBytes(OnnxExport.ToOnnx(SampleModels.Small(), new OnnxExportOptions { IncludePreprocessing = true, IncludeSoftmax = true })),
        OnnxWriter.ToBytes(OnnxExport.ToOnnx(SampleModels.Branched(), new OnnxExportOptions())),
    ];

    /// <summary>A graph within a graph, a function, and attributes of all kinds.</summary>
    public static OnnxModel Full()
    {
        var branch = new OnnxGraph
        {
            Name = "branch",
            Nodes = [new OnnxNode("Mul", ["x", "two"], ["inside"]) { Name = "inner" }],
            Initializers = [new OnnxTensor(OnnxElementType.Float, [], BitConverter.GetBytes(2f), "two")],
            Outputs = [new OnnxValue("inside", OnnxElementType.Float, null)],
        };
        var graph = new OnnxGraph
        {
            Name = "full",
            Inputs = [new OnnxValue("x", OnnxElementType.Float, [new OnnxDimension(null, "N"), new OnnxDimension(3), new OnnxDimension(null)]), new OnnxValue("choice", OnnxElementType.Bool, [])],
            Outputs = [new OnnxValue("y", OnnxElementType.Float, null)],
            Initializers = [new OnnxTensor(OnnxElementType.Int64, [2], new byte[16], "sizes"), new OnnxTensor([2], ["a", "größe"], "words")],
            Nodes =
            [
                new OnnxNode("If", ["choice"], ["chosen"])
                {
                    Name = "if",
                    Attributes = [new OnnxAttribute("then_branch", OnnxAttributeKind.Graph) { Graph = branch }, new OnnxAttribute("else_branch", OnnxAttributeKind.Graph) { Graph = branch with { Name = "other" } }],
                },
                new OnnxNode("Twice", ["chosen", ""], ["y"])
                {
                    Domain = "local",
                    Overload = "first",
                    Attributes =
                    [
                        OnnxAttribute.Of("whole", -5L), OnnxAttribute.Of("number", 0.25f), OnnxAttribute.Of("text", ""), OnnxAttribute.Of("sizes", (long[])[1, -2, long.MaxValue]),
                        OnnxAttribute.Of("numbers", (float[])[1.5f, float.NaN]), new OnnxAttribute("texts", OnnxAttributeKind.Strings) { Strings = ["", "b"] },
                        OnnxAttribute.Of("tensor", new OnnxTensor(OnnxElementType.Int8, [3], new byte[] { 1, 2, 255 })),
                    ],
                },
            ],
        };
        var function = new OnnxFunction("local", "Twice")
        {
            Overload = "first",
            Inputs = ["a", "b"],
            Outputs = ["sum"],
            Attributes = ["whole"],
            Defaults = [OnnxAttribute.Of("number", 1f)],
            Nodes = [new OnnxNode("LeakyRelu", ["a"], ["half"]) { Attributes = [new OnnxAttribute("alpha", OnnxAttributeKind.Float) { ReferenceTo = "number" }] }, new OnnxNode("Add", ["half", "half"], ["sum"])],
            Opsets = new Dictionary<string, long> { [""] = 17 },
        };
        return new OnnxModel(graph)
        {
            IrVersion = 10,
            Opsets = new Dictionary<string, long> { [""] = 17, ["local"] = 1 },
            Producer = "tests",
            ProducerVersion = "1",
            Metadata = new Dictionary<string, string> { ["key"] = "value" },
            Functions = [function],
        };
    }
}
