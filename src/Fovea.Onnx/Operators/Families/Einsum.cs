using System.Numerics;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>Sums of products over named axes (Einstein's notation), with ellipses, repeated names and any number of factors.</summary>
internal static class Einsum
{
    public static OnnxTensor Run(OperatorCall call)
    {
        string equation = (call.Text("equation") ?? throw call.Error("attribute equation is missing")).Replace(" ", "", StringComparison.Ordinal);
        OnnxTensor[] factors = [.. Enumerable.Range(0, call.InputCount).Select(call.Input)];
        OnnxElementType type = factors[0].ElementType;
        foreach (OnnxTensor factor in factors)
            call.SameType(factors[0], factor);
        call.Require(type.IsFloat() || type.IsInteger(), $"it does not take {type}");
        string[] sides = equation.Split("->");
        string[] terms = sides[0].Split(',');
        call.Require(sides.Length <= 2 && terms.Length == factors.Length, $"equation {Printable.Quote(equation)} does not fit {factors.Length} inputs");
        var axes = new Axes(call, equation, factors, terms);
        string[] kept = axes.Output(sides.Length == 2 ? sides[1] : null);
        string[] summed = [.. axes.Sizes.Keys.Except(kept)];
        int[] shape = call.CheckSizes([.. kept.Select(name => (long)axes.Sizes[name])], type.Size());
        call.CheckWork(axes.Sizes.Values.Aggregate(1.0, (product, size) => product * size) * factors.Length);
        string[] order = [.. kept, .. summed];
        int[] sizes = [.. order.Select(name => axes.Sizes[name])];
        int[][] strides = [.. axes.Strides.Select(own => order.Select(name => own.GetValueOrDefault(name)).ToArray())];
        return type.IsFloat()
            ? Elements.FromDoubles(type, shape, Sum<double>(sizes, kept.Length, strides, [.. factors.Select(Elements.ToDoubles)], Sizes.Count(shape)))
            : Elements.FromLongs(type, shape, Sum<long>(sizes, kept.Length, strides, [.. factors.Select(Elements.ToLongs)], Sizes.Count(shape)));
    }

    /// <summary>All axes in one nest of loops, those that are summed innermost.</summary>
    private static T[] Sum<T>(int[] sizes, int kept, int[][] strides, T[][] factors, int count)
        where T : INumber<T>
    {
        var result = new T[count];
        int[] index = new int[sizes.Length], offsets = new int[factors.Length];
        if (sizes.Contains(0))
            return result;
        long inner = 1;
        for (int axis = kept; axis < sizes.Length; axis++)
            inner *= sizes[axis];
        for (int i = 0; i < result.Length; i++)
        {
            T sum = T.Zero;
            for (long k = 0; k < inner; k++)
            {
                T product = factors[0][offsets[0]];
                for (int f = 1; f < factors.Length; f++)
                    product *= factors[f][offsets[f]];
                sum += product;
                Step(sizes, strides, index, offsets);
            }
            result[i] = sum;
        }
        return result;
    }

    private static void Step(int[] sizes, int[][] strides, int[] index, int[] offsets)
    {
        for (int axis = sizes.Length - 1; axis >= 0; axis--)
        {
            bool carry = ++index[axis] == sizes[axis];
            for (int f = 0; f < offsets.Length; f++)
                offsets[f] += carry ? -strides[f][axis] * (sizes[axis] - 1) : strides[f][axis];
            if (!carry)
                return;
            index[axis] = 0;
        }
    }

    /// <summary>The axes by their names: letters, and ".0", ".1" … for those of the ellipsis, counted from its end.</summary>
    private sealed class Axes
    {
        private readonly OperatorCall _call;
        private readonly string _equation;
        private readonly Dictionary<string, int> _seen = [];
        private int _ellipsis;

        public Axes(OperatorCall call, string equation, OnnxTensor[] factors, string[] terms)
        {
            (_call, _equation) = (call, equation);
            Strides = [.. factors.Select(_ => new Dictionary<string, int>())];
            for (int f = 0; f < factors.Length; f++)
            {
                string[] names = Names(terms[f], factors[f].Rank);
                call.Require(names.Length == factors[f].Rank, $"term {Printable.Quote(terms[f])} of its equation does not fit {Calls.Sizes.Text(factors[f].Dimensions)}");
                int[] strides = Calls.Sizes.Strides(factors[f].Dimensions);
                for (int axis = 0; axis < names.Length; axis++)
                    Add(names[axis], factors[f].Dimensions[axis], strides[axis], Strides[f]);
            }
        }

        public Dictionary<string, int> Sizes { get; } = [];

        public Dictionary<string, int>[] Strides { get; }

        /// <summary>The result's axes: as stated, or the ellipsis and then all names that appear once, in order.</summary>
        public string[] Output(string? stated)
        {
            string[] names = stated is not null ? Names(stated, null)
                : [.. Names("...", null), .. _seen.Where(name => name.Value == 1 && name.Key[0] != '.').Select(name => name.Key).Order(StringComparer.Ordinal)];
            _call.Require(names.Distinct().Count() == names.Length && names.All(Sizes.ContainsKey), $"the result of equation {Printable.Quote(_equation)} has axes that no input has, or one twice");
            return names;
        }

        private void Add(string name, int size, int stride, Dictionary<string, int> strides)
        {
            _seen[name] = _seen.GetValueOrDefault(name) + 1;
            int known = Sizes.GetValueOrDefault(name, 1);
            _call.Require(known == size || known == 1 || size == 1, $"axis {Printable.Quote(name)} of equation {Printable.Quote(_equation)} is of {known} and of {size} elements");
            Sizes[name] = known == 1 ? size : known;
            // A name twice in one term is the diagonal; one element is repeated.
            strides[name] = strides.GetValueOrDefault(name) + (size == 1 ? 0 : stride);
        }

        private string[] Names(string term, int? rank)
        {
            string[] parts = term.Split("...");
            _call.Require(parts.Length <= 2 && string.Concat(parts).All(char.IsAsciiLetter), $"equation {Printable.Quote(_equation)} is not understood");
            int covered = parts.Length == 1 ? 0 : rank is { } all ? all - parts[0].Length - parts[1].Length : _ellipsis;
            _call.Require(covered >= 0, $"term {Printable.Quote(term)} of its equation has too many axes");
            if (parts.Length == 2)
                _ellipsis = Math.Max(_ellipsis, covered);
            return [.. Letters(parts[0]), .. Enumerable.Range(0, covered).Select(i => $".{covered - 1 - i}"), .. parts.Length == 2 ? Letters(parts[1]) : []];
        }

        private static IEnumerable<string> Letters(string part) => part.Select(letter => letter.ToString());
    }
}
