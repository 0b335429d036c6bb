using Fovea.Kernels;

namespace Fovea.Tests.Kernels;

public class DenseTests
{
    private static readonly int[] Features = [1, 2, 15, 16, 17, 84];

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Forward_and_input_gradient(int lanes)
    {
        foreach (int inputs in Features)
            foreach (int outputs in Features)
                DenseCheck.Run(inputs, outputs, samples: Math.Min(lanes, 1 + (inputs + outputs) % 16), lanes);
        foreach ((int inputs, int outputs) in ((int, int)[])[(400, 120), (120, 84), (84, 10), (2, 400)])
            DenseCheck.Run(inputs, outputs, Math.Min(lanes, 3), lanes);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    [InlineData(32)]
    public void Products_at_every_width(int bits)
    {
        foreach ((int rows, int taps) in ((int, int)[])[(12, 1), (13, 7), (24, 16), (35, 40)])
            foreach (bool across in (bool[])[false, true])
                DenseCheck.RunProduct(bits, rows, taps, across);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Weight_gradient_over_several_slices(int lanes)
    {
        foreach (int inputs in Features)
            foreach (int outputs in Features)
                DenseCheck.RunGradient(inputs, outputs, samples: 1 + (inputs + outputs) % 35, lanes);
        foreach ((int inputs, int outputs) in ((int, int)[])[(400, 120), (120, 84), (84, 10), (2, 400), (65, 61)])
            DenseCheck.RunGradient(inputs, outputs, samples: lanes + 3, lanes);
    }

    [Fact]
    public void Buffers_of_a_wrong_length_are_refused()
    {
        var tables = new Dense.Tables(3, 2, lanes: 16);
        float[] x = new float[48], w = new float[6], y = new float[32];
        Assert.Throws<ArgumentOutOfRangeException>(() => Dense.Forward(tables, new float[47], w, [], y));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dense.Forward(tables, x, new float[5], [], y));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dense.InputGradient(tables, y, w, new float[49]));
        var gradient = new DenseGradient.Tables(3, 2, lanes: 16, slices: 1);
        float[] trace = new float[gradient.TraceLength], scratch = new float[gradient.Scratch];
        Assert.Throws<ArgumentOutOfRangeException>(() => DenseGradient.Keep(gradient, new float[47], y, trace));
        Assert.Throws<ArgumentOutOfRangeException>(() => DenseGradient.Keep(gradient, x, y, trace.AsSpan(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => DenseGradient.Run(gradient, 0, trace.AsSpan(1), w, scratch));
        Assert.Throws<ArgumentOutOfRangeException>(() => DenseGradient.Run(gradient, 0, [.. trace, .. trace], w, scratch));
        Assert.Throws<ArgumentOutOfRangeException>(() => DenseGradient.Run(gradient, 0, trace, new float[5], scratch));
        Assert.Throws<ArgumentOutOfRangeException>(() => DenseGradient.Run(gradient, 0, trace, w, scratch.AsSpan(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => DenseGradient.Run(gradient, 1, trace, w, scratch));
    }
}
