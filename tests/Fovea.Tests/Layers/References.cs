using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Tests.Layers;

/// <summary>What every layer means, written as plainly as can be, in double precision and sample by sample.</summary>
internal static partial class References
{
    /// <summary>The meaning of a layer with one input of this shape.</summary>
    public static Reference For(Layer layer, Shape input) => layer switch
    {
        Conv2d conv => Samples((x, p) => Convolve(conv, input, x, p[0], conv.Bias ? p[1] : new double[conv.OutChannels])),
        ConvTranspose2d conv => Samples((x, p) => ConvolveTransposed(conv, input, x, p[0], conv.Bias ? p[1] : new double[conv.OutChannels])),
        Linear linear => Samples((x, p) => Connect(linear, x, p[0], linear.Bias ? p[1] : new double[linear.OutFeatures])),
        Flatten => Elements(x => x),
        MaxPool2d pool => Samples((x, _) => Pool(pool, input, x, (values, _, _) => values.Max())),
        SumPool2d pool => Samples((x, _) => Pool(pool, input, x, (values, _, _) => values.Sum())),
        AvgPool2d pool => Samples((x, _) => Pool(pool, input, x, (values, _, padded) => values.Sum() / (pool.CountIncludePad ? padded : values.Count))),
        GlobalAvgPool2d => Samples((x, _) => [.. x.Chunk(input.Height * input.Width).Select(map => map.Average())]),
        AdaptiveAvgPool2d pool => Samples((x, _) => Divide(pool, input, x)),
        Subsample2d pool => Samples((x, p) => Pool(pool, input, x, (values, c, _) => p[0][c] * values.Sum() + p[1][c])),
        BatchNorm2d norm => (inputs, p, training) => Normalize(norm, input, inputs[0], p, training),
        LayerNorm norm when norm.NormalizedShape.Aggregate((product, size) => product * size) is var length => Samples((x, p) => NormalizeParts(x, length, norm.Eps, i => i % length, p)),
        GroupNorm norm => Samples((x, p) => NormalizeParts(x, x.Length / norm.NumGroups, norm.Eps, i => i / (x.Length / norm.NumChannels), p)),
        InstanceNorm2d norm => Samples((x, p) => NormalizeParts(x, input.Height * input.Width, norm.Eps, i => i / (input.Height * input.Width), p)),
        Upsample2d upsample => Samples((x, _) => Enlarge(upsample, input, x)),
        LocalResponseNorm norm => Samples((x, _) => Normalize(norm, input, x)),
        LeakyReLU leaky => Elements(x => x > 0 ? x : leaky.NegativeSlope * x),
        PReLU leaky => Samples((x, p) => [.. x.Select((v, i) => v > 0 ? v : p[0][i / (x.Length / leaky.NumParameters)] * v)]),
        Softmax or Transpose or Narrow or Pad or Reduction => Samples((x, _) => ShapeReferences.Run(layer, input, x)),
        Embedding e => Samples((x, p) => [.. from d in Enumerable.Range(0, e.EmbeddingDim) from v in x select p[0][(int)Math.Clamp(Math.Floor(v), 0, e.NumEmbeddings - 1) * e.EmbeddingDim + d]]),
        Rbf rbf => Samples((x, p) => [.. Enumerable.Range(0, rbf.OutFeatures).Select(o => -x.Select((v, j) => Math.Pow(v - p[0][o * x.Length + j], 2)).Sum())]),
        _ => ActivationCases.All.FirstOrDefault(entry => entry.Layer == layer)?.Reference ?? throw new ArgumentException($"no reference for {layer}"),
    };

    /// <summary>All inputs added.</summary>
    public static double[][] Add(double[][][] inputs, double[][] parameters, bool training) =>
        [.. inputs[0].Select((_, n) => inputs[0][n].Select((_, i) => inputs.Sum(input => input[n][i])).ToArray())];

    /// <summary>The only input and the only parameter added.</summary>
    public static double[][] AddParameter(double[][][] inputs, double[][] parameters, bool training) =>
        [.. inputs[0].Select(row => row.Zip(parameters[0], (x, p) => x + p).ToArray())];

    /// <summary>All inputs one after the other.</summary>
    public static double[][] Concat(double[][][] inputs, double[][] parameters, bool training) =>
        [.. inputs[0].Select((_, n) => inputs.SelectMany(input => input[n]).ToArray())];

