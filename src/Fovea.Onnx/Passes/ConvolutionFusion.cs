namespace Fovea.Onnx.Passes;

internal static class ConvolutionFusion
{
    public static bool Run(ImportGraph graph) => false;
}
