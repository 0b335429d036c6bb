using Fovea.Execution.Blocked.Gradients;
using Fovea.Kernels.Blocked;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>
/// Trains a <see cref="BatchNorm2d"/> together with a sum and a clamp behind it. Forward: the samples' moments, which are
/// joined in the samples' order, then the elements; backward likewise.
/// </summary>
internal sealed class NormalizationOperator : BlockedOperator
{
    private const int Block = BlockedCorrelation.Block;

    private readonly BatchNorm2d _layer;
    private readonly float _lower;
    private readonly float _upper;
    private readonly ClampGradient? _clamp;

    /// <summary>(samples, 2, channels): every sample's two sums.</summary>
    private readonly double[] _sums;

    /// <summary>(channels): 1 / √(variance + eps) of the batch.</summary>
    private readonly double[] _inverse;
    private readonly double[] _mean;

    /// <summary>(6, channels): mean, scale and shift of forward; gain, slope and offset of backward.</summary>
    private readonly AlignedBuffer _lines;

    public NormalizationOperator(BlockedContext context, Node[] nodes, BlockedMap[] inputs, BlockedMap output, float lower, float upper)
        : base(context, nodes, inputs, output)
    {
        _layer = (BatchNorm2d)nodes[0].Layer;
        _lower = lower;
        _upper = upper;
        _sums = new double[context.Batch * 2 * Channels];
        _inverse = new double[Channels];
        _mean = new double[Channels];
        _lines = new AlignedBuffer(6 * Channels);
        // What is added cannot be computed again from the input, so the clamp is taken back first.
        _clamp = inputs.Length > 1 ? new ClampGradient(this, 1, lower, upper) : null;
    }

    public override string Algorithm => "batch statistics";

    /// <summary>With those that fill up the last block.</summary>
    private int Channels => Input.Blocks * Block;

    private int RunningMean => _layer.Affine ? 2 : 0;

    public override bool OverwritesGradient => true;

    public override int ForwardPhases => 3;

    public override int ForwardTasks(int phase, int count) => phase == 1 ? Input.Blocks : count * Input.Blocks;

    public override void Forward(int phase, int task, int count, int worker)
    {
        int n = task / Input.Blocks, block = task % Input.Blocks;
        if (phase == 0)
            SumMoments(n, block);
        else if (phase == 1)
            JoinMoments(task, count);
        else
            Normalize(n, block);
    }

    private unsafe void SumMoments(int n, int block)
    {
        fixed (double* sums = _sums)
        {
            double* sum = sums + n * 2 * Channels + block * Block, squares = sum + Channels;
            Clear(sum, squares);
            BlockedStandardization.Moments(RowsOf(n, block), sum, squares);
            double pixels = Input.Height * (double)Input.Width;
            float* first = Input.Sample(n) + block * Input.Plane;
            for (int c = 0; c < Block; c++)
            {
                squares[c] = Math.Max(0, squares[c] - sum[c] * sum[c] / pixels);
                sum[c] = first[c] + sum[c] / pixels;
            }
        }
    }

    /// <summary>Joins the samples' means and squared deviations pair by pair (Chan, Golub and LeVeque, 1983).</summary>
    private void JoinMoments(int block, int count)
    {
        Span<float> lines = _lines.Span, runningMean = Nodes[0].Parameters[RunningMean].Value.Span, runningVariance = Nodes[0].Parameters[RunningMean + 1].Value.Span;
        double pixels = Input.Height * (double)Input.Width;
        for (int c = block * Block; c < Math.Min((block + 1) * Block, _layer.NumFeatures); c++)
        {
            double total = 0, mean = 0, deviations = 0;
            for (int n = 0; n < count; n++)
            {
                double joined = total + pixels, distance = _sums[n * 2 * Channels + c] - mean;
                mean += distance * pixels / joined;
                deviations += _sums[(n * 2 + 1) * Channels + c] + distance * distance * total * pixels / joined;
                total = joined;
            }
            _mean[c] = mean;
            _inverse[c] = 1 / Math.Sqrt(deviations / total + _layer.Eps);
            runningMean[c] = Follow(runningMean[c], mean);
            if (total > 1)
                runningVariance[c] = Follow(runningVariance[c], deviations / (total - 1));
            double scale = _inverse[c] * Weight(c), shift = _layer.Affine ? Nodes[0].Parameters[1].Value.Span[c] : 0;
            // What rounding the mean takes away, the shift gives back.
            float rounded = (float)mean;
            lines[c] = rounded;
            lines[Channels + c] = (float)scale;
            lines[2 * Channels + c] = (float)(shift + (rounded - mean) * scale);
        }
    }

