namespace Fovea.Onnx.Operators.Families;

/// <summary>How an axis is resized: where every element of the result comes from.</summary>
/// <param name="Input">Elements along the axis before.</param>
/// <param name="Output">Elements along the axis after.</param>
/// <param name="Scale">The factor, which need not be Output / Input.</param>
/// <param name="RoiStart">Where the region of interest begins, 0 to 1.</param>
/// <param name="RoiEnd">Where it ends.</param>
internal readonly record struct ResizeAxis(int Input, int Output, double Scale, double RoiStart, double RoiEnd)
{
    /// <summary>Where the element of the result lies among those of the input.</summary>
    public double Coordinate(int x, string mode)
    {
        // A scale of a third is not quite a third in a file: what it means to hit, or to lie half-way to, it does.
        double at = Transformed(x, mode), half = Math.Round(2 * at) / 2;
        return Math.Abs(at - half) <= 2e-7 * (Math.Abs(at) + 1) ? half : at;
    }

    private double Transformed(int x, string mode)
    {
        double width = Scale * Input;
        switch (mode)
        {
            case "align_corners": return width == 1 ? 0 : x * (Input - 1) / (width - 1);
            case "asymmetric": return x / Scale;
            case "pytorch_half_pixel" when width == 1: return -0.5;
            case "tf_half_pixel_for_nn": return (x + 0.5) / Scale;
            case "tf_crop_and_resize":
                return width == 1
                    ? (RoiStart + RoiEnd) * (Input - 1) / 2
                    : (RoiStart * (Input - 1)) + (x * (RoiEnd - RoiStart) * (Input - 1) / (width - 1));
            case "half_pixel_symmetric":
                return (Input / 2.0 * (1 - (Output / width))) + ((x + 0.5) / Scale) - 0.5;
            default: return ((x + 0.5) / Scale) - 0.5;
        }
    }

    /// <summary>The element nearest to a coordinate.</summary>
    public int Nearest(double x, string rounding)
    {
        double place = rounding switch
        {
            "floor" => Math.Floor(x),
            "ceil" => Math.Ceiling(x),
            "round_prefer_ceil" => Math.Floor(x + 0.5),
            _ => Math.Ceiling(x - 0.5),
        };
        return (int)Math.Clamp(place, 0, Input - 1);
    }

    /// <summary>The elements around a coordinate and their weights, which sum to 1. Outside the edge's element stands in.</summary>
    /// <param name="x">The coordinate.</param>
    /// <param name="cubic">The coefficient of the cubic kernel; null for the linear one.</param>
    /// <param name="antialias">Whether the kernel is as much wider as the result is smaller.</param>
    /// <param name="excludeOutside">Whether elements outside have no weight instead.</param>
    public (int[] Places, double[] Weights) Around(double x, double? cubic, bool antialias, bool excludeOutside)
    {
        double narrow = antialias ? Math.Min(1, Scale) : 1;
        // The element left of the coordinate, so that the distance to it is within (0, 1].
        double left = Math.Ceiling(x) - 1;
        int first = (int)Math.Floor(-(cubic is null ? 1 : 2) / narrow) + 1, count = 2 - (2 * first);
        int[] places = new int[count];
        double[] weights = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            double place = left + first + i;
            bool outside = place < 0 || place >= Input;
            double weight = outside && excludeOutside ? 0 : Kernel((place - x) * narrow, cubic);
            places[i] = (int)Math.Clamp(place, 0, Input - 1);
            weights[i] = weight;
            sum += weight;
        }
        if (antialias || excludeOutside)
            for (int i = 0; i < count; i++)
                weights[i] /= sum;
        return (places, weights);
    }

    /// <summary>The triangle, or the cubic convolution of Keys (1981).</summary>
    private static double Kernel(double distance, double? cubic)
    {
        double d = Math.Abs(distance);
        if (cubic is not { } a)
            return Math.Max(0, 1 - d);
        return d <= 1 ? ((((a + 2) * d) - (a + 3)) * d * d) + 1
            : d < 2 ? ((((a * d) - (5 * a)) * d) + (8 * a)) * d - (4 * a)
            : 0;
    }
}
