using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Networks;

/// <summary>
/// The short form of building: one method a layer, channels and features taken from what the network has come to.
/// <c>new NetworkBuilder(shape).Conv2d(6, 5).ReLU().MaxPool2d(2).Flatten().Linear(10).Softmax()</c>. All throw
/// <see cref="ShapeException"/> if the layer cannot follow, and <see cref="ArgumentException"/> if a number is out of range
/// or the name is taken.
/// </summary>
public static class BuilderExtensions
{
    /// <summary>Adds a <see cref="Layers.Conv2d"/> of all maps there are.</summary>
    public static NetworkBuilder Conv2d(
        this NetworkBuilder builder, int outChannels, Size2 kernelSize, Size2? stride = null, Padding padding = default,
        Size2? dilation = null, int groups = 1, bool bias = true, int[][]? connections = null, string? name = null) =>
        Of(builder).Add(new Conv2d(builder.Shape.Channels, outChannels, kernelSize, stride, padding, dilation, groups, bias, connections), name);

    /// <summary>Adds a <see cref="Layers.ConvTranspose2d"/> of all maps there are.</summary>
    public static NetworkBuilder ConvTranspose2d(
        this NetworkBuilder builder, int outChannels, Size2 kernelSize, Size2? stride = null, Padding padding = default,
        Size2 outputPadding = default, Size2? dilation = null, int groups = 1, bool bias = true, string? name = null) =>
        Of(builder).Add(new ConvTranspose2d(builder.Shape.Channels, outChannels, kernelSize, stride, padding, outputPadding, dilation, groups, bias), name);

    /// <summary>Adds an <see cref="Layers.Upsample2d"/>.</summary>
    public static NetworkBuilder Upsample2d(
        this NetworkBuilder builder, Size2 scale, UpsampleMode mode = UpsampleMode.Nearest, bool alignCorners = false, string? name = null) =>
        Of(builder).Add(new Upsample2d(scale, mode, alignCorners), name);

    /// <summary>Adds a <see cref="Layers.Conv1d"/> of all channels there are.</summary>
    public static NetworkBuilder Conv1d(
        this NetworkBuilder builder, int outChannels, int kernelSize, int stride = 1, Padding padding = default,
        int dilation = 1, int groups = 1, bool bias = true, string? name = null) =>
        Of(builder).Add(new Conv1d(builder.Shape.Channels, outChannels, kernelSize, stride, padding, dilation, groups, bias), name);

    /// <summary>Adds a <see cref="Layers.Linear"/> of all features there are, or of the last dimension alone.</summary>
    /// <param name="builder">The network so far.</param>
    /// <param name="outFeatures">Units.</param>
    /// <param name="bias">Whether a number is added to every output.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="inFeatures">The size of the last dimension, to connect that alone of maps or sequences; all features there are unless given.</param>
    public static NetworkBuilder Linear(this NetworkBuilder builder, int outFeatures, bool bias = true, string? name = null, int? inFeatures = null) =>
        Of(builder).Add(new Linear(inFeatures ?? builder.Shape.Length, outFeatures, bias), name);

    /// <summary>Adds a <see cref="Layers.Embedding"/>.</summary>
    public static NetworkBuilder Embedding(this NetworkBuilder builder, int numEmbeddings, int embeddingDim, int paddingIndex = -1, string? name = null) =>
        Of(builder).Add(new Embedding(numEmbeddings, embeddingDim, paddingIndex), name);

    /// <summary>Adds a <see cref="Layers.Rbf"/> of all features there are.</summary>
    public static NetworkBuilder Rbf(this NetworkBuilder builder, int outFeatures, bool trainable = false, string? name = null) =>
        Of(builder).Add(new Rbf(builder.Shape.Length, outFeatures, trainable), name);

    /// <summary>Adds a <see cref="Layers.Flatten"/>.</summary>
    public static NetworkBuilder Flatten(this NetworkBuilder builder, string? name = null) => Of(builder).Add(new Flatten(), name);

    /// <summary>Adds a <see cref="Layers.Reshape"/>.</summary>
    /// <param name="builder">The network so far.</param>
    /// <param name="sizes">The sizes of one output sample; one of them may be −1.</param>
    /// <param name="name">The node's name.</param>
    public static NetworkBuilder Reshape(this NetworkBuilder builder, int[] sizes, string? name = null) => Of(builder).Add(new Reshape(sizes), name);

