namespace Fovea.Onnx.Passes;

/// <summary>What passes make of several nodes where ONNX has no operator for it, or has it in newer files alone.</summary>
internal static class Fused
{
    /// <summary>Their domain.</summary>
    public const string Domain = "fovea";

    /// <summary>x · W + b over the last dimension: inputs x, W (in, out) and b (out).</summary>
    public const string Linear = "Linear";
}
