using System.Runtime.CompilerServices;
using Fovea.Kernels.Blocked;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>
/// What batch normalisation finds out about a batch. Forward: every sample's moments, which are joined in the samples'
/// order to the line (x − mean) · scale + shift; backward: every sample's sums of products, which are joined likewise.
/// The running statistics stand for the batch's where the layer is frozen or the plan says so.
/// </summary>
internal sealed class BatchStatistics
{
    private const int Block = BlockedCorrelation.Block;

    private readonly Node _node;
    private readonly BatchNorm2d _layer;
    private readonly BlockedMap _input;
    private readonly BlockedContext _context;
    private readonly bool _isFrozen;

    /// <summary>(samples, 2, channels): every sample's two sums. Pinned, as <see cref="_lines"/> is: addresses hold for life.</summary>
    private readonly double[] _sums;

    /// <summary>(channels): 1 / √(variance + eps) of the batch.</summary>
    private readonly double[] _inverse;
    private readonly double[] _mean;

    /// <summary>(6, channels): mean, scale and shift of forward; gain, factor and offset of backward.</summary>
    private readonly AlignedBuffer _lines;

    public BatchStatistics(BlockedContext context, Node node, BlockedMap input)
    {
        _context = context;
        _node = node;
        _layer = (BatchNorm2d)node.Layer;
        _input = input;
        _isFrozen = node.Parameters[RunningMean].IsFrozen || !context.Options.UsesBatchStatistics;
        _sums = GC.AllocateArray<double>(_isFrozen && !context.HasBackward ? 0 : context.Batch * 2 * Channels, pinned: true);
        _inverse = new double[Channels];
        _mean = new double[Channels];
        _lines = new AlignedBuffer(6 * Channels);
    }

    /// <summary>With those that fill up the last block.</summary>
    private int Channels => _input.Blocks * Block;

    private int RunningMean => _layer.Affine ? 2 : 0;

    /// <summary>Whether forward normalises by the batch's statistics.</summary>
    public bool UsesBatch => !_isFrozen;

    /// <summary>The pixels of one block of one sample.</summary>
    public unsafe BlockedStandardization.Rows RowsOf(int n, int block) => new()
    {
        Input = _input.Sample(n) + block * _input.Plane,
        InputPitch = _input.Pitch,
        Height = _input.Height,
        Width = _input.Width,
    };

    /// <summary>A block's line, clamped.</summary>
    public unsafe BlockedStandardization.Line LineOf(int block, float lower, float upper) => new()
    {
        Mean = Numbers(0, block),
        Scale = Numbers(1, block),
        Shift = Numbers(2, block),
        Lower = lower,
        Upper = upper,
    };

    /// <summary>A block's gradients of inputs.</summary>
    public unsafe BlockedStandardization.Slope SlopeOf(int block) => new()
    {
        Gain = Numbers(3, block),
        Factor = Numbers(4, block),
        Offset = Numbers(5, block),
    };

    private unsafe float* Numbers(int row, int block) =>
        (float*)Unsafe.AsPointer(ref _lines.Span[row * Channels + block * Block]);

    /// <summary>One block's moments of one sample.</summary>
    public unsafe void SumMoments(int n, int block)
    {
        if (_isFrozen)
            return;
        double* sum = SumsOf(n, block), squares = sum + Second;
        BlockedStandardization.Rows rows = RowsOf(n, block);
        BlockedStandardization.Moments(rows, sum, squares);
        double pixels = _input.Height * (double)_input.Width;
        for (int c = 0; c < Block; c++)
        {
            squares[c] = Math.Max(0, squares[c] - sum[c] * sum[c] / pixels);
            sum[c] = rows.Input[c] + sum[c] / pixels;
        }
    }

    /// <summary>Joins the samples' means and squared deviations pair by pair (Chan, Golub and LeVeque, 1983).</summary>
    public void JoinMoments(int block, int count)
    {
        Span<float> lines = _lines.Span;
        ReadOnlySpan<float> fixedMean = _node.Parameters[RunningMean].Value.Values, fixedVariance = _node.Parameters[RunningMean + 1].Value.Values;
        Span<float> runningMean = _isFrozen ? [] : _node.Parameters[RunningMean].Value.Span, runningVariance = _isFrozen ? [] : _node.Parameters[RunningMean + 1].Value.Span;
        double pixels = _input.Height * (double)_input.Width;
        for (int c = block * Block; c < Math.Min((block + 1) * Block, _layer.NumFeatures); c++)
        {
            double total = 0, mean = 0, deviations = 0;
            for (int n = 0; n < count && !_isFrozen; n++)
            {
                double joined = total + pixels, distance = _sums[n * 2 * Channels + c] - mean;
                mean += distance * pixels / joined;
                deviations += _sums[(n * 2 + 1) * Channels + c] + distance * distance * total * pixels / joined;
                total = joined;
            }
            double variance = _isFrozen ? fixedVariance[c] : deviations / total;
            if (_isFrozen)
                mean = fixedMean[c];
            else
                runningMean[c] = Follow(runningMean[c], mean);
            _mean[c] = mean;
            _inverse[c] = 1 / Math.Sqrt(variance + _layer.Eps);
            if (total > 1)
                runningVariance[c] = Follow(runningVariance[c], deviations / (total - 1));
            double scale = _inverse[c] * Weight(c), shift = _layer.Affine ? _node.Parameters[1].Value.Values[c] : 0;
            // What rounding the mean takes away, the shift gives back.
            float rounded = (float)mean;
            lines[c] = rounded;
            lines[Channels + c] = (float)scale;
            lines[2 * Channels + c] = (float)(shift + (rounded - mean) * scale);
        }
    }

    /// <summary>
    /// Where one block of one sample leaves Σ g and, <see cref="Second"/> doubles on, Σ g (x − mean), g being the gradient
    /// of the line where it was not clamped; both cleared.
    /// </summary>
    public unsafe double* SumsOf(int n, int block)
    {
        double* sums = (double*)Unsafe.AsPointer(ref _sums[n * 2 * Channels + block * Block]);
        new Span<double>(sums, Block).Clear();
        new Span<double>(sums + Second, Block).Clear();
        return sums;
    }

    /// <summary>From a block's first sums to its second.</summary>
    public int Second => Channels;

    /// <summary>
    /// With x̂ = (x − μ) / σ and means over the batch: ∂L/∂x = weight / σ · (g − mean(g) − x̂ · mean(g x̂)). Statistics that
    /// do not depend on the batch leave weight / σ · g.
    /// </summary>
    public void JoinProducts(int block, int count)
    {
        Span<float> lines = _lines.Span;
        Span<float> weightGradient = _layer.Affine ? _context.Gradient(_node.Parameters[0]) : [], biasGradient = _layer.Affine ? _context.Gradient(_node.Parameters[1]) : [];
        double values = (double)count * _input.Height * _input.Width;
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
            if (_isFrozen)
                gradient = product = 0;
            double gain = _inverse[c] * Weight(c), slope = -gain * _inverse[c] * _inverse[c] * product / values;
            lines[3 * Channels + c] = (float)gain;
            lines[4 * Channels + c] = (float)slope;
            lines[5 * Channels + c] = (float)(slope * (rounded - _mean[c]) - gain * gradient / values);
        }
    }

    private double Weight(int channel) => _layer.Affine ? _node.Parameters[0].Value.Values[channel] : 1;

    private float Follow(float running, double statistic) => (float)(running + _layer.Momentum * (statistic - running));
}
