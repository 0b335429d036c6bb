using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Tests.Layers;

/// <summary>What the layers mean that move, show or join elements along dimensions: every element by its coordinates.</summary>
internal static class ShapeReferences
{
    /// <summary>The output of a layer with one input, for one sample.</summary>
    public static double[] Run(Layer layer, Shape input, double[] x)
    {
        int[][] outputs = Coordinates(layer.OutputShape(input));
        return layer switch
        {
            Transpose transpose => [.. outputs.Select(at => x[Index(input, [.. Enumerable.Range(0, input.Rank).Select(i => at[transpose.Order.ToList().IndexOf(i)])])])],
            Narrow narrow => [.. outputs.Select(at => x[Index(input, [.. at.Select((c, i) => i != From(narrow.Dimension, input) ? c : c + (narrow.Start < 0 ? narrow.Start + input[i] : narrow.Start))])])],
            Pad pad => [.. outputs.Select(at => Shown(pad, input, at) is { } shown ? x[Index(input, shown)] : pad.Value)],
            Reduction reduction => Reduce(reduction, input, x),
            Softmax softmax => Soften(From(softmax.Dimension, input), input, x),
            _ => throw new ArgumentException($"no reference for {layer}"),
        };
    }

    /// <summary>Inputs of these shapes joined along a dimension.</summary>
    public static Reference Concat(int dimension, params Shape[] shapes) => (inputs, _, _) => [.. inputs[0].Select((_, n) =>
        Coordinates(new Concat(dimension).OutputShape(shapes)).Select(at =>
        {
            int d = From(dimension, shapes[0]), input = 0;
            int[] within = [.. at];
            while (within[d] >= shapes[input][d])
                within[d] -= shapes[input++][d];
            return inputs[input][n][Index(shapes[input], within)];
        }).ToArray())];

    /// <summary>The coordinates of every element, in the order in which they lie.</summary>
    private static int[][] Coordinates(Shape shape) => [.. Enumerable.Range(0, shape.Length).Select(index =>
    {
        int[] at = new int[shape.Rank];
        for (int i = at.Length - 1; i >= 0; index /= shape[i], i--)
            at[i] = index % shape[i];
        return at;
    })];

    private static int Index(Shape shape, int[] at) => at.Select((c, i) => (c, i)).Aggregate(0, (index, place) => index * shape[place.i] + place.c);

    private static int From(int dimension, Shape shape) => dimension < 0 ? dimension + shape.Rank : dimension;

    private static int[]? Shown(Pad pad, Shape input, int[] at)
    {
        int[] shown = [.. at.Select((c, i) => c - pad.Before[i])];
        for (int i = 0; i < shown.Length; i++)
            if (shown[i] < 0 || shown[i] >= input[i])
            {
                if (pad.Mode == PadMode.Constant)
                    return null;
                int edge = shown[i] < 0 ? 0 : input[i] - 1;
                shown[i] = pad.Mode == PadMode.Replicate ? edge : edge + (edge - shown[i]);
            }
        return shown;
    }

    private static double[] Reduce(Reduction reduction, Shape input, double[] x)
    {
        int[] reduced = reduction.Dimensions.Count == 0 ? [.. Enumerable.Range(0, input.Rank)] : [.. reduction.Dimensions.Select(dimension => From(dimension, input))];
        return [.. Coordinates(input).Zip(x)
            .GroupBy(pair => Index(input, [.. pair.First.Select((c, i) => reduced.Contains(i) ? 0 : c)]), pair => pair.Second)
            .OrderBy(group => group.Key)
            .Select(group => reduction switch { ReduceSum => group.Sum(), ReduceMean => group.Average(), ReduceMax => group.Max(), _ => group.Min() })];
    }

    private static double[] Soften(int dimension, Shape input, double[] x)
    {
        int[] rest = [.. Coordinates(input).Select(at => Index(input, [.. at.Select((c, i) => i == dimension ? 0 : c)]))];
        ILookup<int, double> exponentials = rest.Zip(x).ToLookup(pair => pair.First, pair => Math.Exp(pair.Second));
        Dictionary<int, double> sums = exponentials.ToDictionary(group => group.Key, group => group.Sum());
        return [.. x.Select((v, i) => Math.Exp(v) / sums[rest[i]])];
    }
}
