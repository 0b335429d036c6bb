using Fovea.Layers;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Lowering.Calls;
using Fovea.Tensors;

namespace Fovea.Onnx.Lowering.Families;

/// <summary>Arithmetic of several inputs, element by element, whose shapes are aligned at the last dimension there as here.</summary>
internal static class Combinations
{
    /// <summary>An operator of two inputs.</summary>
    public static Func<LoweringCall, bool> Of(Arithmetic layer) => call => AreFloats(call) && call.Finish(layer, [call.Input(0), call.Input(1)]);

    /// <summary>An operator of any number of inputs, two by two.</summary>
    public static Func<LoweringCall, bool> Fold(Layer layer) => call =>
    {
        int count = call.Node.Inputs.Count;
        return AreFloats(call) && (count == 1 ? call.Give(0, call.Input()) : call.Finish(layer, [First(call, layer), call.Input(count - 1)]));
    };

    public static bool Mean(LoweringCall call)
    {
        int count = call.Node.Inputs.Count;
        if (!AreFloats(call))
            return false;
        return count == 1 ? call.Give(0, call.Input())
            : call.Finish(new Divide(), [call.Step(new Add(), First(call, new Add()), call.Input(count - 1)), call.Numbers(new Shape(1), count)]);
    }

    private static Form First(LoweringCall call, Layer layer)
    {
        Form form = call.Input();
        for (int i = 1; i < call.Node.Inputs.Count - 1; i++)
            form = call.Step(layer, form, call.Input(i));
        return form;
    }

    private static bool AreFloats(LoweringCall call) =>
        Enumerable.Range(0, call.Node.Inputs.Count).All(input => call.Has(input) && call.Info(input).ElementType == OnnxElementType.Float);
}
