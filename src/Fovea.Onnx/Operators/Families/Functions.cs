using System.Numerics;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>Mathematical functions of single elements.</summary>
internal static class Functions
{
    public static IEnumerable<OperatorDefinition> Definitions =>
    [
        OperatorDefinition.Of("Abs", 6, (1, 1), "", call => Number<Absolute>(call)),
        OperatorDefinition.Of("Neg", 6, (1, 1), "", call => Number<Negation>(call)),
        OperatorDefinition.Of("Sign", 9, (1, 1), "", call => Number<Signum>(call)),
        Real("Ceil", 6, Math.Ceiling),
        Real("Floor", 6, Math.Floor),
        Real("Round", 11, x => Math.Round(x, MidpointRounding.ToEven)),
        Real("Sqrt", 6, Math.Sqrt),
        Real("Reciprocal", 6, x => 1 / x),
        Real("Exp", 6, Math.Exp),
        Real("Log", 6, Math.Log),
        Real("Erf", 9, Reals.ErrorFunction),
        Real("Sin", 7, Math.Sin),
        Real("Cos", 7, Math.Cos),
        Real("Tan", 7, Math.Tan),
        Real("Asin", 7, Math.Asin),
        Real("Acos", 7, Math.Acos),
        Real("Atan", 7, Math.Atan),
        Real("Sinh", 9, Math.Sinh),
        Real("Cosh", 9, Math.Cosh),
        Real("Tanh", 6, Math.Tanh),
        Real("Asinh", 9, Math.Asinh),
        Real("Acosh", 9, Math.Acosh),
        Real("Atanh", 9, Math.Atanh),
        OperatorDefinition.Of("IsNaN", 9, (1, 1), "", call => Test(call, double.IsNaN)),
        OperatorDefinition.Of("IsInf", 10, (1, 1), "detect_negative detect_positive", IsInf),
        OperatorDefinition.Of("Clip", 6, (1, 1), "min max", ClipByAttributes),
        OperatorDefinition.Of("Clip", 11, (1, 3), "", call => Clip(call, call.Optional(1), call.Optional(2))),
    ];

    private static OperatorDefinition Real(string name, int since, Func<double, double> function) =>
        OperatorDefinition.Of(name, since, (1, 1), "", call => Activations.Map(call, new Delegated(function)));

    private static OnnxTensor Number<TFunction>(OperatorCall call)
        where TFunction : struct, INumberFunction
    {
        OnnxTensor input = call.Input(0), wide = Elements.Widened(input);
        return Elements.Narrowed(Elements.Run<NumberWork<TFunction>, OnnxTensor>(call, wide.ElementType, new(call, wide)), input.ElementType);
    }

    private static OnnxTensor Test(OperatorCall call, Func<double, bool> holds)
    {
        double[] values = call.Doubles(0);
        OnnxTensor result = call.New(OnnxElementType.Bool, call.Input(0).Dimensions, out Span<byte> target);
        for (int i = 0; i < target.Length; i++)
            target[i] = holds(values[i]) ? (byte)1 : (byte)0;
        return result;
    }

    private static OnnxTensor IsInf(OperatorCall call)
    {
        bool negative = call.Flag("detect_negative", true), positive = call.Flag("detect_positive", true);
        return Test(call, x => (positive && double.IsPositiveInfinity(x)) || (negative && double.IsNegativeInfinity(x)));
    }

    private static OnnxTensor ClipByAttributes(OperatorCall call)
    {
        OnnxTensor input = call.FloatInput(0);
        OnnxTensor? Bound(string name) =>
            call.Node.Find(name) is null ? null : Elements.FromDoubles(input.ElementType, [], [call.Float(name, 0)]);
        return Clip(call, Bound("min"), Bound("max"));
    }

    /// <summary>Where least exceeds most, the result is most.</summary>
    private static OnnxTensor Clip(OperatorCall call, OnnxTensor? least, OnnxTensor? most)
    {
        OnnxTensor result = call.Input(0);
        foreach (OnnxTensor? bound in (ReadOnlySpan<OnnxTensor?>)[least, most])
            call.Require(bound is null || bound.Count == 1, "its bounds must be single numbers");
        if (least is not null)
            result = Arithmetic.Apply<Largest>(call, result, call.Reshaped(least, []));
        if (most is not null)
            result = Arithmetic.Apply<Smallest>(call, result, call.Reshaped(most, []));
        return result;
    }

    private interface INumberFunction
    {
        static abstract T Value<T>(T x)
            where T : unmanaged, INumber<T>, IMinMaxValue<T>;
    }

    private readonly struct Delegated(Func<double, double> function) : IReal
    {
        public double Value(double x) => function(x);
    }

    /// <summary>The least integer has no positive counterpart and stays.</summary>
    private readonly struct Absolute : INumberFunction
    {
        public static T Value<T>(T x)
            where T : unmanaged, INumber<T>, IMinMaxValue<T> => T.IsNegative(x) ? -x : x;
    }

    private readonly struct Negation : INumberFunction
    {
        public static T Value<T>(T x)
            where T : unmanaged, INumber<T>, IMinMaxValue<T> => -x;
    }

    private readonly struct Signum : INumberFunction
    {
        public static T Value<T>(T x)
            where T : unmanaged, INumber<T>, IMinMaxValue<T> => x > T.Zero ? T.One : x < T.Zero ? T.Zero - T.One : x;
    }

    private readonly struct NumberWork<TFunction>(OperatorCall call, OnnxTensor input) : INumberWork<OnnxTensor>
        where TFunction : struct, INumberFunction
    {
        public OnnxTensor Run<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            OnnxTensor result = call.New(input.ElementType, input.Dimensions, out Span<T> target);
            ReadOnlySpan<T> source = input.Values<T>();
            for (int i = 0; i < target.Length; i++)
                target[i] = TFunction.Value(source[i]);
            return result;
        }
    }
}
