using Fovea.Kernels;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Networks.Text;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.Layers;

/// <summary>Transposed convolutions over the grid of their hyper-parameters, and what they refuse.</summary>
public class ConvTranspose2dTests
{
    private static readonly Shape Input = new(2, 3, 4);

    /// <summary>The rows of the mirrored convolution's padding, outputs' padding, strides and dilations, in every combination that PyTorch takes.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Values_and_gradients_are_those_of_the_reference_for_every_stride_dilation_and_padding(int lanes)
    {
        int tried = 0;
        for (int kernel = 1; kernel <= 3; kernel++)
            for (int stride = 1; stride <= 3; stride++)
                for (int dilation = 1; dilation <= 3; dilation++)
                    for (int outputPadding = 0; outputPadding < Math.Max(stride, dilation); outputPadding++)
                        foreach (Padding padding in (Padding[])[0, (1, 2), new Padding { Top = 2, Right = 1 }])
                        {
                            var layer = new ConvTranspose2d(2, 4, (kernel, 2), (stride, 2), padding, (outputPadding, 1), dilation, groups: 1 + tried % 2);
                            if (Height(layer) < 1)
                                continue;
                            AssertReference(layer, lanes);
                            tried++;
                        }
        Assert.True(tried > 150, $"{tried}");
    }

    private static int Height(ConvTranspose2d layer) =>
        (Input.Height - 1) * layer.Stride.Height - layer.Padding.Top - layer.Padding.Bottom + layer.Dilation.Height * (layer.KernelSize.Height - 1) + layer.OutputPadding.Height + 1;

    private static void AssertReference(ConvTranspose2d layer, int lanes)
    {
        string what = $"{layer}, {lanes} lanes";
        int samples = Math.Min(3, lanes);
        Shape output = layer.OutputShape(Input);
        Assert.Equal(Height(layer), output.Height);
        var mirrored = new ConvolutionGeometry(layer.WindowFor(Input), layer.OutChannels, layer.InChannels, layer.Groups, connections: null, lanes);
        double[][] rows = LayerData.Rows(LayerData.Normal(samples * Input.Length, 1), samples), upstream = LayerData.Rows(LayerData.Normal(samples * output.Length, 2), samples);
        double[][] parameters = [.. layer.Parameters.Select((spec, p) => LayerData.Doubles(LayerData.Normal(spec.Shape.Length, 3 + (ulong)p)))];
        Reference reference = References.For(layer, Input);

        Guarded x = Slice(rows), dy = Slice(upstream), w = new(Floats(parameters[0])), b = new(Floats(parameters[1]));
        Guarded y = new(output.Length * lanes), dx = new(Input.Length * lanes), dw = new(new float[parameters[0].Length]), db = new(new float[4]);
        Guarded forward = new(Convolution.InputGradientScratch(mirrored)), input = new(Convolution.ForwardScratch(mirrored)), weight = new(Convolution.WeightGradientScratch(mirrored));
        Convolution.InputGradient(mirrored, x.Span, w.Span, y.Span, forward.Span, b.Span);
        Convolution.Forward(mirrored, dy.Span, w.Span, [], dx.Span, input.Span);
        Convolution.WeightGradient(mirrored, dy.Span, x.Span, dw.Span, weight.Span);
        Convolution.BiasGradient(output.Height, output.Width, lanes, dy.Span, db.Span);

        Close.Assert([.. reference([rows], parameters, true).SelectMany(row => row)], Numbers.Apart(y.Span, samples, lanes), 1e-5, 1e-5);
        Func<double[][]> outputs = () => reference([rows], parameters, true);
        LayerData.AssertGradient($"input gradient of {what}", Numbers.Apart(dx.Span, samples, lanes), i => (rows[i / Input.Length], i % Input.Length), outputs, upstream, 5);
        LayerData.AssertGradient($"weight gradient of {what}", dw.Span, i => (parameters[0], i), outputs, upstream, 6);
        LayerData.AssertGradient($"bias gradient of {what}", db.Span, i => (parameters[1], i), outputs, upstream, 7);
        foreach (Guarded buffer in (Guarded[])[x, dy, w, b, y, dx, dw, db, forward, input, weight])
            buffer.AssertGuardsUntouched(what);

        Guarded Slice(double[][] samples) => new(Numbers.SideBySide([.. samples.SelectMany(Floats)], samples[0].Length, lanes));
    }

