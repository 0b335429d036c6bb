using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>
/// Scaled dot-product attention over heads (Vaswani and others, 2017), with masks, caches, soft capping and heads that
/// share keys. Where a query may look at nothing, its output is zero.
/// </summary>
internal static class Attention
{
    private const string Attributes = "is_causal kv_num_heads q_num_heads qk_matmul_output_mode scale softcap softmax_precision";

    public static IEnumerable<OperatorDefinition> Definitions =>
    [
        new("Attention", 23, (3, 6), 4, Attributes, Run),
        new("Attention", 24, (3, 7), 4, Attributes, Run),
        OperatorDefinition.Of("RotaryEmbedding", 23, (3, 4), "interleaved num_heads rotary_embedding_dim", Rotary),
    ];

    private static OnnxTensor?[] Run(OperatorCall call)
    {
        long mode = call.Int("qk_matmul_output_mode", 0);
        call.Require(mode is >= 0 and <= 3, $"attribute qk_matmul_output_mode must be from 0 to 3, not {mode}");
        var precision = (OnnxElementType)call.Int("softmax_precision", 1);
        call.Require(precision.IsFloat(), $"attribute softmax_precision must be a type of floats, not {precision}");
        OnnxTensor q = Heads(call, 0, "q_num_heads"), k = Heads(call, 1, "kv_num_heads"), v = Heads(call, 2, "kv_num_heads");
        k = Cached(call, 4, k);
        v = Cached(call, 5, v);
        int batch = q.Dimensions[0], heads = q.Dimensions[1], queries = q.Dimensions[2], depth = q.Dimensions[3];
        int shared = k.Dimensions[1], keys = k.Dimensions[2], width = v.Dimensions[3];
        call.Require(k.Dimensions[0] == batch && k.Dimensions[3] == depth && v.Dimensions[..3].SequenceEqual(k.Dimensions[..3]) && shared > 0 && heads % shared == 0,
            $"queries {Sizes.Text(q.Dimensions)}, keys {Sizes.Text(k.Dimensions)} and values {Sizes.Text(v.Dimensions)} do not fit");
        double scale = call.Float("scale", 1 / Math.Sqrt(depth)), cap = call.Float("softcap", 0);
        int[] shape = [batch, heads, queries, keys];
        call.CheckSizes([batch, heads, queries, Math.Max(keys, width)], sizeof(float));
        call.CheckWork((double)batch * heads * queries * keys * (depth + width));
        var mask = new Mask(call, shape);
        double[] qs = Elements.ToDoubles(q), ks = Elements.ToDoubles(k), vs = Elements.ToDoubles(v);
        double[] result = new double[batch * heads * queries * width], shown = call.Wants(3) ? new double[Sizes.Count(shape)] : [];
        var scores = new double[keys];
        for (int row = 0; row < batch * heads * queries; row++)
        {
            int n = row / (heads * queries), head = row / queries % heads, query = row % queries, source = (n * shared) + (head / (heads / shared));
            void Show(int stage)
            {
                if (shown.Length > 0 && mode == stage)
                    scores.CopyTo(shown.AsSpan(row * keys));
            }
            for (int key = 0; key < keys; key++)
                scores[key] = scale * System.Numerics.Tensors.TensorPrimitives.Dot<double>(qs.AsSpan(row * depth, depth), ks.AsSpan(((source * keys) + key) * depth, depth));
            Show(0);
            if (cap > 0)
                foreach (ref double score in scores.AsSpan())
                    score = cap * Math.Tanh(score / cap);
            Show(1);
            bool any = false;
            for (int key = 0; key < keys; key++)
            {
                scores[key] += mask.Bias(n, head, query, key);
                any |= !double.IsNegativeInfinity(scores[key]);
            }
            Show(2);
            if (any)
                Softmaxes.Normalize(scores, keys);
            else
                Array.Clear(scores);
            Show(3);
            Span<double> target = result.AsSpan(row * width, width);
            for (int key = 0; key < keys; key++)
                if (scores[key] != 0)
                    Products.AddProduct(scores[key], vs.AsSpan(((source * keys) + key) * width, width), target);
        }
        OnnxTensor output = Elements.FromDoubles(q.ElementType, [batch, heads, queries, width], result);
        if (call.Input(0).Rank == 3)
            output = call.Reshaped(Movements.Transpose(call, output, [0, 2, 1, 3]), [batch, queries, heads * width]);
        return [output, k, v, call.Wants(3) ? Elements.FromDoubles(q.ElementType, shape, shown) : null];
    }

    /// <summary>(N, heads, L, depth), also from (N, L, heads · depth).</summary>
    private static OnnxTensor Heads(OperatorCall call, int index, string attribute)
    {
        OnnxTensor input = call.FloatInput(index);
        call.Require(input.Rank is 3 or 4, $"input {index + 1} must have 3 or 4 dimensions, not {input.Rank}");
        long heads = call.Int(attribute, input.Rank == 4 ? input.Dimensions[1] : 0);
        if (input.Rank == 4)
        {
            call.Require(heads == input.Dimensions[1], $"attribute {attribute} is {heads}, but input {index + 1} has {input.Dimensions[1]} heads");
            return input;
        }
        call.Require(heads >= 1 && input.Dimensions[2] % heads == 0, $"attribute {attribute} of {heads} does not fit {Sizes.Text(input.Dimensions)}");
        OnnxTensor split = call.Reshaped(input, [input.Dimensions[0], input.Dimensions[1], (int)heads, (int)(input.Dimensions[2] / heads)]);
        return Movements.Transpose(call, split, [0, 2, 1, 3]);
    }

