using System.Globalization;
using System.Runtime.InteropServices;
using Fovea.Onnx.Graphs;
using Fovea.Serialization;

namespace Fovea.Onnx.Operators.Calls;

/// <summary>One evaluation of a node: its inputs and attributes, each read with a check, and memory for its outputs.</summary>
internal sealed class OperatorCall(OperatorDefinition definition, OnnxNode node, IReadOnlyList<OnnxTensor?> inputs, EvaluationLimits limits)
{
    /// <summary>The node.</summary>
    public OnnxNode Node => node;

    /// <summary>The version of the operator that applies: the operator set it came with.</summary>
    public int Version => definition.Since;

    /// <summary>How many inputs there are, with those left out.</summary>
    public int InputCount => inputs.Count;

    /// <summary>How many outputs the node names.</summary>
    public int OutputCount => node.Outputs.Count;

    /// <summary>Whether somebody reads this output.</summary>
    public bool Wants(int output) => output < node.Outputs.Count && node.Outputs[output].Length > 0;

    /// <summary>Refuses numbers of inputs and outputs that the operator does not have, and attributes that it does not know.</summary>
    public void CheckSignature()
    {
        (int least, int most) = definition.Inputs;
        if (inputs.Count < least || inputs.Count > most)
            throw Error($"it takes {(least == most ? $"{least}" : most == OperatorDefinition.Many ? $"{least} or more" : $"{least} to {most}")} inputs, not {inputs.Count}");
        Require(node.Outputs.Count <= definition.Outputs, $"it gives {definition.Outputs} outputs, not {node.Outputs.Count}");
        foreach (OnnxAttribute attribute in node.Attributes)
            if (!definition.AttributeNames.Contains(attribute.Name))
                throw Error($"it has no attribute {Printable.Quote(attribute.Name)} in version {Version}{Nearest.Question(attribute.Name, definition.AttributeNames)}"
                    + (definition.AttributeNames.Count > 0 ? $"; it has {string.Join(", ", definition.AttributeNames)}" : ""));
    }

    /// <summary>What is wrong with the node, in one line.</summary>
    public ModelFormatException Error(string what) => new($"node {node.Label} ({Printable.Shorten(node.Operator, 80)}): {what}");

    /// <summary>An input that must be there.</summary>
    public OnnxTensor Input(int index) => Optional(index) ?? throw Error($"input {index + 1} is missing");

    /// <summary>An input, or null if the node leaves it out.</summary>
    public OnnxTensor? Optional(int index) => index < inputs.Count ? inputs[index] : null;

    /// <summary>An input of one of these types.</summary>
    public OnnxTensor Input(int index, params ReadOnlySpan<OnnxElementType> types)
    {
        OnnxTensor input = Input(index);
        return types.Contains(input.ElementType) ? input : throw Error($"input {index + 1} must be {string.Join(" or ", types.ToArray())}, not {input.ElementType}");
    }

    /// <summary>Refuses inputs of different types.</summary>
    public void SameType(OnnxTensor first, OnnxTensor second)
    {
        if (first.ElementType != second.ElementType)
            throw Error($"its inputs must be of one type, not {first.ElementType} and {second.ElementType}");
    }

    /// <summary>Refuses a condition that does not hold.</summary>
    public void Require(bool holds, string what)
    {
        if (!holds)
            throw Error(what);
    }

    /// <summary>An input of whole numbers (int32 or int64), such as a shape or axes; null if it is left out.</summary>
    public long[]? Integers(int index)
    {
        if (Optional(index) is null)
            return null;
        OnnxTensor input = Input(index, OnnxElementType.Int64, OnnxElementType.Int32);
        return Elements.ToLongs(input);
    }

    /// <summary>An input of one whole number.</summary>
    public long? Integer(int index) =>
        Integers(index) is { } values ? values.Length == 1 ? values[0] : throw Error($"input {index + 1} must be one number, not {values.Length}") : null;

    /// <inheritdoc cref="Integers"/>
    public long[] RequiredIntegers(int index) => Integers(index) ?? throw Error($"input {index + 1} is missing");

    /// <inheritdoc cref="Integer"/>
    public long RequiredInteger(int index) => Integer(index) ?? throw Error($"input {index + 1} is missing");

    public long Int(string name, long fallback) => Find(name, OnnxAttributeKind.Int)?.Int ?? fallback;

    public long RequiredInt(string name) => Find(name, OnnxAttributeKind.Int)?.Int ?? throw Error($"attribute {name} is missing");

    /// <summary>An attribute of 0 or 1.</summary>
    public bool Flag(string name, bool fallback = false) => Int(name, fallback ? 1 : 0) switch
    {
        0 => false,
        1 => true,
        long other => throw Error($"attribute {name} must be 0 or 1, not {other}"),
    };

    public double Float(string name, double fallback) => Find(name, OnnxAttributeKind.Float)?.Float ?? fallback;

    public long[]? Ints(string name) => Find(name, OnnxAttributeKind.Ints)?.Ints.ToArray();

    public float[]? Floats(string name) => Find(name, OnnxAttributeKind.Floats)?.Floats.ToArray();

