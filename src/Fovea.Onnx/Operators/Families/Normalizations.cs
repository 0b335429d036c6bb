using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>Normalisations by mean and variance, by root mean square, by norms, and over neighbouring channels.</summary>
internal static class Normalizations
{
    public static IEnumerable<OperatorDefinition> Definitions =>
    [
        new("BatchNormalization", 7, (5, 5), 5, "epsilon momentum spatial", BatchNormalization),
        new("BatchNormalization", 9, (5, 5), 5, "epsilon momentum", BatchNormalization),
        new("BatchNormalization", 14, (5, 5), 3, "epsilon momentum training_mode", BatchNormalization),
        OperatorDefinition.Of("InstanceNormalization", 6, (3, 3), "epsilon", InstanceNormalization),
        OperatorDefinition.Of("GroupNormalization", 18, (3, 3), "epsilon num_groups", GroupNormalization),
        OperatorDefinition.Of("GroupNormalization", 21, (3, 3), "epsilon num_groups stash_type", GroupNormalization),
        new("LayerNormalization", 17, (2, 3), 3, "axis epsilon stash_type", LayerNormalization),
        OperatorDefinition.Of("RMSNormalization", 23, (2, 2), "axis epsilon stash_type", RmsNormalization),
        OperatorDefinition.Of("MeanVarianceNormalization", 9, (1, 1), "axes", MeanVarianceNormalization),
        OperatorDefinition.Of("LpNormalization", 1, (1, 1), "axis p", LpNormalization),
        OperatorDefinition.Of("LRN", 1, (1, 1), "alpha beta bias size", LocalResponse),
    ];

    private static (double Mean, double Variance) Moments(ReadOnlySpan<double> values)
    {
        double mean = System.Numerics.Tensors.TensorPrimitives.Sum(values) / values.Length, squares = 0;
        foreach (double value in values)
            squares += (value - mean) * (value - mean);
        return (mean, squares / values.Length);
    }

    private static double[] Parameter(OperatorCall call, int index, int count)
    {
        double[] values = call.Doubles(index);
        call.Require(values.Length == count, $"input {index + 1} has {values.Length} numbers instead of {count}");
        return values;
    }

    private static OnnxTensor?[] BatchNormalization(OperatorCall call)
    {
        OnnxTensor x = call.FloatInput(0);
        bool training = call.Flag("training_mode");
        call.Require(call.Flag("spatial", true), "attribute spatial must be 1: one mean for every channel, not for every element");
        call.Require(training || Enumerable.Range(1, 4).All(output => !call.Wants(output)), "it has outputs that only training makes");
        int channels = x.Rank >= 2 ? x.Dimensions[1] : 1, plane = x.Rank >= 2 ? Sizes.Count(x.Dimensions[2..]) : 1;
        double[] scale = Parameter(call, 1, channels), bias = Parameter(call, 2, channels), mean = Parameter(call, 3, channels), variance = Parameter(call, 4, channels);
        double epsilon = call.Float("epsilon", 1e-5f), momentum = call.Float("momentum", 0.9f);
        double[] values = Elements.ToDoubles(x);
        double[] runningMean = [.. mean], runningVariance = [.. variance];
        if (training)
        {
            Rows rows = Rows.Along(call, x, [.. Enumerable.Range(0, x.Rank).Where(axis => axis != 1)]);
            double[] maps = Elements.ToDoubles(rows.Tensor);
            for (int c = 0; c < channels; c++)
            {
                (mean[c], variance[c]) = Moments(maps.AsSpan(c * rows.Length, rows.Length));
                runningMean[c] = (runningMean[c] * momentum) + (mean[c] * (1 - momentum));
                runningVariance[c] = (runningVariance[c] * momentum) + (variance[c] * (1 - momentum));
            }
        }
        for (int i = 0; i < values.Length; i++)
        {
            int c = i / plane % channels;
            values[i] = ((values[i] - mean[c]) / Math.Sqrt(variance[c] + epsilon) * scale[c]) + bias[c];
        }
        OnnxTensor result = Elements.FromDoubles(x.ElementType, x.Dimensions, values);
        OnnxTensor Running(int input, double[] numbers) => Elements.FromDoubles(call.Input(input).ElementType, [channels], numbers);
        return training ? [result, Running(3, runningMean), Running(4, runningVariance)] : [result, null, null, null, null];
    }

