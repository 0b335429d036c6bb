using System.Numerics;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>A comparison of two numbers.</summary>
internal interface IComparison
{
    static abstract bool Value<T>(T a, T b)
        where T : INumber<T>;
}

/// <summary>Comparisons, truth values, bits, and choices by them.</summary>
internal static class Logic
{
    public static IEnumerable<OperatorDefinition> Definitions =>
    [
        OperatorDefinition.Of("Equal", 7, (2, 2), "", AreEqual),
        OperatorDefinition.Of("Less", 7, (2, 2), "", call => Compare<IsLess>(call, call.Input(0), call.Input(1))),
        OperatorDefinition.Of("Greater", 7, (2, 2), "", call => Compare<IsLess>(call, call.Input(1), call.Input(0))),
        OperatorDefinition.Of("LessOrEqual", 12, (2, 2), "", call => Compare<IsLessOrEqual>(call, call.Input(0), call.Input(1))),
        OperatorDefinition.Of("GreaterOrEqual", 12, (2, 2), "", call => Compare<IsLessOrEqual>(call, call.Input(1), call.Input(0))),
        OperatorDefinition.Of("And", 7, (2, 2), "", call => Truth(call, default(BothBits<byte>))),
        OperatorDefinition.Of("Or", 7, (2, 2), "", call => Truth(call, default(AnyBits<byte>))),
        OperatorDefinition.Of("Xor", 7, (2, 2), "", call => Truth(call, default(OtherBits<byte>))),
        OperatorDefinition.Of("Not", 1, (1, 1), "", Not),
        OperatorDefinition.Of("Where", 9, (3, 3), "", Where),
        OperatorDefinition.Of("BitwiseAnd", 18, (2, 2), "", call => Bits(call, default(BothBits<long>))),
        OperatorDefinition.Of("BitwiseOr", 18, (2, 2), "", call => Bits(call, default(AnyBits<long>))),
        OperatorDefinition.Of("BitwiseXor", 18, (2, 2), "", call => Bits(call, default(OtherBits<long>))),
        OperatorDefinition.Of("BitwiseNot", 18, (1, 1), "", BitwiseNot),
        OperatorDefinition.Of("BitShift", 11, (2, 2), "direction", BitShift),
    ];

    private static OnnxTensor AreEqual(OperatorCall call)
    {
        OnnxTensor a = call.Input(0), b = call.Input(1);
        call.SameType(a, b);
        if (a.ElementType == OnnxElementType.Bool)
            return Broadcast.Map<byte, byte, byte, Same>(call, OnnxElementType.Bool, a, b, default);
        if (a.ElementType != OnnxElementType.String)
            return Compare<IsEqual>(call, a, b);
        // Strings become numbers first, equal ones the same.
        var numbers = new Dictionary<string, long>(StringComparer.Ordinal);
        OnnxTensor Numbered(OnnxTensor tensor)
        {
            var values = new long[tensor.Count];
            for (int i = 0; i < values.Length; i++)
            {
                string text = tensor.Strings[i];
                if (!numbers.TryGetValue(text, out values[i]))
                    numbers[text] = values[i] = numbers.Count;
            }
            return call.NewLongs(tensor.Dimensions, values);
        }
        return Compare<IsEqual>(call, Numbered(a), Numbered(b));
    }

    private static OnnxTensor Compare<TComparison>(OperatorCall call, OnnxTensor a, OnnxTensor b)
        where TComparison : struct, IComparison
    {
        call.SameType(a, b);
        a = Elements.Widened(a);
        return Elements.Run<ComparisonWork<TComparison>, OnnxTensor>(call, a.ElementType, new(call, a, Elements.Widened(b)));
    }

    private static OnnxTensor Truth<TFunction>(OperatorCall call, TFunction function)
        where TFunction : struct, IBinary<byte, byte, byte> =>
        Broadcast.Map<byte, byte, byte, TFunction>(call, OnnxElementType.Bool, call.Input(0, OnnxElementType.Bool), call.Input(1, OnnxElementType.Bool), function);

    private static OnnxTensor Not(OperatorCall call)
    {
        OnnxTensor input = call.Input(0, OnnxElementType.Bool);
        OnnxTensor result = call.New(OnnxElementType.Bool, input.Dimensions, out Span<byte> target);
        ReadOnlySpan<byte> source = input.Values<byte>();
        for (int i = 0; i < target.Length; i++)
            target[i] = source[i] == 0 ? (byte)1 : (byte)0;
        return result;
    }

