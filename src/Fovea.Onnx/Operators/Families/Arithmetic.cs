using System.Numerics;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>A function of two numbers of one type. Integers wrap round.</summary>
internal interface IArithmetic
{
    static abstract T Value<T>(T a, T b)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>;
}

internal readonly struct Add : IArithmetic
{
    public static T Value<T>(T a, T b)
        where T : unmanaged, INumber<T>, IMinMaxValue<T> => a + b;
}

internal readonly struct Subtract : IArithmetic
{
    public static T Value<T>(T a, T b)
        where T : unmanaged, INumber<T>, IMinMaxValue<T> => a - b;
}

internal readonly struct Multiply : IArithmetic
{
    public static T Value<T>(T a, T b)
        where T : unmanaged, INumber<T>, IMinMaxValue<T> => a * b;
}

/// <summary>Division; of integers towards zero.</summary>
internal readonly struct Divide : IArithmetic
{
    public static T Value<T>(T a, T b)
        where T : unmanaged, INumber<T>, IMinMaxValue<T> =>
        // The processor traps where the least integer is divided by -1; the quotient wraps round like a negation.
        T.IsInteger(T.MaxValue) && b + T.One == T.Zero && T.IsNegative(b) ? T.Zero - a : a / b;
}

/// <summary>The remainder with the sign of the divisor, as in Python.</summary>
internal readonly struct Modulo : IArithmetic
{
    public static T Value<T>(T a, T b)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        T rest = Remainder.Value(a, b);
        return rest != T.Zero && T.IsNegative(rest) != T.IsNegative(b) ? rest + b : rest;
    }
}

/// <summary>The remainder with the sign of the dividend, as in C.</summary>
internal readonly struct Remainder : IArithmetic
{
    public static T Value<T>(T a, T b)
        where T : unmanaged, INumber<T>, IMinMaxValue<T> =>
        T.IsNegative(b) && b + T.One == T.Zero ? T.Zero : a % b;
}

internal readonly struct Largest : IArithmetic
{
    public static T Value<T>(T a, T b)
        where T : unmanaged, INumber<T>, IMinMaxValue<T> => T.Max(a, b);
}

internal readonly struct Smallest : IArithmetic
{
    public static T Value<T>(T a, T b)
        where T : unmanaged, INumber<T>, IMinMaxValue<T> => T.Min(a, b);
}

/// <summary>x where positive, slope · x elsewhere.</summary>
internal readonly struct Slope : IArithmetic
{
    public static T Value<T>(T a, T b)
        where T : unmanaged, INumber<T>, IMinMaxValue<T> => a < T.Zero ? a * b : a;
}

/// <summary>Arithmetic of two tensors or more, with broadcasting.</summary>
internal static class Arithmetic
{
    public static IEnumerable<OperatorDefinition> Definitions =>
    [
        OperatorDefinition.Of("Add", 7, (2, 2), "", call => Binary<Add>(call)),
        OperatorDefinition.Of("Sub", 7, (2, 2), "", call => Binary<Subtract>(call)),
        OperatorDefinition.Of("Mul", 7, (2, 2), "", call => Binary<Multiply>(call)),
        OperatorDefinition.Of("Div", 7, (2, 2), "", Division<Divide>),
        OperatorDefinition.Of("Mod", 10, (2, 2), "fmod", Mod),
        OperatorDefinition.Of("PRelu", 7, (2, 2), "", PRelu),
        OperatorDefinition.Of("Pow", 7, (2, 2), "", Power.Run),
        OperatorDefinition.Of("Max", 6, (1, OperatorDefinition.Many), "", call => Variadic<Largest>(call)),
        OperatorDefinition.Of("Min", 6, (1, OperatorDefinition.Many), "", call => Variadic<Smallest>(call)),
        OperatorDefinition.Of("Sum", 6, (1, OperatorDefinition.Many), "", call => Variadic<Add>(call)),
        OperatorDefinition.Of("Mean", 6, (1, OperatorDefinition.Many), "", Mean),
    ];

    /// <summary>A function of two tensors of one type, with broadcasting.</summary>
    public static OnnxTensor Apply<TFunction>(OperatorCall call, OnnxTensor first, OnnxTensor second)
        where TFunction : struct, IArithmetic
    {
        call.SameType(first, second);
        OnnxElementType type = first.ElementType;
        first = Elements.Widened(first);
        OnnxTensor result = Elements.Run<Work<TFunction>, OnnxTensor>(call, first.ElementType, new(call, first, Elements.Widened(second)));
        return Elements.Narrowed(result, type);
    }

    private static OnnxTensor Binary<TFunction>(OperatorCall call)
        where TFunction : struct, IArithmetic => Apply<TFunction>(call, call.Input(0), call.Input(1));

    private static OnnxTensor Division<TFunction>(OperatorCall call)
        where TFunction : struct, IArithmetic
    {
        OnnxTensor divisor = call.Input(1);
        if (divisor.ElementType.IsInteger() && divisor.Count > 0 && call.Input(0).Count > 0)
            call.Require(!Elements.ToLongs(divisor).Contains(0), "an integer is divided by zero");
        return Binary<TFunction>(call);
    }

    private static OnnxTensor Mod(OperatorCall call)
    {
        bool asInC = call.Flag("fmod");
        call.Require(asInC || call.Input(0).ElementType.IsInteger(), "fmod must be 1 for floats");
        return asInC ? Division<Remainder>(call) : Division<Modulo>(call);
    }

    /// <summary>The slope broadcasts to x, and never the other way round.</summary>
    private static OnnxTensor PRelu(OperatorCall call)
    {
        OnnxTensor x = call.Input(0), slope = call.Input(1);
        OnnxTensor result = Apply<Slope>(call, x, slope);
        call.Require(result.Dimensions.SequenceEqual(x.Dimensions), $"the slope's shape {Sizes.Text(slope.Dimensions)} does not broadcast to {Sizes.Text(x.Dimensions)}");
        return result;
    }

    private static OnnxTensor Variadic<TFunction>(OperatorCall call)
        where TFunction : struct, IArithmetic
    {
        OnnxTensor result = call.Input(0);
        for (int i = 1; i < call.InputCount; i++)
            result = Apply<TFunction>(call, result, call.Input(i));
        return result;
    }

    private static OnnxTensor Mean(OperatorCall call)
    {
        OnnxTensor sum = Variadic<Add>(call);
        call.Require(sum.ElementType.IsFloat(), $"it does not take {sum.ElementType}");
        double[] values = Elements.ToDoubles(sum);
        foreach (ref double value in values.AsSpan())
            value /= call.InputCount;
        return Elements.FromDoubles(sum.ElementType, sum.Dimensions, values);
    }

    private readonly struct Work<TFunction>(OperatorCall call, OnnxTensor first, OnnxTensor second) : INumberWork<OnnxTensor>
        where TFunction : struct, IArithmetic
    {
        public OnnxTensor Run<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T> =>
            Broadcast.Map<T, T, T, Typed<T>>(call, first.ElementType, first, second, default);

        private readonly struct Typed<T> : IBinary<T, T, T>
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            public T Value(T a, T b) => TFunction.Value(a, b);
        }
    }
}