    private static OnnxTensor InstanceNormalization(OperatorCall call)
    {
        OnnxTensor x = call.FloatInput(0);
        call.Require(x.Rank >= 2, $"it takes (N, C, …), not {Sizes.Text(x.Dimensions)}");
        int channels = x.Dimensions[1];
        double[] values = Elements.ToDoubles(x), scale = Parameter(call, 1, channels), bias = Parameter(call, 2, channels);
        Normalize(values, Sizes.Count(x.Dimensions[2..]), call.Float("epsilon", 1e-5f));
        Affine(values, Sizes.Count(x.Dimensions[2..]), scale, bias);
        return Elements.FromDoubles(x.ElementType, x.Dimensions, values);
    }

    /// <summary>In version 18 a group has one scale and bias, later every channel has.</summary>
    private static OnnxTensor GroupNormalization(OperatorCall call)
    {
        OnnxTensor x = call.FloatInput(0);
        call.Require(x.Rank >= 2, $"it takes (N, C, …), not {Sizes.Text(x.Dimensions)}");
        CheckStash(call);
        int channels = x.Dimensions[1], plane = Sizes.Count(x.Dimensions[2..]);
        long groups = call.RequiredInt("num_groups");
        call.Require(groups >= 1 && channels % groups == 0, $"{channels} channels do not split into {groups} groups");
        int perGroup = (int)(channels / groups), parameters = call.Version < 21 ? (int)groups : channels;
        double[] values = Elements.ToDoubles(x), scale = Parameter(call, 1, parameters), bias = Parameter(call, 2, parameters);
        Normalize(values, perGroup * plane, call.Float("epsilon", 1e-5f));
        Affine(values, channels / Math.Max(1, parameters) * plane, scale, bias);
        return Elements.FromDoubles(x.ElementType, x.Dimensions, values);
    }

    /// <summary>Rows to mean 0 and variance 1, in place.</summary>
    private static void Normalize(Span<double> values, int length, double epsilon)
    {
        for (int start = 0; length > 0 && start < values.Length; start += length)
        {
            Span<double> row = values.Slice(start, length);
            (double mean, double variance) = Moments(row);
            double factor = 1 / Math.Sqrt(variance + epsilon);
            foreach (ref double value in row)
                value = (value - mean) * factor;
        }
    }

    /// <summary>A scale and a bias for each row, in turn.</summary>
    private static void Affine(Span<double> values, int length, double[] scale, double[] bias)
    {
        for (int i = 0; length > 0 && i < values.Length; i++)
            values[i] = (values[i] * scale[i / length % scale.Length]) + bias[i / length % scale.Length];
    }

    private static void CheckStash(OperatorCall call)
    {
        long type = call.Int("stash_type", 1);
        call.Require(((OnnxElementType)type).IsFloat(), $"attribute stash_type must be a type of floats, not {type}");
    }

    private static OnnxTensor?[] LayerNormalization(OperatorCall call)
    {
        OnnxTensor x = call.FloatInput(0);
        CheckStash(call);
        int axis = call.Axis(call.Int("axis", -1), x.Rank), length = Sizes.Count(x.Dimensions[axis..]);
        double epsilon = call.Float("epsilon", 1e-5f);
        double[] values = Elements.ToDoubles(x);
        int rows = Sizes.Count(x.Dimensions[..axis]);
        double[] means = new double[rows], deviations = new double[rows];
        for (int i = 0; i < rows; i++)
        {
            (double mean, double variance) = Moments(values.AsSpan(i * length, length));
            (means[i], deviations[i]) = (mean, 1 / Math.Sqrt(variance + epsilon));
        }
        Normalize(values, length, epsilon);
        Scale(call, values, x, 1, (value, scale) => value * scale);
        if (call.Optional(2) is not null)
            Scale(call, values, x, 2, (value, bias) => value + bias);
        OnnxTensor result = Elements.FromDoubles(x.ElementType, x.Dimensions, values);
        if (call.OutputCount == 1)
            return [result];
        int[] kept = x.Dimensions.ToArray();
        kept.AsSpan(axis).Fill(1);
        var stash = (OnnxElementType)call.Int("stash_type", 1);
        return [result, Elements.FromDoubles(stash, kept, means), Elements.FromDoubles(stash, kept, deviations)];
    }

    private static OnnxTensor RmsNormalization(OperatorCall call)
    {
        OnnxTensor x = call.FloatInput(0);
        CheckStash(call);
        int length = Sizes.Count(x.Dimensions[call.Axis(call.Int("axis", -1), x.Rank)..]);
        double epsilon = call.Float("epsilon", 1e-5f);
        double[] values = Elements.ToDoubles(x);
        for (int start = 0; length > 0 && start < values.Length; start += length)
        {
            Span<double> row = values.AsSpan(start, length);
            double factor = 1 / Math.Sqrt((System.Numerics.Tensors.TensorPrimitives.SumOfSquares((ReadOnlySpan<double>)row) / length) + epsilon);
            foreach (ref double value in row)
                value *= factor;
        }
        Scale(call, values, x, 1, (value, scale) => value * scale);
        return Elements.FromDoubles(call.Input(1).ElementType, x.Dimensions, values);
    }