    /// <summary>Adds a <see cref="Layers.Transpose"/>.</summary>
    /// <param name="builder">The network so far.</param>
    /// <param name="order">For every dimension of the output the input's.</param>
    /// <param name="name">The node's name.</param>
    public static NetworkBuilder Transpose(this NetworkBuilder builder, int[] order, string? name = null) => Of(builder).Add(new Transpose(order), name);

    /// <summary>Adds a <see cref="Layers.Pad"/>.</summary>
    /// <param name="builder">The network so far.</param>
    /// <param name="before">For every dimension, how many elements come before its first.</param>
    /// <param name="after">For every dimension, how many come after its last.</param>
    /// <param name="mode">What the frame shows.</param>
    /// <param name="value">What it holds if it is constant.</param>
    /// <param name="name">The node's name.</param>
    public static NetworkBuilder Pad(
        this NetworkBuilder builder, int[] before, int[] after, PadMode mode = PadMode.Constant, double value = 0, string? name = null) =>
        Of(builder).Add(new Pad(before, after, mode, value), name);

    /// <summary>Adds a <see cref="Layers.Pad"/> around height and width of maps (C, H, W).</summary>
    /// <param name="builder">The network so far.</param>
    /// <param name="padding">How many pixels on each side; not <see cref="Padding.Same"/>.</param>
    /// <param name="mode">What the frame shows.</param>
    /// <param name="value">What it holds if it is constant.</param>
    /// <param name="name">The node's name.</param>
    public static NetworkBuilder Pad2d(
        this NetworkBuilder builder, Padding padding, PadMode mode = PadMode.Constant, double value = 0, string? name = null) =>
        padding.IsSame ? throw new ArgumentException("Pad2d: padding must be numbers, got same")
            : Of(builder).Pad([0, padding.Top, padding.Left], [0, padding.Bottom, padding.Right], mode, value, name);

    /// <summary>Adds a <see cref="Layers.Narrow"/>.</summary>
    public static NetworkBuilder Narrow(this NetworkBuilder builder, int dimension, int start, int length, string? name = null) =>
        Of(builder).Add(new Narrow(dimension, start, length), name);

    /// <summary>
    /// Cuts what there is along a dimension into parts, as PyTorch's <c>split</c>: a <see cref="Layers.Narrow"/> a part, which
    /// nodes take by its name. The next node follows the last of them.
    /// </summary>
    /// <param name="builder">The network so far.</param>
    /// <param name="dimension">The dimension; negative ones count from the end.</param>
    /// <param name="parts">Name and size of each.</param>
    /// <exception cref="ShapeException">The sizes do not sum to the dimension's.</exception>
    public static NetworkBuilder Split(this NetworkBuilder builder, int dimension, params ReadOnlySpan<(string Name, int Size)> parts)
    {
        Axis axis = Axis.Of("Split", dimension, Of(builder).Shape);
        string whole = builder.LastNode, sizes = string.Join(", ", parts.ToArray().Select(part => part.Size));
        if (parts.ToArray().Sum(part => (long)part.Size) != axis.Size)
            throw new ShapeException($"Split: sizes must sum to the {axis.Size} of dimension {axis.Dimension} of {builder.Shape}, got {sizes}");
        int start = 0;
        foreach ((string name, int size) in parts)
        {
            builder.Add(new Narrow(dimension, start, size), name, whole);
            start += size;
        }
        return builder;
    }

    /// <summary>Adds a <see cref="Layers.ReduceSum"/>, over all dimensions unless some are given.</summary>
    public static NetworkBuilder ReduceSum(this NetworkBuilder builder, int[]? dimensions = null, bool keepDimensions = false, string? name = null) =>
        Of(builder).Add(new ReduceSum(dimensions, keepDimensions), name);

    /// <summary>Adds a <see cref="Layers.ReduceMean"/>, over all dimensions unless some are given.</summary>
    public static NetworkBuilder ReduceMean(this NetworkBuilder builder, int[]? dimensions = null, bool keepDimensions = false, string? name = null) =>
        Of(builder).Add(new ReduceMean(dimensions, keepDimensions), name);

    /// <summary>Adds a <see cref="Layers.ReduceMax"/>, over all dimensions unless some are given.</summary>
    public static NetworkBuilder ReduceMax(this NetworkBuilder builder, int[]? dimensions = null, bool keepDimensions = false, string? name = null) =>
        Of(builder).Add(new ReduceMax(dimensions, keepDimensions), name);

