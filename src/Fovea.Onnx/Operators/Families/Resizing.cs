using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>Images larger or smaller, of any number of dimensions, axis by axis.</summary>
internal static class Resizing
{
    private const string Attributes11 = "coordinate_transformation_mode cubic_coeff_a exclude_outside extrapolation_value mode nearest_mode";

    private static readonly string[] Coordinates = ["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "tf_crop_and_resize"];

    public static IEnumerable<OperatorDefinition> Definitions =>
    [
        OperatorDefinition.Of("Upsample", 7, (1, 1), "mode scales", call => Upsample(call, call.Floats("scales"))),
        OperatorDefinition.Of("Upsample", 9, (2, 2), "mode", call => Upsample(call, Factors(call, 1))),
        OperatorDefinition.Of("Resize", 10, (2, 2), "mode", call => Upsample(call, Factors(call, 1))),
        OperatorDefinition.Of("Resize", 11, (1, 4), Attributes11, Resize),
        OperatorDefinition.Of("Resize", 18, (1, 4), $"{Attributes11} antialias axes keep_aspect_ratio_policy", Resize),
    ];

    private static float[]? Factors(OperatorCall call, int index) =>
        call.Optional(index) is { Count: > 0 } ? call.Input(index, OnnxElementType.Float).Values<float>().ToArray() : null;

    /// <summary>
    /// As it was before version 11: coordinates by division alone, and for the nearest element those before it, or behind
    /// it where the image becomes smaller.
    /// </summary>
    private static OnnxTensor Upsample(OperatorCall call, float[]? factors)
    {
        OnnxTensor x = call.Input(0);
        call.Require(factors is not null && factors.Length == x.Rank, $"it has {factors?.Length ?? 0} scales for {x.Rank} dimensions");
        bool linear = call.Word("mode", "nearest", "nearest", "linear", "bilinear") != "nearest";
        ResizeAxis[] axes = ByFactors(call, x, [.. Enumerable.Range(0, x.Rank)], factors!, null);
        return Apply(call, x, axes, new Options("asymmetric", linear ? "linear" : "nearest", "", 0, false, false, 0));
    }

    private static OnnxTensor Resize(OperatorCall call)
    {
        OnnxTensor x = call.Input(0);
        string[] modes = call.Version >= 18 ? [.. Coordinates, "half_pixel_symmetric"] : [.. Coordinates, "tf_half_pixel_for_nn"];
        var options = new Options(
            call.Word("coordinate_transformation_mode", "half_pixel", modes),
            call.Word("mode", "nearest", "nearest", "linear", "cubic"),
            call.Word("nearest_mode", "round_prefer_floor", "round_prefer_floor", "round_prefer_ceil", "floor", "ceil"),
            call.Float("cubic_coeff_a", -0.75),
            call.Flag("exclude_outside"),
            call.Flag("antialias"),
            call.Float("extrapolation_value", 0));
        call.Require(!options.Antialias || options.Mode != "nearest", "antialias is for modes linear and cubic");
        int[] axes = call.Axes(call.Ints("axes") ?? [.. Enumerable.Range(0, x.Rank).Select(axis => (long)axis)], x.Rank);
        double[]? roi = options.Crops && call.Optional(1) is { Count: > 0 } ? call.Doubles(1) : null;
        call.Require(!options.Crops || (roi is not null && roi.Length == 2 * axes.Length), "mode tf_crop_and_resize wants a region: a start for every axis, then an end");
        float[]? factors = Factors(call, 2);
        long[]? sizes = call.Optional(3) is { Count: > 0 } ? call.Integers(3) : null;
        call.Require(factors is null != sizes is null, "it wants either scales or sizes");
        string policy = call.Word("keep_aspect_ratio_policy", "stretch", "stretch", "not_larger", "not_smaller");
        return Apply(call, x, factors is not null ? ByFactors(call, x, axes, factors, roi) : BySizes(call, x, axes, sizes!, roi, policy), options);
    }

    private static ResizeAxis[] Unchanged(OnnxTensor x) => [.. x.Dimensions.ToArray().Select(size => new ResizeAxis(size, size, 1, 0, 1))];

    private static ResizeAxis[] ByFactors(OperatorCall call, OnnxTensor x, int[] axes, float[] factors, double[]? roi)
    {
        call.Require(factors.Length == axes.Length, $"it has {factors.Length} scales for {axes.Length} axes");
        ResizeAxis[] result = Unchanged(x);
        for (int i = 0; i < axes.Length; i++)
        {
            int input = x.Dimensions[axes[i]];
            double size = Math.Floor(input * (double)factors[i]);
            call.Require(factors[i] > 0 && size <= int.MaxValue, $"scale {factors[i]} must be positive and not too large");
            result[axes[i]] = new ResizeAxis(input, (int)size, factors[i], roi?[i] ?? 0, roi?[axes.Length + i] ?? 1);
        }
        return result;
    }

    private static ResizeAxis[] BySizes(OperatorCall call, OnnxTensor x, int[] axes, long[] sizes, double[]? roi, string policy)
    {
        call.Require(sizes.Length == axes.Length, $"it has {sizes.Length} sizes for {axes.Length} axes");
        double[] factors = [.. sizes.Select((size, i) => size / (double)x.Dimensions[axes[i]])];
        call.Require(factors.All(factor => factor > 0 && double.IsFinite(factor)), "a size is 0, before or after");
        if (policy != "stretch")
        {
            Array.Fill(factors, policy == "not_larger" ? factors.Min() : factors.Max());
            sizes = [.. axes.Select((axis, i) => (long)Math.Floor((factors[i] * x.Dimensions[axis]) + 0.5))];
        }
        ResizeAxis[] result = Unchanged(x);
        for (int i = 0; i < axes.Length; i++)
        {
            call.Require(sizes[i] <= int.MaxValue, $"its result would be {Sizes.Text(sizes)}");
            result[axes[i]] = new ResizeAxis(x.Dimensions[axes[i]], (int)sizes[i], factors[i], roi?[i] ?? 0, roi?[axes.Length + i] ?? 1);
        }
        return result;
    }

    private static OnnxTensor Apply(OperatorCall call, OnnxTensor x, ResizeAxis[] axes, Options options)
    {
        int[] shape = call.CheckSizes([.. axes.Select(axis => (long)axis.Output)], Math.Max(1, x.ElementType.Size()));
        call.Require(Sizes.Count(shape) == 0 || x.Count > 0, "its input has no elements");
        return options.Mode == "nearest" ? Nearest(call, x, axes, options) : Interpolated(call, x, axes, options);
    }

    private static OnnxTensor Nearest(OperatorCall call, OnnxTensor x, ResizeAxis[] axes, Options options)
    {
        int[][] tables = AxisTables.Identity(x);
        for (int d = 0; d < axes.Length; d++)
        {
            ResizeAxis axis = axes[d];
            int[] along = tables[d];
            tables[d] = new int[axis.Output];
            string rounding = options.Rounding.Length > 0 ? options.Rounding : axis.Scale < 1 ? "ceil" : "floor";
            for (int i = 0; i < axis.Output; i++)
            {
                double at = axis.Coordinate(i, options.Coordinates);
                tables[d][i] = options.Crops && Outside(axis, at) ? AxisTables.Outside : along[axis.Nearest(at, rounding)];
            }
        }
        OnnxTensor? fill = options.Crops ? Casting.FromDoubles(call, x.ElementType, [], [options.Extrapolation]) : null;
        return AxisTables.Pick(call, x, tables, fill);
    }

    private static bool Outside(ResizeAxis axis, double at) => at < 0 || at > axis.Input - 1;

    private static OnnxTensor Interpolated(OperatorCall call, OnnxTensor x, ResizeAxis[] axes, Options options)
    {
        call.Require(x.ElementType.IsFloat() || x.ElementType.IsInteger(), $"mode {options.Mode} does not take {x.ElementType}");
        double[] values = Elements.ToDoubles(x);
        int[] sizes = x.Dimensions.ToArray();
        // What shrinks comes first: less is left to do for the others.
        foreach (int d in Enumerable.Range(0, axes.Length).OrderBy(d => axes[d].Output / (double)Math.Max(1, axes[d].Input)))
        {
            if (axes[d].Output == axes[d].Input && axes[d].Scale == 1 && !options.Crops)
                continue;
            int outer = Sizes.Count(sizes.AsSpan(0, d)), inner = Sizes.Count(sizes.AsSpan(d + 1));
            sizes[d] = axes[d].Output;
            double[] result = call.NewDoubles(sizes);
            Along(call, axes[d], options, values, result, outer, inner);
            values = result;
        }
        return Elements.FromDoubles(x.ElementType, sizes, values);
    }

    private static void Along(OperatorCall call, ResizeAxis axis, Options options, double[] values, double[] result, int outer, int inner)
    {
        double? cubic = options.Mode == "cubic" ? options.Cubic : null;
        call.CheckWork((double)result.Length * (cubic is null ? 2 : 4) * (options.Antialias ? Math.Max(1, 1 / axis.Scale) : 1));
        for (int i = 0; i < axis.Output; i++)
        {
            double at = axis.Coordinate(i, options.Coordinates);
            bool outside = options.Crops && Outside(axis, at);
            (int[] places, double[] weights) = axis.Around(at, cubic, options.Antialias, options.ExcludeOutside);
            for (int o = 0; o < outer; o++)
            {
                Span<double> row = result.AsSpan(((o * axis.Output) + i) * inner, inner);
                if (outside)
                    row.Fill(options.Extrapolation);
                else
                    for (int k = 0; k < places.Length; k++)
                        if (weights[k] != 0)
                            Products.AddProduct(weights[k], values.AsSpan(((o * axis.Input) + places[k]) * inner, inner), row);
            }
        }
    }

    /// <param name="Coordinates">How coordinates are transformed.</param>
    /// <param name="Mode">nearest, linear or cubic.</param>
    /// <param name="Rounding">Which element is the nearest; empty for the rule of before version 11.</param>
    /// <param name="Cubic">The coefficient of the cubic kernel.</param>
    /// <param name="ExcludeOutside">Whether what lies outside has no weight.</param>
    /// <param name="Antialias">Whether the kernel widens where the image becomes smaller.</param>
    /// <param name="Extrapolation">The value outside the image, where a region reaches beyond it.</param>
    private sealed record Options(string Coordinates, string Mode, string Rounding, double Cubic, bool ExcludeOutside, bool Antialias, double Extrapolation)
    {
        public bool Crops => Coordinates == "tf_crop_and_resize";
    }
}
