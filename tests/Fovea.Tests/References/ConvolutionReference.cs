namespace Fovea.Tests.References;

/// <summary>One product of a convolution: which elements of one sample's input, of the weights and of the output meet.</summary>
internal readonly record struct Term(int Input, int Weight, int Output);

/// <summary>
/// Convolution as plainly as it can be said: output = Σ input · weight over a list of terms that seven loops (the
/// sample's is the caller's) write down once. Being bilinear, it has the gradients that the same list gives:
/// ∂input = Σ ∂output · weight, ∂weight = Σ ∂output · input. All sums are in double precision.
/// </summary>
internal sealed class ConvolutionReference
{
    private readonly ConvolutionCase _case;
    private readonly Term[] _terms;

    public ConvolutionReference(ConvolutionCase c)
    {
        _case = c;
        (OutputHeight, int top) = Axis(c.Input.Height, c.Kernel.Height, c.Stride.Height, c.Dilation.Height, c.Padding.Top, c.Padding.Bottom);
        (OutputWidth, int left) = Axis(c.Input.Width, c.Kernel.Width, c.Stride.Width, c.Dilation.Width, c.Padding.Left, c.Padding.Right);
        var terms = new List<Term>();
        int link = 0;
        for (int oc = 0; oc < c.OutChannels; oc++)
            foreach (int ic in Sources(oc))
            {
                for (int oh = 0; oh < OutputHeight; oh++)
                    for (int ow = 0; ow < OutputWidth; ow++)
                        for (int kh = 0; kh < c.Kernel.Height; kh++)
                            for (int kw = 0; kw < c.Kernel.Width; kw++)
                            {
                                int ih = oh * c.Stride.Height + kh * c.Dilation.Height - top;
                                int iw = ow * c.Stride.Width + kw * c.Dilation.Width - left;
                                if (ih >= 0 && ih < c.Input.Height && iw >= 0 && iw < c.Input.Width)
                                    terms.Add(new Term(
                                        (ic * c.Input.Height + ih) * c.Input.Width + iw,
                                        (link * c.Kernel.Height + kh) * c.Kernel.Width + kw,
                                        (oc * OutputHeight + oh) * OutputWidth + ow));
                            }
                link++;
            }
        _terms = [.. terms];
        WeightLength = link * c.Kernel.Height * c.Kernel.Width;
    }

    public int OutputHeight { get; }
    public int OutputWidth { get; }

    /// <summary>Elements of one sample's input.</summary>
    public int InputLength => _case.InChannels * _case.Input.Height * _case.Input.Width;

    /// <summary>Elements of one sample's output.</summary>
    public int OutputLength => _case.OutChannels * OutputHeight * OutputWidth;

    public int WeightLength { get; }

    public ReadOnlySpan<Term> Terms => _terms;

    /// <summary>(batch, outputs) of (batch, inputs); no bias if it is empty.</summary>
    public Sums Forward(float[] input, float[] weights, float[] bias)
    {
        int batch = input.Length / InputLength;
        var output = new Sums(batch * OutputLength);
        for (int n = 0; n < batch; n++)
        {
            if (bias.Length > 0)
                for (int i = 0; i < OutputLength; i++)
                    output.Add(n * OutputLength + i, bias[i / (OutputHeight * OutputWidth)]);
            foreach (Term t in _terms)
                output.Add(n * OutputLength + t.Output, (double)input[n * InputLength + t.Input] * weights[t.Weight]);
        }
        return output;
    }

    /// <summary>(batch, inputs) of (batch, outputs).</summary>
    public Sums InputGradient(float[] outputGradient, float[] weights)
    {
        int batch = outputGradient.Length / OutputLength;
        var gradient = new Sums(batch * InputLength);
        for (int n = 0; n < batch; n++)
            foreach (Term t in _terms)
                gradient.Add(n * InputLength + t.Input, (double)outputGradient[n * OutputLength + t.Output] * weights[t.Weight]);
        return gradient;
    }

    /// <summary>The weights' gradient, summed over the batch.</summary>
    public Sums WeightGradient(float[] input, float[] outputGradient)
    {
        var gradient = new Sums(WeightLength);
        for (int n = 0; n < input.Length / InputLength; n++)
            foreach (Term t in _terms)
                gradient.Add(t.Weight, (double)outputGradient[n * OutputLength + t.Output] * input[n * InputLength + t.Input]);
        return gradient;
    }

    /// <summary>(outChannels), summed over the batch and the pixels.</summary>
    public Sums BiasGradient(float[] outputGradient)
    {
        var gradient = new Sums(_case.OutChannels);
        for (int i = 0; i < outputGradient.Length; i++)
            gradient.Add(i % OutputLength / (OutputHeight * OutputWidth), outputGradient[i]);
        return gradient;
    }

    private IEnumerable<int> Sources(int oc)
    {
        if (_case.Connections is { } table)
            return table[oc];
        int ins = _case.InChannels / _case.Groups, outs = _case.OutChannels / _case.Groups;
        return Enumerable.Range(oc / outs * ins, ins);
    }

    /// <summary>How many outputs there are along one axis, and how many zeros before the input.</summary>
    private (int Outputs, int Before) Axis(int input, int kernel, int stride, int dilation, int before, int after)
    {
        int span = dilation * (kernel - 1) + 1;
        if (!_case.Padding.IsSame)
            return ((input + before + after - span) / stride + 1, before);
        int outputs = input % stride == 0 ? input / stride : input / stride + 1;
        return (outputs, Math.Max(0, (outputs - 1) * stride + span - input) / 2);
    }
}
