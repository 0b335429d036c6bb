namespace Fovea.Onnx.Passes;

internal static class LinearFusion
{
    public static bool Run(ImportGraph graph) => false;
}
