using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>Images sampled where another tensor says: grids, and convolutions whose taps move.</summary>
internal static class Sampling
{
    public static IEnumerable<OperatorDefinition> Definitions =>
    [
        OperatorDefinition.Of("GridSample", 16, (2, 2), "align_corners mode padding_mode", GridSample),
        OperatorDefinition.Of("GridSample", 20, (2, 2), "align_corners mode padding_mode", GridSample),
        OperatorDefinition.Of("AffineGrid", 20, (2, 2), "align_corners", AffineGrid),
        OperatorDefinition.Of("DeformConv", 19, (3, 5), "dilations group kernel_shape offset_group pads strides", DeformConv),
    ];

    /// <summary>x is (N, C, …), the grid (N, …, dimensions) with coordinates from -1 to 1, the last axis first.</summary>
    private static OnnxTensor GridSample(OperatorCall call)
    {
        OnnxTensor x = call.Input(0), grid = call.FloatInput(1);
        call.Require(x.ElementType.IsFloat() || x.ElementType.IsInteger(), $"it does not take {x.ElementType}");
        int rank = x.Rank - 2;
        call.Require(rank >= 1 && grid.Rank == x.Rank && grid.Dimensions[^1] == rank && grid.Dimensions[0] == x.Dimensions[0], $"a grid of {Sizes.Text(grid.Dimensions)} does not fit {Sizes.Text(x.Dimensions)}");
        string mode = call.Version >= 20
            ? call.Word("mode", "linear", "linear", "nearest", "cubic")
            : call.Word("mode", "bilinear", "bilinear", "nearest", "bicubic");
        mode = mode.StartsWith("bi", StringComparison.Ordinal) ? mode[2..] : mode;
        string padding = call.Word("padding_mode", "zeros", "zeros", "border", "reflection");
        bool align = call.Flag("align_corners");
        int[] image = x.Dimensions[2..].ToArray(), shape = [x.Dimensions[0], x.Dimensions[1], .. grid.Dimensions[1..^1]];
        call.CheckWork((double)Sizes.Count(shape) * Math.Pow(mode == "cubic" ? 4 : 2, rank));
        double[] values = Elements.ToDoubles(x), places = Elements.ToDoubles(grid), result = call.NewDoubles(shape);
        call.Require(result.Length == 0 || Sizes.Count(image) > 0, "its input has no elements");
        int channels = shape[1], points = Sizes.Count(shape.AsSpan(2)), pixels = Sizes.Count(image);
        var taps = new GridTaps(image, mode, padding, align);
        for (int n = 0; n < shape[0]; n++)
            for (int p = 0; p < points; p++)
            {
                taps.MoveTo(places.AsSpan(((n * points) + p) * rank, rank));
                for (int c = 0; c < channels; c++)
                    result[(((n * channels) + c) * points) + p] = taps.Sum(values.AsSpan(((n * channels) + c) * pixels, pixels));
            }
        return Elements.FromDoubles(x.ElementType, shape, result);
    }

    /// <summary>theta is (N, 2, 3) or (N, 3, 4); the grid (N, H, W, 2) or (N, D, H, W, 3).</summary>
    private static OnnxTensor AffineGrid(OperatorCall call)
    {
        OnnxTensor theta = call.FloatInput(0);
        long[] size = call.RequiredIntegers(1);
        int rank = size.Length - 2;
        bool align = call.Flag("align_corners");
        call.Require(rank is 2 or 3 && theta.Dimensions.SequenceEqual([(int)size[0], rank, rank + 1]), $"theta of {Sizes.Text(theta.Dimensions)} does not fit the size {Sizes.Text(size)}");
        int[] shape = call.CheckSizes([size[0], .. size[2..], rank], sizeof(float)), image = shape[1..^1];
        double[] matrices = Elements.ToDoubles(theta), result = call.NewDoubles(shape);
        int points = Sizes.Count(image);
        int[] strides = Sizes.Strides(image);
        for (int n = 0; n < shape[0]; n++)
            for (int p = 0; p < points; p++)
                for (int row = 0; row < rank; row++)
                {
                    ReadOnlySpan<double> factors = matrices.AsSpan(((n * rank) + row) * (rank + 1), rank + 1);
                    double sum = factors[rank];
                    for (int d = 0; d < rank; d++)
                    {
                        int axis = rank - 1 - d, i = p / strides[axis] % image[axis];
                        double at = !align ? ((2 * i) + 1.0) / image[axis] - 1 : image[axis] == 1 ? -1 : (2.0 * i / (image[axis] - 1)) - 1;
                        sum += factors[d] * at;
                    }
                    result[(((n * points) + p) * rank) + row] = sum;
                }
        return Elements.FromDoubles(theta.ElementType, shape, result);
    }