    /// <summary>A parameter that broadcasts to x.</summary>
    private static void Scale(OperatorCall call, double[] values, OnnxTensor x, int index, Func<double, double, double> function)
    {
        OnnxTensor parameter = call.FloatInput(index);
        double[] numbers = Elements.ToDoubles(parameter);
        call.Require(Broadcast.Shape(call, x, parameter).AsSpan().SequenceEqual(x.Dimensions), $"input {index + 1} of {Sizes.Text(parameter.Dimensions)} does not broadcast to {Sizes.Text(x.Dimensions)}");
        Broadcast rows = Broadcast.Rows(x.Dimensions.ToArray(), x, parameter);
        while (rows.Next())
            for (int i = 0; i < rows.Length; i++)
            {
                ref double value = ref values[rows.Offset(0) + (i * rows.Step(0))];
                value = function(value, numbers[rows.Offset(1) + (i * rows.Step(1))]);
            }
    }

    private static OnnxTensor MeanVarianceNormalization(OperatorCall call)
    {
        OnnxTensor x = call.FloatInput(0);
        Rows rows = Rows.Along(call, x, call.Axes(call.Ints("axes") ?? [0, 2, 3], x.Rank));
        double[] values = Elements.ToDoubles(rows.Tensor);
        for (int start = 0; rows.Length > 0 && start < values.Length; start += rows.Length)
        {
            Span<double> row = values.AsSpan(start, rows.Length);
            (double mean, double variance) = Moments(row);
            foreach (ref double value in row)
                value = (value - mean) / (Math.Sqrt(variance) + 1e-9);
        }
        return rows.Restore(call, Elements.FromDoubles(x.ElementType, rows.Tensor.Dimensions, values));
    }

    private static OnnxTensor LpNormalization(OperatorCall call)
    {
        OnnxTensor x = call.FloatInput(0);
        long power = call.Int("p", 2);
        call.Require(power is 1 or 2, $"attribute p must be 1 or 2, not {power}");
        Rows rows = Rows.Along(call, x, [call.Axis(call.Int("axis", -1), x.Rank)]);
        double[] values = Elements.ToDoubles(rows.Tensor);
        for (int start = 0; rows.Length > 0 && start < values.Length; start += rows.Length)
        {
            Span<double> row = values.AsSpan(start, rows.Length);
            double norm = power == 1
                ? System.Numerics.Tensors.TensorPrimitives.SumOfMagnitudes((ReadOnlySpan<double>)row)
                : System.Numerics.Tensors.TensorPrimitives.Norm((ReadOnlySpan<double>)row);
            foreach (ref double value in row)
                value = norm == 0 ? 0 : value / norm;
        }
        return rows.Restore(call, Elements.FromDoubles(x.ElementType, rows.Tensor.Dimensions, values));
    }

    /// <summary>x / (bias + alpha / size · Σ x²)^beta over the channels around each (Krizhevsky and others, 2012).</summary>
    private static OnnxTensor LocalResponse(OperatorCall call)
    {
        OnnxTensor x = call.FloatInput(0);
        call.Require(x.Rank >= 2, $"it takes (N, C, …), not {Sizes.Text(x.Dimensions)}");
        long size = call.RequiredInt("size");
        call.Require(size >= 1, $"attribute size must be positive, not {size}");
        double alpha = call.Float("alpha", 1e-4f), beta = call.Float("beta", 0.75f), bias = call.Float("bias", 1);
        int channels = x.Dimensions[1], plane = Sizes.Count(x.Dimensions[2..]);
        call.CheckWork((double)x.Count * Math.Min(size, channels));
        double[] values = Elements.ToDoubles(x), result = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int c = i / plane % channels, origin = i - (c * plane);
            long from = Math.Max(0, c - ((size - 1) / 2)), to = Math.Min(channels - 1, c + (size / 2));
            double squares = 0;
            for (long other = from; other <= to; other++)
                squares += values[origin + (other * plane)] * values[origin + (other * plane)];
            result[i] = values[i] / Math.Pow(bias + (alpha / size * squares), beta);
        }
        return Elements.FromDoubles(x.ElementType, x.Dimensions, result);
    }
}
