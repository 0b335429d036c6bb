using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Tests.Layers;

/// <summary>All poolings over the whole grid of their hyper-parameters.</summary>
public class PoolingTests
{
    private static readonly Shape Input = new(2, 5, 4);

    public static TheoryData<string> Kinds => ["max", "mean", "mean of real pixels", "sum", "subsample"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Values_and_gradients_are_those_of_the_reference_for_every_window_stride_padding_and_ceil(string kind)
    {
        int tried = 0;
        for (int height = 1; height <= 3; height++)
            for (int width = 1; width <= 3; width++)
                for (int strideHeight = 1; strideHeight <= 3; strideHeight++)
                    for (int strideWidth = 1; strideWidth <= 3; strideWidth++)
                        for (int form = 0; form < 6; form++)
                        {
                            Padding padding = form / 2 == 0 ? 0 : form / 2 == 1 ? (height / 2, width / 2) : (0, width / 2);
                            if (Make(kind, (height, width), (strideHeight, strideWidth), padding, ceil: form % 2 == 1) is not { } layer)
                                continue;
                            int lanes = tried++ % 2 == 0 ? 16 : 1;
                            AssertReference(layer, batch: 3, lanes);
                        }
        Assert.True(tried >= 81);
    }

    [Fact]
    public void A_dilated_max_pooling_is_that_of_the_reference()
    {
        foreach (int lanes in (int[])[1, 16])
        {
            AssertReference(new MaxPool2d(2, stride: 1, dilation: (3, 2)), 3, lanes);
            AssertReference(new MaxPool2d((3, 2), stride: 2, padding: 1, dilation: (2, 1), ceil: true), 3, lanes);
        }
    }

    /// <summary>The feature map that the teaching text's detector gives, pooled 2×2 with stride 2 in ceil mode.</summary>
    [Fact]
    public void The_worked_feature_map_is_pooled_as_by_hand()
    {
        float[] map = [0, 1, 0, 0, 0, 0, 1, 1, 1, 0, 1, 0, 0, 2, 1, 1, 4, 2, 1, 0, 0, 0, 1, 2, 1];
        Assert.Equal([1, 1, 0, 4, 2, 1, 0, 2, 1], Pool(new MaxPool2d(2, ceil: true), map));
        Assert.Equal([2, 2, 0, 6, 5, 1, 0, 3, 1], Pool(new SumPool2d(2, ceil: true), map));
        Assert.Equal([0.5f, 0.5f, 0, 1.5f, 1.25f, 0.5f, 0, 1.5f, 1], Pool(new AvgPool2d(2, ceil: true), map));
    }

    [Fact]
    public void Of_equal_largest_pixels_the_first_takes_the_whole_gradient()
    {
        Plan plan = Network.Sequential(new Shape(1, 2, 2), new MaxPool2d(2)).Compile(PlanOptions.Training with { InputGradient = true });
        plan.Forward([1, 3, 3, 3]);
        plan.Backward([5]);
        Assert.Equal([0, 5, 0, 0], plan.InputGradient.ToArray());
    }

    [Fact]
    public void LeNet5s_subsamplings_have_the_papers_numbers_of_parameters()
    {
        Assert.Equal(12, new Subsample2d(6).Parameters.Sum(parameter => parameter.Shape.Length));
        Assert.Equal(32, new Subsample2d(16).Parameters.Sum(parameter => parameter.Shape.Length));
        Assert.Equal(new Shape(6, 14, 14), new Subsample2d(6).OutputShape(new Shape(6, 28, 28)));
    }

    [Fact]
    public void Wrong_settings_and_inputs_are_refused_with_one_clear_line()
    {
        Refused.With("AvgPool2d: kernelSize must be positive, got 0", () => new AvgPool2d(0));
        Refused.With("AvgPool2d: padding must be at most half the window of 3, got 2", () => new AvgPool2d(3, padding: 2));
        Refused.With("SumPool2d: stride must be positive, got 1×-1", () => new SumPool2d(2, stride: (1, -1)));
        Refused.With("Subsample2d: channels must be 1 or more, got 0", () => new Subsample2d(0));
        Refused.With("Subsample2d takes 6 channels, got (5, 8, 8)", () => (object)new Subsample2d(6).OutputShape(new Shape(5, 8, 8)));
        Refused.With("AdaptiveAvgPool2d: outputSize must be positive, got 7×0", () => new AdaptiveAvgPool2d((7, 0)));
        Refused.With("AdaptiveAvgPool2d takes feature maps (C, H, W), got (7)", () => (object)new AdaptiveAvgPool2d(2).OutputShape(new Shape(7)));
        Refused.With("GlobalAvgPool2d takes feature maps (C, H, W), got (7)", () => (object)new GlobalAvgPool2d().OutputShape(new Shape(7)));
    }

    private static WindowLayer? Make(string kind, Size2 kernel, Size2 stride, Padding padding, bool ceil) => kind switch
    {
        "max" => new MaxPool2d(kernel, stride, padding, ceil: ceil),
        "mean" => new AvgPool2d(kernel, stride, padding, ceil),
        "mean of real pixels" => new AvgPool2d(kernel, stride, padding, ceil, countIncludePad: false),
        "sum" => new SumPool2d(kernel, stride, padding, ceil),
        _ => padding == 0 && !ceil ? new Subsample2d(2, kernel, stride) : null,
    };

    private static void AssertReference(WindowLayer layer, int batch, int lanes)
    {
        Network network = Network.Sequential(Input, layer);
        LayerData.Randomize(network, 1);
        Plan plan = network.Compile(PlanOptions.Training with { Batch = batch, Lanes = lanes, InputGradient = true, Threads = 1 });
        float[] input = LayerData.Inputs(Input, batch, 2), upstream = LayerData.Normal(batch * network.OutputShape.Length, 3);
        double[][] rows = LayerData.Rows(input, batch), parameters = LayerData.Parameters(network);
        Reference reference = References.For(layer, Input);
        Close.Assert([.. reference([rows], parameters, true).SelectMany(row => row)], plan.Forward(input), 1e-6, 1e-6);
        plan.Backward(upstream);
        LayerData.AssertGradient(
            $"{layer}, lanes {lanes}", plan.InputGradient, i => (rows[i / Input.Length], i % Input.Length),
            () => reference([rows], parameters, true), LayerData.Rows(upstream, batch), 4);
    }

    private static float[] Pool(Layer layer, float[] map)
    {
        float[] pooled = Network.Sequential(new Shape(1, 5, 5), layer).Compile().Forward(map).ToArray();
        Assert.Equal(9, pooled.Length);
        return pooled;
    }
}
