using Fovea.Onnx.Graphs;
using Fovea.Onnx.Lowering.Calls;
using Fovea.Onnx.Lowering.Families;
using Fovea.Onnx.Passes;

namespace Fovea.Onnx.Lowering;

/// <summary>
/// The operators that have layers, one line each. A function returns false where its operator asks for what no layer does; the
/// node then runs as an <see cref="OnnxOperation"/>.
/// </summary>
internal static class LoweringTable
{
    private static readonly Dictionary<string, Func<LoweringCall, bool>> Table = new()
    {
        ["Conv"] = Convolutions.Conv,
        ["ConvTranspose"] = Convolutions.ConvTranspose,
        ["MaxPool"] = Poolings.Max,
        ["AveragePool"] = Poolings.Average,
        ["GlobalAveragePool"] = Poolings.GlobalAverage,
        ["GlobalMaxPool"] = Poolings.GlobalMax,

        ["BatchNormalization"] = Normalisations.Batch,
        ["InstanceNormalization"] = Normalisations.Instance,
        ["LayerNormalization"] = Normalisations.Layer,
        ["GroupNormalization"] = Normalisations.Group,
        ["LRN"] = Normalisations.LocalResponse,

        ["Gemm"] = Matrices.Gemm,
        ["MatMul"] = Matrices.MatMul,
        [Fused.Linear] = Matrices.Linear,

        ["Relu"] = Functions.Of(_ => new Layers.ReLU()),
        ["LeakyRelu"] = Functions.Of(call => new Layers.LeakyReLU(call.Float("alpha", 0.01f))),
        ["PRelu"] = Functions.PRelu,
        ["Elu"] = Functions.Of(call => new Layers.ELU(call.Float("alpha", 1))),
        ["Selu"] = Functions.Selu,
        ["Sigmoid"] = Functions.Of(_ => new Layers.Sigmoid()),
        ["Tanh"] = Functions.Of(_ => new Layers.Tanh()),
        ["HardSigmoid"] = Functions.HardSigmoid,
        ["HardSwish"] = Functions.Of(_ => new Layers.HardSwish()),
        ["Mish"] = Functions.Of(_ => new Layers.Mish()),
        ["Gelu"] = Functions.Gelu,
        ["Swish"] = Functions.Swish,
        ["Softplus"] = Functions.Of(_ => new Layers.Softplus()),
        ["Clip"] = Functions.Clip,
        ["Softmax"] = Functions.Softmax,
        ["Neg"] = Functions.Neg,

        ["Add"] = Combinations.Of(new Layers.Add()),
        ["Sub"] = Combinations.Of(new Layers.Subtract()),
        ["Mul"] = Combinations.Of(new Layers.Multiply()),
        ["Div"] = Combinations.Of(new Layers.Divide()),
        ["Min"] = Combinations.Fold(new Layers.Minimum()),
        ["Max"] = Combinations.Fold(new Layers.Maximum()),
        ["Sum"] = Combinations.Fold(new Layers.Add()),
        ["Mean"] = Combinations.Mean,

        ["ReduceMean"] = Reductions.Mean,
        ["ReduceSum"] = Reductions.Sum,
        ["ReduceMax"] = Reductions.Max,
        ["ReduceMin"] = Reductions.Min,

        ["Identity"] = Movements.Reshape,
        ["Reshape"] = Movements.Reshape,
        ["Squeeze"] = Movements.Reshape,
        ["Unsqueeze"] = Movements.Reshape,
        ["Flatten"] = Movements.Flatten,
        ["Transpose"] = Movements.Transpose,
        ["Concat"] = Movements.Concat,
        ["Split"] = Movements.Split,
        ["Slice"] = Movements.Slice,
        ["Pad"] = Movements.Pad,
        ["Expand"] = Movements.Expand,
        ["Resize"] = Enlargements.Resize,
        ["Upsample"] = Enlargements.Upsample,
    };

    /// <summary>What lowers a node; null if no layer does what it does.</summary>
    public static Func<LoweringCall, bool>? Find(OnnxNode node) =>
        node.Domain.Length == 0 || node.Domain == Fused.Domain ? Table.GetValueOrDefault(node.Operator) : null;
}