    private static OnnxTensor Bits<TFunction>(OperatorCall call, TFunction function)
        where TFunction : struct, IBinary<long, long, long>
    {
        OnnxTensor a = Whole(call, 0), b = Whole(call, 1);
        call.SameType(a, b);
        OnnxTensor Wide(OnnxTensor tensor) => call.NewLongs(tensor.Dimensions, Elements.ToLongs(tensor));
        OnnxTensor result = Broadcast.Map<long, long, long, TFunction>(call, OnnxElementType.Int64, Wide(a), Wide(b), function);
        return Elements.FromLongs(a.ElementType, result.Dimensions, result.Values<long>());
    }

    private static OnnxTensor BitwiseNot(OperatorCall call)
    {
        OnnxTensor input = Whole(call, 0);
        long[] values = Elements.ToLongs(input);
        foreach (ref long value in values.AsSpan())
            value = ~value;
        return Elements.FromLongs(input.ElementType, input.Dimensions, values);
    }

    private static OnnxTensor BitShift(OperatorCall call)
    {
        call.Require(call.Node.Find("direction") is not null, "attribute direction is missing");
        string direction = call.Word("direction", "", "LEFT", "RIGHT");
        call.Require(Whole(call, 0).ElementType.IsUnsigned(), "it takes unsigned integers");
        return direction == "LEFT" ? Bits(call, default(Left)) : Bits(call, default(Right));
    }

    private static OnnxTensor Whole(OperatorCall call, int index)
    {
        OnnxTensor input = call.Input(index);
        return input.ElementType.IsInteger() ? input : throw call.Error($"it takes integers, not {input.ElementType}");
    }

    private static OnnxTensor Where(OperatorCall call)
    {
        OnnxTensor condition = call.Input(0, OnnxElementType.Bool), yes = call.Input(1), no = call.Input(2);
        call.SameType(yes, no);
        int[] sizes = Broadcast.Shape(call, condition, yes, no);
        return Movement.Apply(call, yes.ElementType, sizes, yes, no, new Choice(condition));
    }

    private readonly struct Choice(OnnxTensor condition) : IMovement
    {
        public void Run<T>(OnnxTensor first, OnnxTensor? second, ReadOnlySpan<T> yes, ReadOnlySpan<T> no, int[] sizes, Span<T> target)
        {
            ReadOnlySpan<byte> chosen = condition.Values<byte>();
            Broadcast rows = Broadcast.Rows(sizes, condition, first, second!);
            for (int at = 0; rows.Next(); at += rows.Length)
                for (int i = 0; i < rows.Length; i++)
                    target[at + i] = chosen[rows.Offset(0) + (i * rows.Step(0))] != 0
                        ? yes[rows.Offset(1) + (i * rows.Step(1))]
                        : no[rows.Offset(2) + (i * rows.Step(2))];
        }
    }

    private readonly struct ComparisonWork<TComparison>(OperatorCall call, OnnxTensor a, OnnxTensor b) : INumberWork<OnnxTensor>
        where TComparison : struct, IComparison
    {
        public OnnxTensor Run<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T> =>
            Broadcast.Map<T, T, byte, Typed<T>>(call, OnnxElementType.Bool, a, b, default);

        private readonly struct Typed<T> : IBinary<T, T, byte>
            where T : unmanaged, INumber<T>
        {
            public byte Value(T a, T b) => TComparison.Value(a, b) ? (byte)1 : (byte)0;
        }
    }

    private readonly struct IsEqual : IComparison
    {
        public static bool Value<T>(T a, T b)
            where T : INumber<T> => a == b;
    }

    private readonly struct IsLess : IComparison
    {
        public static bool Value<T>(T a, T b)
            where T : INumber<T> => a < b;
    }

    private readonly struct IsLessOrEqual : IComparison
    {
        public static bool Value<T>(T a, T b)
            where T : INumber<T> => a <= b;
    }

    private readonly struct Same : IBinary<byte, byte, byte>
    {
        public byte Value(byte a, byte b) => a == b ? (byte)1 : (byte)0;
    }

    private readonly struct BothBits<T> : IBinary<T, T, T>
        where T : IBinaryInteger<T>
    {
        public T Value(T a, T b) => a & b;
    }

    private readonly struct AnyBits<T> : IBinary<T, T, T>
        where T : IBinaryInteger<T>
    {
        public T Value(T a, T b) => a | b;
    }

    private readonly struct OtherBits<T> : IBinary<T, T, T>
        where T : IBinaryInteger<T>
    {
        public T Value(T a, T b) => a ^ b;
    }

    private readonly struct Left : IBinary<long, long, long>
    {
        public long Value(long a, long b) => (ulong)b > 63 ? 0 : a << (int)b;
    }

    private readonly struct Right : IBinary<long, long, long>
    {
        public long Value(long a, long b) => (ulong)b > 63 ? 0 : (long)((ulong)a >> (int)b);
    }
}