    /// <summary>PyTorch's fan-in of a transposed convolution is that of its weight's second dimension.</summary>
    [Fact]
    public void Fans_are_PyTorchs()
    {
        var layer = new ConvTranspose2d(8, 12, (3, 2), groups: 4);
        Assert.All(layer.Parameters, spec => Assert.Equal((3 * 6, 8 * 6), (spec.FanIn, spec.FanOut)));
        Assert.Equal([new Shape(8, 3, 3, 2), new Shape(12)], layer.Parameters.Select(spec => spec.Shape));
        float[] weights = Network.Sequential(new Shape(8, 2, 2), layer).Parameters[0].Value.Span.ToArray();
        Assert.All(weights, weight => Assert.InRange(Math.Abs(weight), 0, 1 / Math.Sqrt(18)));
        Assert.Contains(weights, weight => Math.Abs(weight) > 0.9 / Math.Sqrt(18));
    }

    [Fact]
    public void Multiply_adds_are_those_of_the_mirrored_convolution() =>
        Assert.Equal(
            new Conv2d(12, 8, (3, 2), stride: 2, groups: 4).MultiplyAdds(new Shape(12, 11, 10)),
            new ConvTranspose2d(8, 12, (3, 2), stride: 2, groups: 4).MultiplyAdds(new Shape(8, 5, 5)));

    [Fact]
    public void Wrong_settings_and_inputs_are_refused_with_one_clear_line()
    {
        Refused.With("ConvTranspose2d: inChannels must be 1 or more, got 0", () => new ConvTranspose2d(0, 1, 1));
        Refused.With("ConvTranspose2d: outChannels must be 1 or more, got -1", () => new ConvTranspose2d(1, -1, 1));
        Refused.With("ConvTranspose2d: kernelSize must be positive, got 0", () => new ConvTranspose2d(1, 1, 0));
        Refused.With("ConvTranspose2d: stride must be positive, got 1×0", () => new ConvTranspose2d(1, 1, 2, stride: (1, 0)));
        Refused.With("ConvTranspose2d: dilation must be positive, got -2", () => new ConvTranspose2d(1, 1, 2, dilation: -2));
        Refused.With("ConvTranspose2d: padding must be numbers, got same", () => new ConvTranspose2d(1, 1, 2, padding: Padding.Same));
        Refused.With("ConvTranspose2d: padding must not be negative, got -1", () => new ConvTranspose2d(1, 1, 2, padding: -1));
        Refused.With("ConvTranspose2d: outputPadding must be zero or more and below stride 2 or dilation 1, got 2", () => new ConvTranspose2d(1, 1, 2, stride: 2, outputPadding: 2));
        Refused.With("ConvTranspose2d: outputPadding must be zero or more and below stride 1 or dilation 2×1, got 1", () => new ConvTranspose2d(1, 1, 2, outputPadding: 1, dilation: (2, 1)));
        Refused.With("ConvTranspose2d: outputPadding must be zero or more and below stride 2 or dilation 1, got 0×-1", () => new ConvTranspose2d(1, 1, 2, stride: 2, outputPadding: (0, -1)));
        Refused.With("ConvTranspose2d: groups must divide 4 input and 6 output channels, got 3", () => new ConvTranspose2d(4, 6, 2, groups: 3));
        Refused.With("ConvTranspose2d takes 4 channels, got (3, 2, 2)", () => (object)new ConvTranspose2d(4, 6, 2).OutputShape(new Shape(3, 2, 2)));
        Refused.With("ConvTranspose2d takes feature maps (C, H, W), got (4, 2)", () => (object)new ConvTranspose2d(4, 6, 2).OutputShape(new Shape(4, 2)));
        Refused.With("ConvTranspose2d: padding 2 leaves nothing of the 4×5 pixels that (4, 3, 4) becomes", () => (object)new ConvTranspose2d(4, 6, 2, padding: 2).OutputShape(new Shape(4, 3, 4)));
        Refused.With(
            "ConvTranspose2d: stride 1000000000 and a kernel of 1 blow (1, 4, 4) up to more than 536870912 numbers",
            () => (object)new ConvTranspose2d(1, 1, 1, stride: 1_000_000_000).OutputShape(new Shape(1, 4, 4)));
    }

    /// <summary>Texts of a line whose outputs are large, or whose kernels are: by the formula 4 million multiply-adds, with the zeros between the pixels 10¹².</summary>
    [Theory]
    [InlineData("convtranspose 1 1 stride=2000", "the padding of node 'convtranspose2d1'")]
    [InlineData("convtranspose 1 1 stride=3100", "activations a sample; node 'convtranspose2d1'")]
    [InlineData("convtranspose 1 512 stride=512", "multiply-adds")]
    public void A_text_may_not_ask_for_hours(string text, string what)
    {
        string message = Assert.Throws<NetworkTextException>(() => NetworkText.Parse(text).CreateBlank(new Shape(1, 4, 4))).Message;
        Assert.Contains(what, message, StringComparison.Ordinal);
        Assert.Contains("passes that", message, StringComparison.Ordinal);
    }

    private static float[] Floats(double[] values) => [.. values.Select(value => (float)value)];
}
