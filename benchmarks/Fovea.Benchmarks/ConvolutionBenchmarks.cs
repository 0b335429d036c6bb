using BenchmarkDotNet.Attributes;
using Fovea.Kernels;

namespace Fovea.Benchmarks;

/// <summary>Convolution of one slice of 16 samples, forward and both gradients. GF/s = 2 · multiply-adds · 16 / time.</summary>
public class ConvolutionBenchmarks
{
    private ConvolutionGeometry _geometry = null!;
    private float[] _input = [];
    private float[] _output = [];
    private float[] _weights = [];
    private float[] _scratch = [];

    [Params("1×28×28 → 6, 5×5", "6×14×14 → 16, 5×5", "32×14×14 → 64, 3×3")]
    public string Case { get; set; } = "";

    [GlobalSetup]
    public void Prepare()
    {
        (int ins, int size, int outs, int kernel, int pad) = Case[0] switch
        {
            '1' => (1, 28, 6, 5, 2),
            '6' => (6, 14, 16, 5, 0),
            _ => (32, 14, 64, 3, 1),
        };
        var window = new Window
        {
            InputHeight = size,
            InputWidth = size,
            KernelHeight = kernel,
            KernelWidth = kernel,
            StrideHeight = 1,
            StrideWidth = 1,
            DilationHeight = 1,
            DilationWidth = 1,
            PadTop = pad,
            PadLeft = pad,
            PadBottom = pad,
            PadRight = pad,
        };
        _geometry = new ConvolutionGeometry(window, ins, outs, groups: 1, connections: null, lanes: 16);
        _input = Filled(ins * window.InputArea * 16);
        _output = Filled(outs * window.OutputArea * 16);
        _weights = Filled(outs * ins * kernel * kernel);
        _scratch = new float[Math.Max(Convolution.InputGradientScratch(_geometry), Convolution.WeightGradientScratch(_geometry))];
    }

    [Benchmark]
    public void Forward() => Convolution.Forward(_geometry, _input, _weights, [], _output, _scratch);

    [Benchmark]
    public void InputGradient() => Convolution.InputGradient(_geometry, _output, _weights, _input, _scratch);

    [Benchmark]
    public void WeightGradient() => Convolution.WeightGradient(_geometry, _input, _output, _weights, _scratch);

    private static float[] Filled(int length)
    {
        var rng = new Tensors.Rng(1);
        float[] values = new float[length];
        foreach (ref float value in values.AsSpan())
            value = (float)rng.NextGaussian() * 0.01f;
        return values;
    }
}
