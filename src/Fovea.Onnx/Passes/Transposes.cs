namespace Fovea.Onnx.Passes;

internal static class Transposes
{
    public static bool Run(ImportGraph graph) => false;
}