    /// <summary>The error function by a series of positive terms, 2/√π e^(−x²) Σ 2ⁿ x^(2n+1) / (2n+1)!!, which loses no digits.</summary>
    public static double Erf(double x)
    {
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    /// <summary>A function of every element by itself.</summary>
    public static Reference Elements(Func<double, double> function) => Samples((x, _) => [.. x.Select(function)]);

    private static Reference Samples(Func<double[], double[][], double[]> function) =>
        (inputs, parameters, _) => [.. inputs[0].Select(sample => function(sample, parameters))];

    private static double[] Convolve(Conv2d conv, Shape input, double[] x, double[] weight, double[] bias)
    {
        Shape output = conv.OutputShape(input);
        int cells = conv.KernelSize.Height * conv.KernelSize.Width, perGroup = conv.InChannels / conv.Groups;
        double[] y = new double[output.Length];
        for (int oc = 0, i = 0; oc < output.Channels; oc++)
            for (int oh = 0; oh < output.Height; oh++)
                for (int ow = 0; ow < output.Width; ow++, i++)
                {
                    y[i] = bias[oc];
                    for (int ic = 0; ic < perGroup; ic++)
                        for (int cell = 0; cell < cells; cell++)
                        {
                            int h = oh * conv.Stride.Height - conv.Padding.Top + cell / conv.KernelSize.Width * conv.Dilation.Height;
                            int w = ow * conv.Stride.Width - conv.Padding.Left + cell % conv.KernelSize.Width * conv.Dilation.Width;
                            int c = oc / (conv.OutChannels / conv.Groups) * perGroup + ic;
                            if (h >= 0 && h < input.Height && w >= 0 && w < input.Width)
                                y[i] += weight[(oc * perGroup + ic) * cells + cell] * x[(c * input.Height + h) * input.Width + w];
                        }
                }
        return y;
    }

    private static double[] Connect(Linear linear, double[] x, double[] weight, double[] bias) =>
        [.. x.Chunk(linear.InFeatures).SelectMany(row => bias.Select((b, o) => b + row.Select((v, j) => v * weight[o * linear.InFeatures + j]).Sum()))];

    /// <summary>
    /// Hands every window's pixels to a function, with the channel and the number of its cells that lie in the input or
    /// the padding. How many windows there are follows PyTorch's rule, counted here window by window.
    /// </summary>
    private static double[] Pool(WindowLayer pool, Shape input, double[] x, Func<List<double>, int, int, double> function)
    {
        var outputs = new List<double>();
        for (int c = 0; c < input.Channels; c++)
            foreach (int top in Starts(input.Height, pool.KernelSize.Height, pool.Stride.Height, pool.Dilation.Height, pool.Padding.Top, pool.Ceil))
                foreach (int left in Starts(input.Width, pool.KernelSize.Width, pool.Stride.Width, pool.Dilation.Width, pool.Padding.Left, pool.Ceil))
                {
                    var values = new List<double>();
                    int padded = 0;
                    for (int h = top, kh = 0; kh < pool.KernelSize.Height; kh++, h += pool.Dilation.Height)
                        for (int w = left, kw = 0; kw < pool.KernelSize.Width; kw++, w += pool.Dilation.Width)
                        {
                            if (h < input.Height + pool.Padding.Bottom && w < input.Width + pool.Padding.Right)
                                padded++;
                            if (h >= 0 && h < input.Height && w >= 0 && w < input.Width)
                                values.Add(x[(c * input.Height + h) * input.Width + w]);
                        }
                    outputs.Add(function(values, c, padded));
                }
        return [.. outputs];
    }

    /// <summary>The mean of every pixel that lies at least partly in the output pixel's share of the map.</summary>
    private static double[] Divide(AdaptiveAvgPool2d pool, Shape input, double[] x)
    {
        var outputs = new List<double>();
        for (int c = 0; c < input.Channels; c++)
            for (int oh = 0; oh < pool.OutputSize.Height; oh++)
                for (int ow = 0; ow < pool.OutputSize.Width; ow++)
                    outputs.Add(x.Where((_, i) => i / (input.Height * input.Width) == c
                        && Meets(i / input.Width % input.Height, input.Height, oh, pool.OutputSize.Height)
                        && Meets(i % input.Width, input.Width, ow, pool.OutputSize.Width)).Average());
        return [.. outputs];

        static bool Meets(int pixel, int pixels, int share, int shares) =>
            (pixel + 1) * shares > share * pixels && pixel * shares < (share + 1) * pixels;
    }

    /// <summary>Where windows start: each must end within the padding, or, in ceil mode, start before the trailing padding.</summary>
    private static IEnumerable<int> Starts(int input, int kernel, int stride, int dilation, int padding, bool ceil)
    {
        int span = dilation * (kernel - 1) + 1;
        bool covered = false;
        for (int start = -padding; !covered; start += stride)
        {
            bool fits = start + span <= input + padding;
            if (!fits && !(ceil && start < input))
                yield break;
            yield return start;
            covered = start + span >= input + padding;
        }
    }

    private static double[][] Normalize(BatchNorm2d norm, Shape input, double[][] x, double[][] parameters, bool training)
    {
        int pixels = input.Height * input.Width;
        double[][] y = [.. x.Select(sample => new double[sample.Length])];
        for (int c = 0; c < norm.NumFeatures; c++)
        {
            double[] all = [.. x.SelectMany(sample => sample.Skip(c * pixels).Take(pixels))];
            double mean = training ? all.Average() : parameters[^2][c];
            double variance = training ? all.Average(v => (v - mean) * (v - mean)) : parameters[^1][c];
            for (int n = 0; n < x.Length; n++)
                for (int i = c * pixels; i < (c + 1) * pixels; i++)
                    y[n][i] = (x[n][i] - mean) / Math.Sqrt(variance + norm.Eps) * (norm.Affine ? parameters[0][c] : 1) + (norm.Affine ? parameters[1][c] : 0);
        }
        return y;
    }

    private static double[] Normalize(LocalResponseNorm norm, Shape input, double[] x)
    {
        int pixels = input.Height * input.Width;
        double[] y = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            double sum = 0;
            int c = i / pixels;
            for (int other = c - norm.Size / 2; other <= c + (norm.Size - 1) / 2; other++)
                if (other >= 0 && other < input.Channels)
                    sum += Math.Pow(x[i + (other - c) * pixels], 2);
            y[i] = x[i] / Math.Pow(norm.K + norm.Alpha / norm.Size * sum, norm.Beta);
        }
        return y;
    }
}
