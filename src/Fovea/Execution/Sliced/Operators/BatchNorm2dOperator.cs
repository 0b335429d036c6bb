using Fovea.Kernels;
using Fovea.Layers;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>
/// Runs <see cref="BatchNorm2d"/>. In training both directions take two passes: the slices' sums, which are joined in the
/// slices' order, and then the elements. All sums are in double precision. Frozen, it runs in training as in inference.
/// </summary>
internal sealed class BatchNorm2dOperator : Operator
{
    private readonly BatchNorm2d _layer;
    private readonly int _channels;
    private readonly int _plane;

    /// <summary>Whether it normalises by the batch's statistics, not by the running ones.</summary>
    private readonly bool _usesBatch;

    /// <summary>(slices, channels): mean and sum of squared deviations in forward, the two gradient sums in backward.</summary>
    private readonly (double First, double Second)[] _sums;

    /// <summary>(channels): mean and 1 / √(variance + eps) of the batch.</summary>
    private readonly (double Mean, double Inverse)[] _statistics;

    /// <summary>(channels): means of g and of g (x − mean) over the batch.</summary>
    private readonly (double Gradient, double Product)[] _means;

    public BatchNorm2dOperator(BatchNorm2d layer, OperatorContext context) : base(context)
    {
        _layer = layer;
        _channels = layer.NumFeatures;
        _plane = context.Input.Length / _channels * context.Lanes;
        _usesBatch = context.UsesBatchStatistics && !context.Node.Parameters[RunningMean].IsFrozen;
        _sums = new (double, double)[_usesBatch || context.HasBackward ? context.Slices * _channels : 0];
        _statistics = new (double, double)[_usesBatch ? _channels : 0];
        _means = new (double, double)[context.HasBackward ? _channels : 0];
    }

    public override string Algorithm => _usesBatch ? "two passes" : "one pass";

    public override int ForwardPasses => _usesBatch ? 2 : 1;

    public override int BackwardPasses => _usesBatch ? 2 : 1;

    private int Pixels => _plane / Context.Lanes;

    private int RunningMean => _layer.Affine ? 2 : 0;

    public override void Forward(in Slice slice, int pass)
    {
        ReadOnlySpan<float> input = slice.Input();
        if (pass < ForwardPasses - 1)
        {
            for (int c = 0; c < _channels; c++)
                _sums[slice.Index * _channels + c] = MeanAndDeviations(Plane(input, c), slice.Count);
            return;
        }
        for (int c = 0; c < _channels; c++)
        {
            (double mean, double inverse) = StatisticsOf(slice, c);
            double scale = inverse * (_layer.Affine ? slice.Parameter(0)[c] : 1), shift = _layer.Affine ? slice.Parameter(1)[c] : 0;
            // What rounding the mean takes away, the shift gives back.
            float rounded = (float)mean;
            Standardization.Forward(Plane(input, c), rounded, (float)scale, (float)(shift + (rounded - mean) * scale), slice.Output.Slice(c * _plane, _plane));
        }
    }

    /// <summary>Joins the slices' means and squared deviations pair by pair (Chan, Golub and LeVeque, 1983).</summary>
    public override void CombineForward(int pass, int count)
    {
        Span<float> runningMean = Context.Node.Parameters[RunningMean].Value.Span, runningVariance = Context.Node.Parameters[RunningMean + 1].Value.Span;
        for (int c = 0; c < _channels; c++)
        {
            double total = 0, mean = 0, deviations = 0;
            for (int slice = 0, left = count; left > 0; slice++, left -= Context.Lanes)
            {
                double values = (double)Math.Min(left, Context.Lanes) * Pixels, joined = total + values;
                (double sliceMean, double sliceDeviations) = _sums[slice * _channels + c];
                double distance = sliceMean - mean;
                mean += distance * values / joined;
                deviations += sliceDeviations + distance * distance * total * values / joined;
                total = joined;
            }
            _statistics[c] = (mean, 1 / Math.Sqrt(deviations / total + _layer.Eps));
            runningMean[c] = Follow(runningMean[c], mean);
            if (total > 1)
                runningVariance[c] = Follow(runningVariance[c], deviations / (total - 1));
        }
    }

    /// <summary>
    /// With x̂ = (x − μ) / σ and means over the batch: ∂L/∂x = weight / σ · (g − mean(g) − x̂ · mean(g x̂)). Statistics that
    /// do not depend on the batch leave weight / σ · g.
    /// </summary>
    public override void Backward(in Slice slice, int pass)
    {
        ReadOnlySpan<float> input = slice.Input(), outputGradient = slice.OutputGradient;
        if (pass == 0)
            SumGradients(slice, input, outputGradient);
        if (pass == BackwardPasses - 1 && slice.WantsInputGradient())
            for (int c = 0; c < _channels; c++)
            {
                (double mean, double inverse) = StatisticsOf(slice, c);
                double gain = inverse * (_layer.Affine ? slice.Parameter(0)[c] : 1), slope = -gain * inverse * inverse * _means[c].Product;
                float rounded = (float)mean;
                Span<float> inputGradient = slice.InputGradient().Slice(c * _plane, _plane);
                Standardization.Backward(
                    Plane(outputGradient, c), (float)gain, Plane(input, c), rounded, (float)slope,
                    (float)(slope * (rounded - mean) - gain * _means[c].Gradient), inputGradient);
                Lanes.ClearPadding(inputGradient, Context.Lanes, slice.Count);
            }
    }

    public override void CombineBackward(int pass, int count)
    {
        if (!_usesBatch)
            return;
        double values = (double)count * Pixels;
        for (int c = 0; c < _channels; c++)
        {
            double gradient = 0, product = 0;
            for (int slice = 0; slice * Context.Lanes < count; slice++)
            {
                (double first, double second) = _sums[slice * _channels + c];
                gradient += first;
                product += second;
            }
            _means[c] = (gradient / values, product / values);
        }
    }

    private void SumGradients(in Slice slice, ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient)
    {
        for (int c = 0; c < _channels; c++)
        {
            (double mean, double inverse) = StatisticsOf(slice, c);
            float rounded = (float)mean;
            (double gradient, double product) = Moments.OfProducts(Plane(outputGradient, c), Plane(input, c), rounded, Context.Lanes, slice.Count);
            product += (rounded - mean) * gradient;
            _sums[slice.Index * _channels + c] = (gradient, product);
            if (_layer.Affine && slice.WantsParameterGradient(0))
                slice.ParameterGradient(0)[c] += (float)(product * inverse);
            if (_layer.Affine && slice.WantsParameterGradient(1))
                slice.ParameterGradient(1)[c] += (float)gradient;
        }
    }

    /// <summary>Mean and 1 / √(variance + eps).</summary>
    private (double Mean, double Inverse) StatisticsOf(in Slice slice, int channel) => _usesBatch
        ? _statistics[channel]
        : (slice.Parameter(RunningMean)[channel], 1 / Math.Sqrt(slice.Parameter(RunningMean + 1)[channel] + _layer.Eps));

    private (double Mean, double Deviations) MeanAndDeviations(ReadOnlySpan<float> plane, int count)
    {
        double values = (double)count * Pixels;
        float first = plane[0];
        (double sum, double squares) = Moments.Of(plane, first, Context.Lanes, count);
        return (first + sum / values, Math.Max(0, squares - sum * sum / values));
    }

    private float Follow(float running, double statistic) => (float)(running + _layer.Momentum * (statistic - running));

    private ReadOnlySpan<float> Plane(ReadOnlySpan<float> maps, int channel) => maps.Slice(channel * _plane, _plane);
}
