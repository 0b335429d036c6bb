using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Tests.Layers;

/// <summary>The entries of <see cref="LayerCases"/> for layers that move, show, reduce or join elements along dimensions.</summary>
internal static class ShapeCases
{
    private static readonly Shape Maps = new(3, 5, 4);
    private static readonly Shape Vector = new(6);

    public static IReadOnlyList<LayerCase> All { get; } =
    [
        Case("transpose", new Transpose(0, 2, 1), Maps, new(3, 4, 5)),
        Case("transpose to channels last", new Transpose(1, 2, 0), new(17, 5, 4), new(5, 4, 17)),
        Case("transpose to channels first", new Transpose(2, 0, 1), new(5, 2, 33), new(33, 5, 2)),
        Case("transpose of a matrix", new Transpose(1, 0), new(20, 19), new(19, 20)),
        Case("transpose of a matrix with short rows", new Transpose(1, 0), new(33, 3), new(3, 33)),
        Case("transpose of runs", new Transpose(1, 0, 2, 3), new(2, 9, 3, 4), new(9, 2, 3, 4)),
        Case("transpose, five dimensions", new Transpose(3, 1, 4, 0, 2), new(2, 3, 2, 2, 3), new(2, 3, 3, 2, 2)),
        Case("transpose, six dimensions backwards", new Transpose(5, 4, 3, 2, 1, 0), new(2, 3, 1, 2, 3, 2), new(2, 3, 2, 1, 3, 2)),
        Case("transpose that moves ones", new Transpose(1, 0, 2), new(1, 5, 4), new(5, 1, 4)),
        Case("transpose that moves nothing", new Transpose(0, 1, 2), Maps, Maps),
        Case("transpose of a number", new Transpose(), new(), new()),
        Case("narrow", new Narrow(1, 2, 2), Maps, new(3, 2, 4)),
        Case("narrow channels", new Narrow(0, 3, 17), new(33, 2, 3), new(17, 2, 3)),
        Case("narrow from the end", new Narrow(-1, -3, 2), Maps, new(3, 5, 2)),
        Case("narrow a vector", new Narrow(0, 1, 4), Vector, new(4)),
        Case("narrow that takes all", new Narrow(2, 0, 2), new(2, 1, 2, 3), new(2, 1, 2, 3)),
        Case("pad", new Pad([0, 1, 2], [0, 0, 3], value: 0.5), Maps, new(3, 6, 9)),
        Case("pad channels", new Pad([1, 0, 0], [2, 0, 0], value: -1), new(17, 2, 3), new(20, 2, 3)),
        Case("pad a sequence", new Pad([0, 3], [0, 0]), new(33, 5), new(33, 8)),
        Case("pad, reflected", new Pad([0, 2, 1], [0, 4, 3], PadMode.Reflect), Maps, new(3, 11, 8)),
        Case("pad a vector, reflected", new Pad([5], [3], PadMode.Reflect), Vector, new(14)),
        Case("pad, replicated", new Pad([2, 0, 1], [1, 3, 2], PadMode.Replicate), Maps, new(6, 8, 7)),
        Case("pad rows, replicated", new Pad([0, 2, 0], [0, 7, 0], PadMode.Replicate), new(17, 1, 3), new(17, 10, 3)),
        Case("pad, six dimensions", new Pad([0, 1, 0, 0, 1, 0], [1, 0, 0, 1, 1, 0], PadMode.Reflect), new(2, 2, 1, 2, 2, 3), new(3, 3, 1, 3, 4, 3)),
        Case("pad a number", new Pad([], []), new(), new()),
        Case("no pad", new Pad([0, 0], [0, 0], PadMode.Reflect), new(1, 4), new(1, 4)),
        Case("sum", new ReduceSum(), Maps, new()),
        Case("sum of the middle, kept", new ReduceSum([1], keepDimensions: true), Maps, new(3, 1, 4)),
        Case("sum of a vector", new ReduceSum([0]), new(33), new()),
        Case("sum of dimensions apart", new ReduceSum([0, -2]), new(3, 5, 2, 2), new(5, 2)),
        Case("mean of maps", new ReduceMean([1, 2]), new(17, 5, 4), new(17)),
        Case("mean of channels, kept", new ReduceMean([0], keepDimensions: true), new(33, 3, 2), new(1, 3, 2)),
        Case("mean of the last", new ReduceMean([-1]), Maps, new(3, 5)),
        Case("mean of all, kept", new ReduceMean(keepDimensions: true), Maps, new(1, 1, 1)),
        Case("mean of a dimension of one", new ReduceMean([1]), new(17, 1, 3), new(17, 3)),
        Case("mean of a number", new ReduceMean([-1]), new(), new()),
        Case("largest", new ReduceMax([2, 0]), Maps, new(5)),
        Case("largest of all", new ReduceMax(), new(33, 2), new()),
        Case("largest of channels, kept", new ReduceMax([0], keepDimensions: true), new(17, 2, 3), new(1, 2, 3)),
        Case("smallest", new ReduceMin([-1]), Maps, new(3, 5)),
        Case("smallest, six dimensions", new ReduceMin([1, 3, 4]), new(2, 3, 2, 2, 1, 3), new(2, 2, 3)),
        Case("softmax of rows", new Softmax(-1), Maps, Maps),
        Case("softmax of columns", new Softmax(1), Maps, Maps),
        Case("softmax along a sequence", new Softmax(1), new(17, 6), new(17, 6)),
        Case("softmax of a vector from its end", new Softmax(-1), new(33), new(33)),
        Case("softmax, six dimensions", new Softmax(2), new(2, 1, 3, 2, 1, 2), new(2, 1, 3, 2, 1, 2)),
        Joined("concat of rows", 1, [Maps, new(3, 1, 4), new(3, 2, 4)], new(3, 8, 4)),
        Joined("concat of columns", -1, [new(17, 2, 3), new(17, 2, 1)], new(17, 2, 4)),
        Joined("concat of sequences", 0, [new(2, 5), new(33, 5)], new(35, 5)),
        Joined("concat along sequences", 1, [new(3, 2), new(3, 17)], new(3, 19)),
        Joined("concat, five dimensions", 2, [new(2, 1, 1, 3, 2), new(2, 1, 2, 3, 2)], new(2, 1, 3, 3, 2)),
        new("concat of numbers", new Concat(), [new(), new()], new(2), References.Concat),
    ];

    private static LayerCase Case(string name, Layer layer, Shape input, Shape output) => new(name, layer, [input], output, References.For(layer, input));

    private static LayerCase Joined(string name, int dimension, Shape[] inputs, Shape output) =>
        new(name, new Concat(dimension), inputs, output, ShapeReferences.Concat(dimension, inputs));
}
