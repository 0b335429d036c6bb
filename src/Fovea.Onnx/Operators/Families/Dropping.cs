using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>Dropout: the identity, or, where a node asks for training, with elements dropped.</summary>
internal static class Dropping
{
    public static IEnumerable<OperatorDefinition> Definitions =>
    [
        new("Dropout", 7, (1, 1), 2, "ratio", call => [call.Input(0), Mask(call, call.Input(0).ElementType)]),
        new("Dropout", 10, (1, 1), 2, "ratio", call => [call.Input(0), Mask(call, OnnxElementType.Bool)]),
        new("Dropout", 12, (1, 3), 2, "seed", Dropout),
    ];

    /// <summary>Nothing is dropped.</summary>
    private static OnnxTensor? Mask(OperatorCall call, OnnxElementType type)
    {
        if (!call.Wants(1))
            return null;
        double[] ones = call.NewDoubles(call.Input(0).Dimensions);
        Array.Fill(ones, 1);
        return Casting.FromDoubles(call, type, call.Input(0).Dimensions, ones);
    }

    private static OnnxTensor?[] Dropout(OperatorCall call)
    {
        OnnxTensor x = call.FloatInput(0);
        bool training = call.Optional(2) is not null && call.Input(2, OnnxElementType.Bool).Values<byte>() is [not 0];
        double ratio = call.Optional(1) is null ? 0.5 : call.Doubles(1) is [double one] ? one : throw call.Error("the ratio must be one number");
        call.Require(ratio is >= 0 and < 1, $"the ratio must be from 0 to below 1, not {ratio}");
        if (!training || ratio == 0)
            return [x, Mask(call, OnnxElementType.Bool)];
        var random = new MersenneTwister((uint)call.Int("seed", 0));
        double[] values = Elements.ToDoubles(x);
        OnnxTensor mask = call.New(OnnxElementType.Bool, x.Dimensions, out Span<byte> kept);
        for (int i = 0; i < values.Length; i++)
        {
            kept[i] = random.NextDouble() >= ratio ? (byte)1 : (byte)0;
            values[i] = kept[i] * values[i] / (1 - ratio);
        }
        return [Elements.FromDoubles(x.ElementType, x.Dimensions, values), mask];
    }

    /// <summary>MT19937 (Matsumoto and Nishimura, 1998), which ONNX's reference draws from: the same seed drops the same elements.</summary>
    private sealed class MersenneTwister
    {
        private const int Size = 624, Middle = 397;

        private readonly uint[] _state = new uint[Size];
        private int _next = Size;

        public MersenneTwister(uint seed)
        {
            _state[0] = seed;
            for (int i = 1; i < Size; i++)
                _state[i] = (1812433253 * (_state[i - 1] ^ (_state[i - 1] >> 30))) + (uint)i;
        }

        /// <summary>Uniform in [0, 1), of 53 bits.</summary>
        public double NextDouble() => ((Next() >> 5) * 67108864.0 + (Next() >> 6)) / 9007199254740992.0;

        private uint Next()
        {
            if (_next == Size)
            {
                for (int i = 0; i < Size; i++)
                {
                    uint y = (_state[i] & 0x80000000) | (_state[(i + 1) % Size] & 0x7FFFFFFF);
                    _state[i] = _state[(i + Middle) % Size] ^ (y >> 1) ^ ((y & 1) * 0x9908B0DF);
                }
                _next = 0;
            }
            uint x = _state[_next++];
            x ^= x >> 11;
            x ^= (x << 7) & 0x9D2C5680;
            x ^= (x << 15) & 0xEFC60000;
            return x ^ (x >> 18);
        }
    }
}