    /// <summary>A convolution of images whose every tap is moved by an offset and weighted by a mask (Dai and others, 2017; Zhu and others, 2019).</summary>
    private static OnnxTensor DeformConv(OperatorCall call)
    {
        OnnxTensor x = call.FloatInput(0), w = call.FloatInput(1), offset = call.FloatInput(2);
        call.Require(x.Rank == 4 && w.Rank == 4 && offset.Rank == 4, "it takes images, (N, C, H, W)");
        int n = x.Dimensions[0], channels = x.Dimensions[1], maps = w.Dimensions[0], perGroup = w.Dimensions[1];
        long groups = call.Int("group", 1), offsetGroups = call.Int("offset_group", 1);
        call.Require(groups >= 1 && channels == perGroup * groups && maps % groups == 0, $"{channels} channels do not fit weights {Sizes.Text(w.Dimensions)} in {groups} groups");
        call.Require(offsetGroups >= 1 && channels % offsetGroups == 0, $"{channels} channels do not split into {offsetGroups} groups of offsets");
        Window window = Window.Of(call, x.Dimensions[2..], w.Dimensions[2..].ToArray());
        int taps = Sizes.Count(window.Kernel), positions = Sizes.Count(window.Positions), pixels = Sizes.Count(window.Image), bands = (int)offsetGroups;
        call.Require(offset.Count == (long)n * bands * taps * 2 * positions, $"offsets of {Sizes.Text(offset.Dimensions)} do not fit {positions} positions of {taps} taps");
        int[] shape = [n, maps, .. window.Positions];
        call.CheckWork((double)Sizes.Count(shape) * perGroup * taps + ((double)n * channels * positions * taps * 4));
        double[] values = Elements.ToDoubles(x), weights = Elements.ToDoubles(w), moves = Elements.ToDoubles(offset), result = call.NewDoubles(shape);
        double[]? bias = call.Optional(3) is null ? null : call.Doubles(3), mask = call.Optional(4) is null ? null : call.Doubles(4);
        call.Require((bias is null || bias.Length == maps) && (mask is null || mask.Length == n * bands * taps * positions), "its bias or its mask does not fit");
        var at = new GridTaps(window.Image, "linear", "zeros", align: true);
        double[] sampled = new double[channels * taps];
        Span<double> place = stackalloc double[2];
        for (int sample = 0; sample < n; sample++)
            for (int p = 0; p < positions; p++)
            {
                for (int band = 0; band < bands; band++)
                    for (int tap = 0; tap < taps; tap++)
                    {
                        int first = ((sample * bands) + band) * taps * 2 * positions;
                        place[0] = (p / window.Positions[1] * window.Strides[0]) - window.Begin[0] + (tap / window.Kernel[1] * window.Dilations[0]) + moves[first + (tap * 2 * positions) + p];
                        place[1] = (p % window.Positions[1] * window.Strides[1]) - window.Begin[1] + (tap % window.Kernel[1] * window.Dilations[1]) + moves[first + (((tap * 2) + 1) * positions) + p];
                        double weight = mask?[((((sample * bands) + band) * taps) + tap) * positions + p] ?? 1;
                        at.MoveToPixel(place);
                        for (int c = band * (channels / bands); c < (band + 1) * (channels / bands); c++)
                            sampled[(c * taps) + tap] = weight * at.Sum(values.AsSpan(((sample * channels) + c) * pixels, pixels));
                    }
                for (int map = 0; map < maps; map++)
                {
                    int group = map / (maps / (int)groups);
                    ReadOnlySpan<double> row = sampled.AsSpan(group * perGroup * taps, perGroup * taps);
                    result[(((sample * maps) + map) * positions) + p] = (bias?[map] ?? 0)
                        + System.Numerics.Tensors.TensorPrimitives.Dot(row, weights.AsSpan(map * perGroup * taps, perGroup * taps));
                }
            }
        return Elements.FromDoubles(x.ElementType, shape, result);
    }
}
