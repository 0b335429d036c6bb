using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Tests.Layers;

/// <summary>The part of <see cref="LayerCases"/> that has several inputs of any shape: arithmetic and matrix products.</summary>
internal static class ArithmeticCases
{
    private static readonly Shape Maps = new(3, 5, 4);
    private static readonly Shape Vector = new(6);
    private static Shape Number => new();

    public static IReadOnlyList<LayerCase> All { get; } =
    [
        Case("subtract", new Subtract(), Maps, (x, y) => x - y, Maps, Maps),
        Case("multiply", new Multiply(), Maps, (x, y) => x * y, Maps, Maps),
        Case("divide", new Divide(), Maps, (x, y) => x / y, Maps, Maps),
        Case("minimum", new Minimum(), Maps, Math.Min, Maps, Maps),
        Case("maximum", new Maximum(), Maps, Math.Max, Maps, Maps),
        Case("subtract of vectors", new Subtract(), Vector, (x, y) => x - y, Vector, Vector),
        Case("multiply of many maps", new Multiply(), new(17, 4, 3), (x, y) => x * y, new(17, 4, 3), new(17, 4, 3)),
        Case("add of numbers", new Add(), Number, (x, y) => x + y, Number, Number),
        Case("add of maps and a number each", new Add(), new(17, 4, 3), (x, y) => x + y, new(17, 4, 3), new(17, 1, 1)),
        Case("add of a number a map and maps", new Add(), new(20, 3, 2), (x, y) => x + y, new(20, 1, 1), new(20, 3, 2)),
        Case("subtract maps from a number each", new Subtract(), new(33, 5, 4), (x, y) => x - y, new(33, 1, 1), new(33, 5, 4)),
        Case("multiply maps by a number each", new Multiply(), new(17, 7, 5), (x, y) => x * y, new(17, 7, 5), new(17, 1, 1)),
        Case("multiply a number each by maps", new Multiply(), new(17, 7, 5), (x, y) => x * y, new(17, 1, 1), new(17, 7, 5)),
        Case("multiply sequences by a number each", new Multiply(), new(18, 9), (x, y) => x * y, new(18, 9), new(18, 1)),
        Case("multiply volumes by a number each", new Multiply(), new(18, 2, 3, 2), (x, y) => x * y, new(18, 1, 1, 1), new(18, 2, 3, 2)),
        Case("divide maps by a number each", new Divide(), new(17, 4, 3), (x, y) => x / y, new(17, 4, 3), new(17, 1, 1)),
        Case("minimum of maps and a number each", new Minimum(), new(17, 4, 3), Math.Min, new(17, 4, 3), new(17, 1, 1)),
        Case("maximum of maps and a number each", new Maximum(), new(16, 4, 3), Math.Max, new(16, 1, 1), new(16, 4, 3)),
        Case("multiply maps by a row", new Multiply(), Maps, (x, y) => x * y, Maps, new(4)),
        Case("subtract a map from maps", new Subtract(), new(17, 3, 6), (x, y) => x - y, new(17, 3, 6), new(1, 3, 6)),
        Case("divide a column by a row", new Divide(), new(3, 4), (x, y) => x / y, new(3, 1), new(1, 4)),
        Case("multiply a row by a column", new Multiply(), new(5, 37), (x, y) => x * y, new(37), new(5, 1)),
        Case("multiply by a number", new Multiply(), new(2, 70), (x, y) => x * y, new(2, 70), Number),
        Case("divide a number by maps", new Divide(), Maps, (x, y) => x / y, Number, Maps),
        Case("maximum, middle dimension repeated", new Maximum(), new(4, 5, 18), Math.Max, new(4, 5, 18), new(4, 1, 18)),
        Case("subtract, every other dimension repeated", new Subtract(), new(2, 3, 2, 3, 2, 5), (x, y) => x - y, new(2, 1, 2, 1, 2, 1), new(1, 3, 1, 3, 1, 5)),
        Case("multiply, outer dimensions repeated", new Multiply(), new(3, 2, 2, 19), (x, y) => x * y, new(3, 2, 2, 19), new(2, 19)),
        Case("add of three that repeat", new Add(), new(2, 3, 4), (x, y) => x + y, new(4), new(3, 1), new(2, 1, 1)),
        Case("add of two rows and a column", new Add(), new(3, 4), (x, y) => x + y, new(1, 4), new(4), new(3, 1)),
        Case("add of two numbers and maps", new Add(), Maps, (x, y) => x + y, Number, new(1), Maps),
        Product("matmul", new(5, 7), new(7, 4), new(5, 4)),
        Product("matmul of a row and a column", new(1, 7), new(7, 1), new(1, 1)),
        Product("matmul of a column and a row", new(5, 1), new(1, 18), new(5, 18)),
        Product("matmul of vectors", Vector, Vector, Number),
        Product("matmul of a vector and a matrix", new(7), new(7, 19), new(19)),
        Product("matmul of a vector and matrices", new(5), new(2, 5, 3), new(2, 3)),
        Product("matmul of a matrix and a vector", new(70, 5), new(5), new(70)),
        Product("matmul of matrices and a vector", new(2, 3, 5), new(5), new(2, 3)),
        Product("matmul in batches", new(2, 3, 4, 5), new(2, 3, 5, 6), new(2, 3, 4, 6)),
        Product("matmul, one right matrix", new(2, 3, 4, 5), new(5, 6), new(2, 3, 4, 6)),
        Product("matmul, one left matrix", new(3, 4), new(5, 4, 17), new(5, 3, 17)),
        Product("matmul in batches that both repeat", new(2, 1, 3, 5), new(4, 5, 2), new(2, 4, 3, 2)),
        Product("matmul in six dimensions", new(2, 1, 1, 2, 2, 3), new(1, 3, 2, 1, 3, 2), new(2, 3, 2, 2, 2, 2)),
        Product("matmul of more than a panel", new(9, 20), new(20, 70), new(9, 70)),
        Product("matmul of more than a panel's taps", new(3, 300), new(300, 16), new(3, 16)),
        Product("matmul of more than a panel's taps, ragged", new(2, 290), new(290, 3), new(2, 3)),
    ];

    private static LayerCase Case(string name, Layer layer, Shape output, Func<double, double, double> function, params Shape[] inputs) =>
        new(name, layer, inputs, output, ArithmeticReferences.Broadcast(inputs, output, function)) { Guard = layer is Divide ? new Softplus() : null };

    private static LayerCase Product(string name, Shape left, Shape right, Shape output) =>
        new(name, new MatMul(), [left, right], output, ArithmeticReferences.MatMul(left, right, output));
}