    /// <summary>Adds a <see cref="Layers.ReduceMin"/>, over all dimensions unless some are given.</summary>
    public static NetworkBuilder ReduceMin(this NetworkBuilder builder, int[]? dimensions = null, bool keepDimensions = false, string? name = null) =>
        Of(builder).Add(new ReduceMin(dimensions, keepDimensions), name);

    /// <summary>Adds a <see cref="Layers.Part"/>.</summary>
    public static NetworkBuilder Part(this NetworkBuilder builder, int offset, Shape shape, string? name = null) => Of(builder).Add(new Part(offset, shape), name);

    /// <summary>Adds a <see cref="Layers.ConstantTensor"/>, which nodes take by its name.</summary>
    public static NetworkBuilder Constant(this NetworkBuilder builder, Shape shape, bool trainable = false, string? name = null) =>
        Of(builder).Add(new ConstantTensor(shape, trainable), name);

    /// <summary>Adds a <see cref="Layers.MaxPool1d"/>.</summary>
    public static NetworkBuilder MaxPool1d(
        this NetworkBuilder builder, int kernelSize, int? stride = null, Padding padding = default, int dilation = 1, bool ceil = false, string? name = null) =>
        Of(builder).Add(new MaxPool1d(kernelSize, stride, padding, dilation, ceil), name);

    /// <summary>Adds an <see cref="Layers.AvgPool1d"/>.</summary>
    public static NetworkBuilder AvgPool1d(
        this NetworkBuilder builder, int kernelSize, int? stride = null, Padding padding = default, bool ceil = false, bool countIncludePad = true, string? name = null) =>
        Of(builder).Add(new AvgPool1d(kernelSize, stride, padding, ceil, countIncludePad), name);

    /// <summary>Adds a <see cref="Layers.MaxPool2d"/>.</summary>
    public static NetworkBuilder MaxPool2d(
        this NetworkBuilder builder, Size2 kernelSize, Size2? stride = null, Padding padding = default,
        Size2? dilation = null, bool ceil = false, string? name = null) =>
        Of(builder).Add(new MaxPool2d(kernelSize, stride, padding, dilation, ceil), name);

    /// <summary>Adds an <see cref="Layers.AvgPool2d"/>.</summary>
    public static NetworkBuilder AvgPool2d(
        this NetworkBuilder builder, Size2 kernelSize, Size2? stride = null, Padding padding = default,
        bool ceil = false, bool countIncludePad = true, string? name = null) =>
        Of(builder).Add(new AvgPool2d(kernelSize, stride, padding, ceil, countIncludePad), name);

    /// <summary>Adds a <see cref="Layers.SumPool2d"/>.</summary>
    public static NetworkBuilder SumPool2d(
        this NetworkBuilder builder, Size2 kernelSize, Size2? stride = null, Padding padding = default, bool ceil = false, string? name = null) =>
        Of(builder).Add(new SumPool2d(kernelSize, stride, padding, ceil), name);

    /// <summary>Adds a <see cref="Layers.GlobalAvgPool2d"/>.</summary>
    public static NetworkBuilder GlobalAvgPool2d(this NetworkBuilder builder, string? name = null) => Of(builder).Add(new GlobalAvgPool2d(), name);

    /// <summary>Adds an <see cref="Layers.AdaptiveAvgPool2d"/>.</summary>
    public static NetworkBuilder AdaptiveAvgPool2d(this NetworkBuilder builder, Size2 outputSize, string? name = null) =>
        Of(builder).Add(new AdaptiveAvgPool2d(outputSize), name);

    /// <summary>Adds a <see cref="Layers.Subsample2d"/> of all maps there are.</summary>
    public static NetworkBuilder Subsample2d(this NetworkBuilder builder, Size2? kernelSize = null, Size2? stride = null, string? name = null) =>
        Of(builder).Add(new Subsample2d(builder.Shape.Channels, kernelSize, stride), name);

    /// <summary>Adds a <see cref="Layers.BatchNorm2d"/> of all maps there are.</summary>
    public static NetworkBuilder BatchNorm2d(
        this NetworkBuilder builder, double eps = 1e-5, double momentum = 0.1, bool affine = true, string? name = null) =>
        Of(builder).Add(new BatchNorm2d(builder.Shape.Channels, eps, momentum, affine), name);

