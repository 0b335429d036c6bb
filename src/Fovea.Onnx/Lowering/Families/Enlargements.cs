using Fovea.Layers;
using Fovea.Onnx.Lowering.Calls;
using Fovea.Onnx.Passes;

namespace Fovea.Onnx.Lowering.Families;

/// <summary>Maps enlarged by whole numbers.</summary>
internal static class Enlargements
{
    public static bool Resize(LoweringCall call)
    {
        if (call.Has(1) && call.Constant(1) is { Count: > 0 } && call.Opset >= 11 && call.Word("coordinate_transformation_mode", "half_pixel") == "tf_crop_and_resize" || call.Int("antialias", 0) != 0
            || call.Ints("axes") is not null || call.Word("keep_aspect_ratio_policy", "stretch") != "stretch")
            return false;
        string coordinates = call.Opset >= 11 ? call.Word("coordinate_transformation_mode", "half_pixel") : "asymmetric";
        return call.Word("mode", "nearest") switch
        {
            // Input pixel ⌊o / scale⌋, however it is put: the nearest to (o + ½) / scale − ½ is the same, for whole scales.
            "nearest" => (coordinates, call.Opset >= 11 ? call.Word("nearest_mode", "round_prefer_floor") : "floor") is ("asymmetric", "floor") or ("half_pixel" or "pytorch_half_pixel", "round_prefer_floor" or "round_prefer_ceil")
                && Enlarge(call, UpsampleMode.Nearest, false),
            "linear" => coordinates switch
            {
                "half_pixel" or "pytorch_half_pixel" => Enlarge(call, UpsampleMode.Bilinear, false),
                "align_corners" => Enlarge(call, UpsampleMode.Bilinear, true),
                _ => false,
            },
            _ => false,
        };
    }

    public static bool Upsample(LoweringCall call) => call.Word("mode", "nearest") == "nearest" && Enlarge(call, UpsampleMode.Nearest, false);

    private static bool Enlarge(LoweringCall call, UpsampleMode mode, bool corners)
    {
        int[] from = call.Info().Dimensions, to = call.Output.Dimensions;
        if (call.Sample(4) is not { } input || to[0] != 1 || to[1] != from[1] || to[2] % from[2] != 0 || to[3] % from[3] != 0 || !IsWhole(call, from, to))
            return false;
        return call.Finish(new Upsample2d((to[2] / from[2], to[3] / from[3]), mode, corners), input);
    }

    /// <summary>Whether scales, where they are given, are just what the sizes say: 2.3 of 3 pixels makes 6, but not as 2 does.</summary>
    private static bool IsWhole(LoweringCall call, int[] from, int[] to)
    {
        int input = call.Node.Operator == "Upsample" || call.Opset < 11 ? 1 : 2;
        float[]? scales = call.Constant(input) is { Count: > 0 } given ? FloatCopy.Of(given) : call.Node.Find("scales")?.Floats.ToArray();
        return scales is null || scales.Length == from.Length && Enumerable.Range(0, from.Length).All(axis => scales[axis] == (float)to[axis] / from[axis]);
    }
}
