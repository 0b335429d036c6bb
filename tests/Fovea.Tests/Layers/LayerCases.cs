using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Tests.Layers;

/// <summary>The layer test table: every layer, with the forms it has; <see cref="ActivationCases"/> has the element-wise ones, <see cref="ArithmeticCases"/> those of several inputs. <c>LayerTests</c> asks the same of each entry.</summary>
internal static class LayerCases
{
    private static readonly Shape Maps = new(3, 5, 4);
    private static readonly Shape Vector = new(6);

    public static IReadOnlyList<LayerCase> All { get; } =
    [
        Case("conv", new Conv2d(3, 5, (3, 2), stride: (2, 1), padding: 1), Maps, new(5, 3, 5)),
        Case("conv of fixed kernels", new Conv2d(3, 5, (3, 2), padding: 1, trainable: false), Maps, new(5, 5, 5)),
        Case("conv of fixed kernels, no bias", new Conv2d(3, 4, 2, bias: false, trainable: false), Maps, new(4, 4, 3)),
        Case("conv of fixed kernels, strided, in groups", new Conv2d(4, 8, 3, stride: 2, padding: 1, groups: 2, bias: false, trainable: false), new(4, 5, 6), new(8, 3, 3)),
        Case("conv in groups", new Conv2d(6, 9, (2, 3), stride: (1, 2), padding: 1, groups: 3), new(6, 4, 5), new(9, 5, 3)),
        Case("conv in groups that share blocks of channels", new Conv2d(40, 20, 3, padding: 1, groups: 4), new(40, 4, 3), new(20, 4, 3)),
        Case("conv in groups of whole blocks, dilated", new Conv2d(32, 64, (2, 3), padding: 2, dilation: 2, groups: 2, bias: false), new(32, 4, 3), new(64, 6, 3)),
        Case("depthwise conv", new Conv2d(3, 3, 3, padding: 1, groups: 3), Maps, Maps),
        Case("depthwise conv of many channels, strided", new Conv2d(20, 20, 3, stride: 2, padding: 1, groups: 20, bias: false), new(20, 9, 8), new(20, 5, 4)),
        Case("depthwise conv, wide, uneven", new Conv2d(17, 17, (5, 2), stride: (1, 3), padding: (2, 0), dilation: (1, 2), groups: 17), new(17, 6, 11), new(17, 6, 3)),
        Case("depthwise conv, pixels between windows", new Conv2d(5, 5, 1, stride: 2, groups: 5), new(5, 5, 4), new(5, 3, 2)),
        Case("depthwise conv with two outputs a channel", new Conv2d(9, 18, 3, padding: 1, groups: 9), new(9, 4, 5), new(18, 4, 5)),
        Sequence("conv of a sequence", new Conv1d(3, 5, 3, stride: 2, padding: 1), new(3, 8), new(5, 4), new Conv2d(3, 5, (1, 3), (1, 2), (0, 1))),
        Sequence("conv of a sequence, same", new Conv1d(2, 4, 4, padding: Padding.Same, bias: false), new(2, 5), new(4, 5), new Conv2d(2, 4, (1, 4), padding: new Padding { Left = 1, Right = 2 }, bias: false)),
        Sequence("conv of a sequence in groups, dilated", new Conv1d(20, 40, 2, padding: new Padding { Left = 3 }, dilation: 3, groups: 4), new(20, 6), new(40, 6), new Conv2d(20, 40, (1, 2), padding: new Padding { Left = 3 }, dilation: (1, 3), groups: 4)),
        Case("transposed conv", new ConvTranspose2d(3, 5, (3, 2), stride: (2, 1), padding: 1), Maps, new(5, 9, 3)),
        Case("transposed conv with rows that no kernel reaches", new ConvTranspose2d(3, 2, 1, stride: (3, 2), outputPadding: (2, 1)), Maps, new(2, 15, 8)),
        Case("transposed conv that doubles", new ConvTranspose2d(3, 2, 3, stride: 2, padding: 1, outputPadding: 1), Maps, new(2, 10, 8)),
        Case("transposed conv, output padding beyond the stride", new ConvTranspose2d(2, 3, 2, stride: (1, 2), padding: (0, 1), outputPadding: 2, dilation: 3, bias: false), new(2, 3, 4), new(3, 8, 10)),
        Case("transposed conv, padding beyond the kernel", new ConvTranspose2d(2, 3, 2, padding: new Padding { Top = 1, Left = 3, Bottom = 2 }), new(2, 6, 8), new(3, 4, 6)),
        Case("transposed conv, padding as the output's", new ConvTranspose2d(2, 3, 2, padding: new Padding { Bottom = 1, Right = 1 }, outputPadding: 1, dilation: 2), new(2, 4, 3), new(3, 6, 5)),
        Case("transposed conv in groups", new ConvTranspose2d(20, 40, 2, stride: 2, groups: 4), new(20, 3, 2), new(40, 6, 4)),
        Case("transposed conv of one pixel", new ConvTranspose2d(18, 20, 4), new(18, 1, 1), new(20, 4, 4)),
        Case("depthwise transposed conv", new ConvTranspose2d(17, 17, 3, stride: 2, padding: 1, groups: 17, bias: false), new(17, 3, 4), new(17, 5, 7)),
        Case("linear", new Linear(6, 4), Vector, new(4)),
        Case("linear of a sequence", new Linear(7, 5), new(3, 7), new(3, 5)),
        Case("linear of a sequence, many features", new Linear(70, 33, bias: false), new(9, 70), new(9, 33)),
        Case("linear of one row", new Linear(7, 17), new(1, 7), new(1, 17)),
        Case("linear to one feature", new Linear(5, 1), new(2, 3, 1, 5), new(2, 3, 1, 1)),
        Case("linear of maps whose width fits", new Linear(4, 18), Maps, new(3, 5, 18)),
        Case("flatten", new Flatten(), Maps, new(60)),
        Case("flatten, five dimensions", new Flatten(), new(2, 3, 1, 2, 2), new(24), new LeakyReLU(1)),
        Case("reshape", new Reshape(5, -1), Maps, new(5, 12), new LeakyReLU(1)),
        Case("reshape to a number", new Reshape(), new(1), new(), new LeakyReLU(1)),
        Case("reshape to maps", new Reshape(20, 2, 3), new(120), new(20, 2, 3), new LeakyReLU(1)),
        Case("reshape, six dimensions", new Reshape(2, 1, 3, 5, 1, 2), Maps, new(2, 1, 3, 5, 1, 2), new LeakyReLU(1)),
        new("part", new Part(7, new(2, 1, 3, 2)), [Maps], new(2, 1, 3, 2), (inputs, _, _) => [.. inputs[0].Select(row => row[7..19])]),
        new("outputs", new Outputs(), [Maps, new(), new(17)], new(78), References.Concat),
        new("constant", new ConstantTensor(Maps), [], Maps, References.AddParameter),
        new("constant called as its node", new ConstantTensor(new(3), init: 0.25, bare: true), [], new(3), References.AddParameter),
        new("constant that learns", new ConstantTensor(new(2, 5), trainable: true), [], new(2, 5), References.AddParameter),
        Case("max pooling", new MaxPool2d((2, 3), stride: (1, 2), padding: 1, ceil: true), Maps, new(3, 6, 3)),
        Sequence("max pooling of a sequence", new MaxPool1d(3, stride: 2, padding: 1, ceil: true), new(3, 6), new(3, 4), new MaxPool2d((1, 3), (1, 2), (0, 1), ceil: true)),
        Sequence("mean pooling of a sequence", new AvgPool1d(3, stride: 2, padding: 1, countIncludePad: false), new(18, 6), new(18, 3), new AvgPool2d((1, 3), (1, 2), (0, 1), countIncludePad: false)),
        Case("mean pooling", new AvgPool2d(3, stride: 2, padding: 1), Maps, new(3, 3, 2)),
        Case("mean pooling of real pixels", new AvgPool2d((3, 2), stride: (2, 3), padding: 1, ceil: true, countIncludePad: false), Maps, new(3, 3, 2)),
        Case("mean pooling, same", new AvgPool2d(3, stride: 1, padding: Padding.Same), new(2, 3, 3), new(2, 3, 3), new AvgPool2d(3, stride: 1, padding: 1)),
        Case("sum pooling", new SumPool2d(2, ceil: true), Maps, new(3, 3, 2)),
        Case("global mean pooling", new GlobalAvgPool2d(), Maps, new(3, 1, 1)),
        Case("adaptive mean pooling", new AdaptiveAvgPool2d((3, 2)), Maps, new(3, 3, 2)),
        Case("adaptive mean pooling to more pixels", new AdaptiveAvgPool2d((7, 3)), Maps, new(3, 7, 3)),
        Case("adaptive mean pooling that changes nothing", new AdaptiveAvgPool2d((5, 4)), Maps, Maps),
        Case("subsampling", new Subsample2d(3), Maps, new(3, 2, 2)),
        Case("subsampling, overlapping", new Subsample2d(3, (3, 2), stride: 1), Maps, new(3, 3, 3)),
        Case("batch norm", new BatchNorm2d(3), Maps, Maps),
        Case("batch norm of a vector", new BatchNorm2d(6, eps: 0.1, momentum: 0.3), Vector, Vector),
        Case("batch norm of a sequence", new BatchNorm2d(3), new(3, 7), new(3, 7)),
        Case("batch norm, not affine", new BatchNorm2d(3, affine: false), Maps, Maps),
        Case("layer norm", new LayerNorm([6], eps: 0.1), Vector, Vector),
        Case("layer norm of a sequence", new LayerNorm([20]), new(7, 20), new(7, 20)),
        Case("layer norm of maps", new LayerNorm([3, 5, 4]), Maps, Maps),
        Case("layer norm of rows", new LayerNorm([2, 17]), new(3, 2, 17), new(3, 2, 17)),
        Case("layer norm, five dimensions, not affine", new LayerNorm([3, 2], affine: false), new(2, 1, 3, 3, 2), new(2, 1, 3, 3, 2)),
        Case("group norm", new GroupNorm(2, 6), new(6, 5, 4), new(6, 5, 4)),
        Case("group norm of many channels", new GroupNorm(3, 33, eps: 0.1), new(33, 3, 3), new(33, 3, 3)),
        Case("group norm of a vector", new GroupNorm(2, 8), new(8), new(8)),
        Case("group norm of a sequence, not affine", new GroupNorm(1, 4, affine: false), new(4, 7), new(4, 7)),
        Case("group norm, four dimensions", new GroupNorm(2, 4), new(4, 2, 3, 2), new(4, 2, 3, 2)),
        Case("instance norm", new InstanceNorm2d(3), Maps, Maps),
        Case("instance norm, affine", new InstanceNorm2d(18, eps: 0.01, affine: true), new(18, 3, 3), new(18, 3, 3)),
        Case("upsampling", new Upsample2d(2), Maps, new(3, 10, 8)),
        Case("upsampling of rows", new Upsample2d((3, 1)), Maps, new(3, 15, 4)),
        Case("upsampling, bilinear", new Upsample2d((2, 3), UpsampleMode.Bilinear), Maps, new(3, 10, 12)),
        Case("upsampling, corners aligned", new Upsample2d((3, 2), UpsampleMode.Bilinear, alignCorners: true), new(18, 2, 3), new(18, 6, 6)),
        Case("upsampling of one pixel", new Upsample2d((3, 4), UpsampleMode.Bilinear, alignCorners: true), new(2, 1, 1), new(2, 3, 4)),
        Case("upsampling that changes nothing", new Upsample2d(1, UpsampleMode.Bilinear), Maps, Maps),
        Case("response norm", new LocalResponseNorm(3, alpha: 0.9, beta: 0.6, k: 1.5), new(5, 2, 3), new(5, 2, 3)),
        Case("response norm, even size", new LocalResponseNorm(4, alpha: 2), new(7, 2, 2), new(7, 2, 2)),
        Case("response norm, one channel", new LocalResponseNorm(5, alpha: 2, beta: 1), new(1, 3, 2), new(1, 3, 2)),
        new("dropout", new Dropout(0.4), [Maps], Maps, null),
        new("dropout of maps", new Dropout2d(0.3), [Maps], Maps, null),
        new("dropout of many channels", new Dropout(0.4), [new(33, 5, 3)], new(33, 5, 3), null),
        new("dropout of many maps", new Dropout2d(0.3), [new(17, 3, 4)], new(17, 3, 4), null),
        Case("no dropout", new Dropout(0), Maps, Maps, new LeakyReLU(1)),
        .. ActivationCases.All,
        .. ShapeCases.All,
        Case("prelu", new PReLU(), Maps, Maps),
        Case("prelu by channel", new PReLU(3, init: -0.5), Maps, Maps),
        Case("prelu of a vector", new PReLU(6), Vector, Vector),
        Case("prelu of many channels", new PReLU(), new(17, 3, 4), new(17, 3, 4)),
        Case("prelu by many channels", new PReLU(33, init: 0.4), new(33, 3, 2), new(33, 3, 2)),
        Case("prelu of a long vector", new PReLU(18), new(18), new(18)),
        Case("prelu of a sequence", new PReLU(17), new(17, 5), new(17, 5)),
        Case("prelu, four dimensions", new PReLU(3), new(3, 2, 2, 3), new(3, 2, 2, 3)),
        Case("softmax", new Softmax(), Vector, Vector),
        Case("leaky relu of a number", new LeakyReLU(0.3), new(), new()),
        Case("sigmoid, four dimensions", new Sigmoid(), new(2, 3, 2, 2), new(2, 3, 2, 2)),
        Case("softmax of maps", new Softmax(), Maps, Maps),
        Case("softmax of many maps", new Softmax(), new(17, 3, 4), new(17, 3, 4)),
        Case("softmax of full blocks", new Softmax(), new(32, 2, 3), new(32, 2, 3)),
        Case("softmax of three blocks", new Softmax(-3), new(33, 2, 2), new(33, 2, 2)),
        Case("softmax of a sequence", new Softmax(), new(18, 5), new(18, 5)),
        Case("softmax, four dimensions", new Softmax(), new(19, 1, 2, 2), new(19, 1, 2, 2)),
        Case("embedding", new Embedding(2, 5), new(7), new(5, 7)),
        Case("embedding of many features", new Embedding(3, 18), new(17), new(18, 17)),
        // Random numbers do not reach the padding's row, whose gradient is not that of its values: LayerGoldenTests has it.
        Case("embedding with padding", new Embedding(40, 3, paddingIndex: 39), new(7), new(3, 7)),
        Case("rbf", new Rbf(6, 4), Vector, new(4)),
        Case("rbf, trainable", new Rbf(6, 4, trainable: true), Vector, new(4)),
        Case("rbf of digits", new Rbf(84, 10, trainable: true), new(84), new(10)),
        new("add", new Add(), [Maps, Maps], Maps, References.Add),
        new("add of three vectors", new Add(), [Vector, Vector, Vector], Vector, References.Add),
        .. ArithmeticCases.All,
        new("concat", new Concat(), [Maps, new(1, 5, 4), new(2, 5, 4)], new(6, 5, 4), References.Concat),
        new("concat of vectors", new Concat(), [Vector, new(3)], new(9), References.Concat),
    ];

    public static TheoryData<string> Names => [.. All.Select(layer => layer.Name)];

    public static LayerCase Named(string name) => All.Single(layer => layer.Name == name);

    /// <summary>An entry for a layer of sequences; <paramref name="meaning"/> is a layer of maps with one row that must mean the same.</summary>
    private static LayerCase Sequence(string name, Layer layer, Shape input, Shape output, Layer meaning) =>
        new(name, layer, [input], output, References.For(meaning, new Shape(input.Channels, 1, input.Width)));

    /// <summary>An entry for a layer with one input; <paramref name="meaning"/> is a layer that must mean the same.</summary>
    private static LayerCase Case(string name, Layer layer, Shape input, Shape output, Layer? meaning = null) =>
        new(name, layer, [input], output, References.For(meaning ?? layer, input));
}