    /// <summary>An attribute that is one of these words.</summary>
    public string Word(string name, string fallback, params ReadOnlySpan<string> allowed)
    {
        string word = Find(name, OnnxAttributeKind.String)?.String ?? fallback;
        return allowed.Contains(word) ? word
            : throw Error($"attribute {name} must be {string.Join(" or ", allowed.ToArray())}, not {Printable.Quote(word)}");
    }

    public string[]? Strings(string name) => Find(name, OnnxAttributeKind.Strings)?.Strings.ToArray();

    public string? Text(string name) => Find(name, OnnxAttributeKind.String)?.String;

    public OnnxTensor? Tensor(string name) => Find(name, OnnxAttributeKind.Tensor)?.Tensor;

    /// <summary>An axis counted from the front; negative ones count from the back.</summary>
    public int Axis(long axis, int rank) =>
        axis >= -rank && axis < rank ? (int)(axis < 0 ? axis + rank : axis)
            : throw Error($"axis {axis} is not within a tensor of {rank} dimensions");

    /// <summary>Different axes, counted from the front, in the order they were given.</summary>
    public int[] Axes(ReadOnlySpan<long> axes, int rank)
    {
        var result = new int[axes.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = Axis(axes[i], rank);
            if (result.AsSpan(0, i).Contains(result[i]))
                throw Error($"axis {axes[i]} is named twice");
        }
        return result;
    }

    /// <summary>Refuses work beyond the limit.</summary>
    public void CheckWork(double steps)
    {
        if (steps > limits.Work)
            throw Error(string.Create(CultureInfo.InvariantCulture, $"it takes {steps:0.##e0} steps, more than the {limits.Work} allowed"));
    }

    /// <summary>Checks sizes before memory is taken, and gives them as ints.</summary>
    public int[] CheckSizes(ReadOnlySpan<long> sizes, int elementSize)
    {
        double bytes = Math.Max(1, elementSize);
        foreach (long size in sizes)
        {
            Require(size >= 0, $"a dimension of its result would be {size}");
            Require(size <= int.MaxValue, $"a dimension of its result would be {size}, too large");
            bytes *= Math.Max(1, size);
        }
        if (bytes > limits.Bytes)
            throw Error($"its result would be {Sizes.Text(sizes)}, more than the {limits.Bytes} bytes allowed");
        var result = new int[sizes.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = (int)sizes[i];
        return result;
    }

    /// <summary>A new tensor and its elements, to be filled in.</summary>
    public OnnxTensor New<T>(OnnxElementType type, ReadOnlySpan<int> sizes, out Span<T> values)
        where T : unmanaged
    {
        Span<long> wide = stackalloc long[sizes.Length];
        for (int i = 0; i < sizes.Length; i++)
            wide[i] = sizes[i];
        CheckSizes(wide, type.Size());
        var bytes = new byte[Sizes.Count(sizes) * type.Size()];
        values = MemoryMarshal.Cast<byte, T>(bytes.AsSpan());
        return new OnnxTensor(type, sizes, bytes);
    }

    /// <summary>A new tensor of int64.</summary>
    public OnnxTensor NewLongs(ReadOnlySpan<int> sizes, ReadOnlySpan<long> values)
    {
        OnnxTensor result = New(OnnxElementType.Int64, sizes, out Span<long> target);
        values.CopyTo(target);
        return result;
    }

    /// <summary>Room for doubles, as many as a result of this shape has.</summary>
    public double[] NewDoubles(ReadOnlySpan<int> sizes)
    {
        Span<long> wide = stackalloc long[sizes.Length];
        for (int i = 0; i < sizes.Length; i++)
            wide[i] = sizes[i];
        CheckSizes(wide, sizeof(float));
        return new double[Sizes.Count(sizes)];
    }

    /// <summary>An input of any float type, as doubles.</summary>
    public double[] Doubles(int index) => Elements.ToDoubles(FloatInput(index));

    /// <summary>An input of any float type.</summary>
    public OnnxTensor FloatInput(int index)
    {
        OnnxTensor input = Input(index);
        return input.ElementType.IsFloat() ? input : throw Error($"input {index + 1} must be of floats, not {input.ElementType}");
    }

    /// <summary>The same elements under other sizes.</summary>
    public OnnxTensor Reshaped(OnnxTensor tensor, ReadOnlySpan<int> sizes)
    {
        Require(Sizes.Count(sizes) == tensor.Count, $"{Sizes.Text(tensor.Dimensions)} does not reshape to {Sizes.Text(sizes)}");
        return tensor.ElementType == OnnxElementType.String
            ? new OnnxTensor(sizes, [.. tensor.Strings])
            : new OnnxTensor(tensor.ElementType, sizes, tensor.Bytes);
    }

    private OnnxAttribute? Find(string name, OnnxAttributeKind kind)
    {
        OnnxAttribute? found = node.Find(name);
        if (found is not null && found.Kind != kind)
            throw Error($"attribute {name} must be of kind {kind}, not {found.Kind}");
        return found;
    }
}