    private unsafe void Normalize(int n, int block)
    {
        BlockedStandardization.Rows rows = RowsOf(n, block);
        rows.Output = Output.Sample(n) + block * Output.Plane;
        rows.OutputPitch = Output.Pitch;
        if (Inputs.Length > 1)
        {
            rows.Other = Inputs[1].Sample(n) + block * Inputs[1].Plane;
            rows.OtherPitch = Inputs[1].Pitch;
        }
        fixed (float* lines = _lines.Span)
            BlockedStandardization.Forward(rows, LineOf(lines, block, clamps: true));
    }

    public override int BackwardPhases => 4;

    public override int BackwardTasks(int phase, int count) => phase switch
    {
        0 => _clamp?.Tasks(0, count) ?? 0,
        2 => Input.Blocks,
        3 when Targets[0] == GradientTarget.None => 0,
        _ => count * Input.Blocks,
    };

    public override void Backward(int phase, int task, int count, int worker)
    {
        int n = task / Input.Blocks, block = task % Input.Blocks;
        if (phase == 0)
            _clamp!.Run(0, task, count, worker);
        else if (phase == 1)
            SumProducts(n, block);
        else if (phase == 2)
            JoinProducts(task, count);
        else
            Propagate(n, block);
    }

    private unsafe void SumProducts(int n, int block)
    {
        BlockedStandardization.Rows rows = GradientRowsOf(n, block);
        fixed (double* sums = _sums)
        fixed (float* lines = _lines.Span)
        {
            double* sum = sums + n * 2 * Channels + block * Block, products = sum + Channels;
            Clear(sum, products);
            BlockedStandardization.Products(rows, LineOf(lines, block, clamps: _clamp is null), sum, products);
        }
    }

    /// <summary>
    /// With x̂ = (x − μ) / σ and means over the batch: ∂L/∂x = weight / σ · (g − mean(g) − x̂ · mean(g x̂)).
    /// </summary>
    private void JoinProducts(int block, int count)
    {
        Span<float> lines = _lines.Span;
        Span<float> weightGradient = _layer.Affine ? ParameterGradient(0, 0) : [], biasGradient = _layer.Affine ? ParameterGradient(0, 1) : [];
        double values = (double)count * Input.Height * Input.Width;
        for (int c = block * Block; c < Math.Min((block + 1) * Block, _layer.NumFeatures); c++)
        {
            double gradient = 0, product = 0;
            for (int n = 0; n < count; n++)
            {
                gradient += _sums[n * 2 * Channels + c];
                product += _sums[(n * 2 + 1) * Channels + c];
            }
            float rounded = lines[c];
            product += (rounded - _mean[c]) * gradient;
            if (!weightGradient.IsEmpty)
                weightGradient[c] = (float)(product * _inverse[c]);
            if (!biasGradient.IsEmpty)
                biasGradient[c] = (float)gradient;
            double gain = _inverse[c] * Weight(c), slope = -gain * _inverse[c] * _inverse[c] * product / values;
            lines[3 * Channels + c] = (float)gain;
            lines[4 * Channels + c] = (float)slope;
            lines[5 * Channels + c] = (float)(slope * (rounded - _mean[c]) - gain * gradient / values);
        }
    }

    private unsafe void Propagate(int n, int block)
    {
        BlockedStandardization.Rows rows = GradientRowsOf(n, block);
        rows.Other = Input.SampleGradient(n) + block * Input.Plane;
        rows.OtherPitch = Input.Pitch;
        fixed (float* lines = _lines.Span)
        {
            float* gain = lines + 3 * Channels + block * Block;
            BlockedStandardization.Backward(
                rows, LineOf(lines, block, clamps: _clamp is null), gain, gain + Channels, gain + 2 * Channels, Targets[0] == GradientTarget.Add);
        }
    }

    private unsafe BlockedStandardization.Rows RowsOf(int n, int block) => new()
    {
        Input = Input.Sample(n) + block * Input.Plane,
        InputPitch = Input.Pitch,
        Height = Input.Height,
        Width = Input.Width,
    };

    private unsafe BlockedStandardization.Rows GradientRowsOf(int n, int block)
    {
        BlockedStandardization.Rows rows = RowsOf(n, block);
        rows.Output = Output.SampleGradient(n) + block * Output.Plane;
        rows.OutputPitch = Output.Pitch;
        return rows;
    }

    private unsafe BlockedStandardization.Line LineOf(float* lines, int block, bool clamps) => new()
    {
        Mean = lines + block * Block,
        Scale = lines + Channels + block * Block,
        Shift = lines + 2 * Channels + block * Block,
        Lower = clamps ? _lower : float.NegativeInfinity,
        Upper = clamps ? _upper : float.PositiveInfinity,
    };

    private static unsafe void Clear(double* first, double* second)
    {
        new Span<double>(first, Block).Clear();
        new Span<double>(second, Block).Clear();
    }

    private double Weight(int channel) => _layer.Affine ? Nodes[0].Parameters[0].Value.Span[channel] : 1;

    private float Follow(float running, double statistic) => (float)(running + _layer.Momentum * (statistic - running));
}