    /// <summary>Adds a <see cref="Layers.LayerNorm"/>, of the last dimension there is unless sizes are given.</summary>
    public static NetworkBuilder LayerNorm(
        this NetworkBuilder builder, int[]? normalizedShape = null, double eps = 1e-5, bool affine = true, string? name = null) =>
        Of(builder).Add(new LayerNorm(normalizedShape ?? builder.Shape.ToArray()[^Math.Min(1, builder.Shape.Rank)..], eps, affine), name);

    /// <summary>Adds a <see cref="Layers.GroupNorm"/> of all channels there are.</summary>
    public static NetworkBuilder GroupNorm(this NetworkBuilder builder, int numGroups, double eps = 1e-5, bool affine = true, string? name = null) =>
        Of(builder).Add(new GroupNorm(numGroups, builder.Shape.Channels, eps, affine), name);

    /// <summary>Adds an <see cref="Layers.InstanceNorm2d"/> of all maps there are.</summary>
    public static NetworkBuilder InstanceNorm2d(this NetworkBuilder builder, double eps = 1e-5, bool affine = false, string? name = null) =>
        Of(builder).Add(new InstanceNorm2d(builder.Shape.Channels, eps, affine), name);

    /// <summary>Adds a <see cref="Layers.LocalResponseNorm"/>.</summary>
    public static NetworkBuilder LocalResponseNorm(
        this NetworkBuilder builder, int size, double alpha = 1e-4, double beta = 0.75, double k = 1, string? name = null) =>
        Of(builder).Add(new LocalResponseNorm(size, alpha, beta, k), name);

    /// <summary>Adds a <see cref="Layers.Dropout"/>.</summary>
    public static NetworkBuilder Dropout(this NetworkBuilder builder, double p = 0.5, string? name = null) => Of(builder).Add(new Dropout(p), name);

    /// <summary>Adds a <see cref="Layers.Dropout2d"/>, which drops whole feature maps.</summary>
    public static NetworkBuilder Dropout2d(this NetworkBuilder builder, double p = 0.5, string? name = null) => Of(builder).Add(new Dropout2d(p), name);

    /// <summary>Adds a <see cref="Layers.ReLU"/>.</summary>
    public static NetworkBuilder ReLU(this NetworkBuilder builder, string? name = null) => Of(builder).Add(new ReLU(), name);

    /// <summary>Adds a <see cref="Layers.ReLU6"/>.</summary>
    public static NetworkBuilder ReLU6(this NetworkBuilder builder, string? name = null) => Of(builder).Add(new ReLU6(), name);

    /// <summary>Adds a <see cref="Layers.LeakyReLU"/>.</summary>
    public static NetworkBuilder LeakyReLU(this NetworkBuilder builder, double negativeSlope = 0.01, string? name = null) =>
        Of(builder).Add(new LeakyReLU(negativeSlope), name);

    /// <summary>Adds a <see cref="Layers.PReLU"/> with one slope for all, or one for each channel there is.</summary>
    public static NetworkBuilder PReLU(this NetworkBuilder builder, bool perChannel = false, double init = 0.25, string? name = null) =>
        Of(builder).Add(new PReLU(perChannel ? builder.Shape.Channels : 1, init), name);

    /// <summary>Adds a <see cref="Layers.Sigmoid"/>.</summary>
    public static NetworkBuilder Sigmoid(this NetworkBuilder builder, string? name = null) => Of(builder).Add(new Sigmoid(), name);

    /// <summary>Adds a <see cref="Layers.Tanh"/>.</summary>
    public static NetworkBuilder Tanh(this NetworkBuilder builder, string? name = null) => Of(builder).Add(new Tanh(), name);

    /// <summary>Adds a <see cref="Layers.ScaledTanh"/>.</summary>
    public static NetworkBuilder ScaledTanh(this NetworkBuilder builder, string? name = null) => Of(builder).Add(new ScaledTanh(), name);

    /// <summary>Adds a <see cref="Layers.GELU"/>.</summary>
    public static NetworkBuilder GELU(this NetworkBuilder builder, string? name = null) => Of(builder).Add(new GELU(), name);

    /// <summary>Adds a <see cref="Layers.SiLU"/>.</summary>
    public static NetworkBuilder SiLU(this NetworkBuilder builder, string? name = null) => Of(builder).Add(new SiLU(), name);

    /// <summary>Adds a <see cref="Layers.HardSigmoid"/>.</summary>
    public static NetworkBuilder HardSigmoid(this NetworkBuilder builder, string? name = null) => Of(builder).Add(new HardSigmoid(), name);

