using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>A function of one real number; the result is rounded to the tensor's type once.</summary>
internal interface IReal
{
    double Value(double x);
}

/// <summary>Activation functions of networks.</summary>
internal static class Activations
{
    public static IEnumerable<OperatorDefinition> Definitions =>
    [
        OperatorDefinition.Of("Relu", 6, (1, 1), "", Relu),
        OperatorDefinition.Of("LeakyRelu", 6, (1, 1), "alpha", call => Map(call, new LeakyReluFunction(call.Float("alpha", 0.01f)))),
        OperatorDefinition.Of("ThresholdedRelu", 10, (1, 1), "alpha", call => Map(call, new ThresholdFunction(call.Float("alpha", 1)))),
        OperatorDefinition.Of("Elu", 6, (1, 1), "alpha", call => Map(call, new EluFunction(call.Float("alpha", 1), 1))),
        OperatorDefinition.Of("Selu", 6, (1, 1), "alpha gamma", call => Map(call, new EluFunction(call.Float("alpha", 1.67326319217681884765625f), call.Float("gamma", 1.05070102214813232421875f)))),
        OperatorDefinition.Of("Celu", 12, (1, 1), "alpha", Celu),
        OperatorDefinition.Of("Sigmoid", 6, (1, 1), "", call => Map(call, default(SigmoidFunction))),
        OperatorDefinition.Of("HardSigmoid", 6, (1, 1), "alpha beta", call => Map(call, new HardSigmoidFunction(call.Float("alpha", 0.2f), call.Float("beta", 0.5f)))),
        OperatorDefinition.Of("HardSwish", 14, (1, 1), "", call => Map(call, default(HardSwishFunction))),
        OperatorDefinition.Of("Swish", 24, (1, 1), "alpha", call => Map(call, new SwishFunction(call.Float("alpha", 1)))),
        OperatorDefinition.Of("Mish", 18, (1, 1), "", call => Map(call, default(MishFunction))),
        OperatorDefinition.Of("Gelu", 20, (1, 1), "approximate", call => call.Word("approximate", "none", "none", "tanh") == "none" ? Map(call, default(GeluFunction)) : Map(call, default(TanhGeluFunction))),
        OperatorDefinition.Of("Softplus", 1, (1, 1), "", call => Map(call, default(SoftplusFunction))),
        OperatorDefinition.Of("Softsign", 1, (1, 1), "", call => Map(call, default(SoftsignFunction))),
        OperatorDefinition.Of("Shrink", 9, (1, 1), "bias lambd", call => Map(call, new ShrinkFunction(call.Float("bias", 0), call.Float("lambd", 0.5f)), integers: true)),
    ];

    /// <summary>The function of every element, of floats or, where that makes sense, of integers.</summary>
    public static OnnxTensor Map<TFunction>(OperatorCall call, TFunction function, bool integers = false)
        where TFunction : struct, IReal
    {
        OnnxTensor input = integers && call.Input(0).ElementType.IsInteger() ? call.Input(0) : call.FloatInput(0);
        double[] values = Elements.ToDoubles(input);
        foreach (ref double value in values.AsSpan())
            value = function.Value(value);
        return Elements.FromDoubles(input.ElementType, input.Dimensions, values);
    }

    private static OnnxTensor Relu(OperatorCall call)
    {
        OnnxTensor input = call.Input(0);
        call.Require(input.ElementType.IsFloat() || input.ElementType.IsInteger(), $"it does not take {input.ElementType}");
        return Arithmetic.Apply<Largest>(call, input, Elements.FromDoubles(input.ElementType, [], [0]));
    }

    private static OnnxTensor Celu(OperatorCall call)
    {
        double alpha = call.Float("alpha", 1);
        call.Require(alpha != 0, "attribute alpha must not be 0");
        return Map(call, new CeluFunction(alpha));
    }

    private readonly struct LeakyReluFunction(double alpha) : IReal
    {
        public double Value(double x) => x < 0 ? alpha * x : x;
    }

    private readonly struct ThresholdFunction(double alpha) : IReal
    {
        public double Value(double x) => x > alpha ? x : 0;
    }

    private readonly struct EluFunction(double alpha, double gamma) : IReal
    {
        public double Value(double x) => gamma * (x < 0 ? alpha * Reals.ExpMinusOne(x) : x);
    }

    private readonly struct CeluFunction(double alpha) : IReal
    {
        public double Value(double x) => Math.Max(0, x) + Math.Min(0, alpha * Reals.ExpMinusOne(x / alpha));
    }

    private readonly struct SigmoidFunction : IReal
    {
        public double Value(double x) => Reals.Sigmoid(x);
    }

    private readonly struct HardSigmoidFunction(double alpha, double beta) : IReal
    {
        public double Value(double x) => Math.Max(0, Math.Min(1, (alpha * x) + beta));
    }

    private readonly struct HardSwishFunction : IReal
    {
        public double Value(double x) => x * Math.Max(0, Math.Min(1, (x / 6) + 0.5));
    }

    private readonly struct SwishFunction(double alpha) : IReal
    {
        public double Value(double x) => x * Reals.Sigmoid(alpha * x);
    }

    private readonly struct MishFunction : IReal
    {
        public double Value(double x) => x * Math.Tanh(Reals.Softplus(x));
    }

    private readonly struct GeluFunction : IReal
    {
        public double Value(double x) => 0.5 * x * Reals.ErrorFunctionComplement(-x / Math.Sqrt(2));
    }

    private readonly struct TanhGeluFunction : IReal
    {
        public double Value(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));
    }

    private readonly struct SoftplusFunction : IReal
    {
        public double Value(double x) => Reals.Softplus(x);
    }

    private readonly struct SoftsignFunction : IReal
    {
        public double Value(double x) => x / (1 + Math.Abs(x));
    }

    private readonly struct ShrinkFunction(double bias, double lambda) : IReal
    {
        public double Value(double x) => x < -lambda ? x + bias : x > lambda ? x - bias : 0;
    }
}