    /// <summary>What an earlier call left, before what is new.</summary>
    private static OnnxTensor Cached(OperatorCall call, int index, OnnxTensor fresh) =>
        call.Optional(index) is { } past ? Joining.Concat(call, [past, fresh], 2) : fresh;

    /// <summary>x is (N, heads, L, depth) or (N, L, heads · depth); pairs of its elements are turned by an angle for every position.</summary>
    private static OnnxTensor Rotary(OperatorCall call)
    {
        OnnxTensor input = call.FloatInput(0), cosines = call.FloatInput(1);
        OnnxTensor x = Heads(call, 0, "num_heads");
        int batch = x.Dimensions[0], heads = x.Dimensions[1], length = x.Dimensions[2], depth = x.Dimensions[3];
        long stated = call.Int("rotary_embedding_dim", 0);
        int turned = stated == 0 ? depth : (int)stated, half = turned / 2;
        call.Require(turned == (stated == 0 ? depth : stated) && turned > 0 && turned <= depth && turned % 2 == 0, $"attribute rotary_embedding_dim of {stated} does not fit {depth} elements");
        bool pairs = call.Flag("interleaved");
        double[] values = Elements.ToDoubles(x), cos = Elements.ToDoubles(cosines), sin = call.Doubles(2);
        long[]? positions = call.Integers(3);
        int known = cosines.Count / half;
        call.Require(cosines.Dimensions[^1] == half && sin.Length == cos.Length && (positions?.Length ?? known) == batch * length, "its tables of cosines and sines do not fit");
        for (int row = 0; row < batch * heads * length; row++)
        {
            int place = (row / (heads * length) * length) + (row % length);
            int angle = positions is null ? place : Gathering.Index(call, positions[place], known);
            Span<double> element = values.AsSpan(row * depth, turned);
            for (int i = 0; i < half; i++)
            {
                ref double first = ref element[pairs ? 2 * i : i], second = ref element[pairs ? (2 * i) + 1 : i + half];
                double c = cos[(angle * half) + i], s = sin[(angle * half) + i];
                (first, second) = ((c * first) - (s * second), (s * first) + (c * second));
            }
        }
        OnnxTensor result = Elements.FromDoubles(x.ElementType, x.Dimensions, values);
        return input.Rank == 3 ? call.Reshaped(Movements.Transpose(call, result, [0, 2, 1, 3]), input.Dimensions) : result;
    }

    /// <summary>What is added to a score before softmax: minus infinity where a query must not look.</summary>
    private sealed class Mask
    {
        private readonly OperatorCall _call;
        private readonly double[]? _bias;
        private readonly int[] _strides = [0, 0, 0, 0];
        private readonly int _columns;
        private readonly bool _causal;
        private readonly long[]? _lengths;
        private readonly long _past;
        private readonly int _queries;

        public Mask(OperatorCall call, int[] shape)
        {
            _call = call;
            _causal = call.Flag("is_causal");
            _queries = shape[2];
            _lengths = call.Integers(6);
            call.Require(_lengths is null || _lengths.Length == shape[0], "it has not one length for every sample");
            _past = call.Optional(4)?.Dimensions[2] ?? 0;
            if (call.Optional(3) is not { } mask)
                return;
            // A mask may end before the last key; nobody looks at those beyond.
            _columns = mask.Rank > 0 ? mask.Dimensions[^1] : 0;
            bool fits = mask.Rank is >= 2 and <= 4 && _columns <= shape[3];
            int[] own = Sizes.Strides(mask.Dimensions);
            for (int d = 0; fits && d < mask.Rank; d++)
            {
                int axis = 4 - mask.Rank + d, size = mask.Dimensions[d];
                fits = axis == 3 || size == 1 || size == shape[axis];
                _strides[axis] = size == 1 && axis != 3 ? 0 : own[d];
            }
            // One column broadcasts.
            if (_columns == 1 && shape[3] > 1)
                (_columns, _strides[3]) = (shape[3], 0);
            call.Require(fits, $"a mask of {Sizes.Text(mask.Dimensions)} does not fit scores of {Sizes.Text(shape)}");
            _bias = Elements.ToDoubles(mask);
            if (mask.ElementType == OnnxElementType.Bool)
                foreach (ref double value in _bias.AsSpan())
                    value = value != 0 ? 0 : double.NegativeInfinity;
        }

        public double Bias(int sample, int head, int query, int key)
        {
            long before = _call.Optional(4) is null && _lengths is not null ? _lengths[sample] - _queries : _past;
            if ((_causal && key > query + before) || (_lengths is not null && key >= _lengths[sample]))
                return double.NegativeInfinity;
            if (_bias is null)
                return 0;
            return key >= _columns ? double.NegativeInfinity
                : _bias[(sample * _strides[0]) + (head * _strides[1]) + (query * _strides[2]) + (key * _strides[3])];
        }
    }
}