    /// <summary>Adds a <see cref="Layers.HardSwish"/>.</summary>
    public static NetworkBuilder HardSwish(this NetworkBuilder builder, string? name = null) => Of(builder).Add(new HardSwish(), name);

    /// <summary>Adds a <see cref="Layers.Mish"/>.</summary>
    public static NetworkBuilder Mish(this NetworkBuilder builder, string? name = null) => Of(builder).Add(new Mish(), name);

    /// <summary>Adds an <see cref="Layers.ELU"/>.</summary>
    public static NetworkBuilder ELU(this NetworkBuilder builder, double alpha = 1, string? name = null) => Of(builder).Add(new ELU(alpha), name);

    /// <summary>Adds a <see cref="Layers.SELU"/>.</summary>
    public static NetworkBuilder SELU(this NetworkBuilder builder, string? name = null) => Of(builder).Add(new SELU(), name);

    /// <summary>Adds a <see cref="Layers.Softplus"/>.</summary>
    public static NetworkBuilder Softplus(this NetworkBuilder builder, double beta = 1, double threshold = 20, string? name = null) =>
        Of(builder).Add(new Softplus(beta, threshold), name);

    /// <summary>Adds a <see cref="Layers.Clamp"/>.</summary>
    public static NetworkBuilder Clamp(this NetworkBuilder builder, double min = -1, double max = 1, string? name = null) => Of(builder).Add(new Clamp(min, max), name);

    /// <summary>Adds a <see cref="Layers.Softmax"/>.</summary>
    public static NetworkBuilder Softmax(this NetworkBuilder builder, string? name = null) => Of(builder).Add(new Softmax(), name);

    /// <summary>Adds a <see cref="Layers.Softmax"/> along a dimension.</summary>
    public static NetworkBuilder Softmax(this NetworkBuilder builder, int dimension, string? name = null) => Of(builder).Add(new Softmax(dimension), name);

    /// <summary>Adds an <see cref="Layers.Add"/> of the named nodes' outputs.</summary>
    public static NetworkBuilder Sum(this NetworkBuilder builder, string? name = null, params ReadOnlySpan<string> from) =>
        Of(builder).Add(new Add(), name, from);

    /// <summary>Adds a <see cref="Layers.Subtract"/> of the second named node's output from the first's.</summary>
    public static NetworkBuilder Subtract(this NetworkBuilder builder, string left, string right, string? name = null) =>
        Of(builder).Add(new Subtract(), name, left, right);

    /// <summary>Adds a <see cref="Layers.Multiply"/> of the two named nodes' outputs.</summary>
    public static NetworkBuilder Multiply(this NetworkBuilder builder, string left, string right, string? name = null) =>
        Of(builder).Add(new Multiply(), name, left, right);

    /// <summary>Adds a <see cref="Layers.Divide"/> of the first named node's output by the second's.</summary>
    public static NetworkBuilder Divide(this NetworkBuilder builder, string left, string right, string? name = null) =>
        Of(builder).Add(new Divide(), name, left, right);

    /// <summary>Adds a <see cref="Layers.Minimum"/> of the two named nodes' outputs.</summary>
    public static NetworkBuilder Minimum(this NetworkBuilder builder, string left, string right, string? name = null) =>
        Of(builder).Add(new Minimum(), name, left, right);

    /// <summary>Adds a <see cref="Layers.Maximum"/> of the two named nodes' outputs.</summary>
    public static NetworkBuilder Maximum(this NetworkBuilder builder, string left, string right, string? name = null) =>
        Of(builder).Add(new Maximum(), name, left, right);

    /// <summary>Adds a <see cref="Layers.MatMul"/> of the two named nodes' outputs.</summary>
    public static NetworkBuilder MatMul(this NetworkBuilder builder, string left, string right, string? name = null) =>
        Of(builder).Add(new MatMul(), name, left, right);

    /// <summary>Adds a <see cref="Layers.Concat"/> of the named nodes' outputs.</summary>
    public static NetworkBuilder Concat(this NetworkBuilder builder, string? name = null, params ReadOnlySpan<string> from) =>
        Of(builder).Add(new Concat(), name, from);

    /// <summary>Adds a <see cref="Layers.Concat"/> of the named nodes' outputs along a dimension.</summary>
    public static NetworkBuilder Concat(this NetworkBuilder builder, int dimension, string? name = null, params ReadOnlySpan<string> from) =>
        Of(builder).Add(new Concat(dimension), name, from);

    private static NetworkBuilder Of(NetworkBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder;
    }
}
