namespace Fovea.Onnx.Passes;

internal static class ActivationFusion
{
    public static bool Run(ImportGraph graph) => false;
}
