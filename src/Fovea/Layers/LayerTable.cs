using System.Collections.Concurrent;

namespace Fovea.Layers;

/// <summary>
/// The layers by the names they have in files, with their hyper-parameters: one line a layer, read and written by
/// the same line. A layer that is missing here cannot be saved.
/// </summary>
internal static class LayerTable
{
    private static readonly Entry[] Entries =
    [
        Line<Conv2d>((f, l) => new(f.Int("inChannels", l?.InChannels), f.Int("outChannels", l?.OutChannels), f.Size("kernelSize", l?.KernelSize), f.Size("stride", l?.Stride, 1), f.Padding("padding", l?.Padding), f.Size("dilation", l?.Dilation, 1), f.Int("groups", l?.Groups, 1), f.Flag("bias", l?.Bias, true), f.Table("connections", l?.Connections), f.Flag("trainable", l?.Trainable, true))),
        Line<Conv1d>((f, l) => new(f.Int("inChannels", l?.InChannels), f.Int("outChannels", l?.OutChannels), f.Int("kernelSize", l?.KernelSize), f.Int("stride", l?.Stride, 1), f.Padding("padding", l?.Padding), f.Int("dilation", l?.Dilation, 1), f.Int("groups", l?.Groups, 1), f.Flag("bias", l?.Bias, true))),
        Line<Linear>((f, l) => new(f.Int("inFeatures", l?.InFeatures), f.Int("outFeatures", l?.OutFeatures), f.Flag("bias", l?.Bias, true))),
        Line<Embedding>((f, l) => new(f.Int("numEmbeddings", l?.NumEmbeddings), f.Int("embeddingDim", l?.EmbeddingDim), f.Int("paddingIndex", l?.PaddingIndex, -1))),
        Line<Flatten>((_, _) => new()),
        Line<Reshape>((f, l) => new(f.Ints("sizes", l?.Sizes))),
        Line<Transpose>((f, l) => new(f.Ints("order", l?.Order))),
        Line<Narrow>((f, l) => new(f.Int("dimension", l?.Dimension), f.Int("start", l?.Start), f.Int("length", l?.Length))),
        Line<Pad>((f, l) => new(f.Ints("before", l?.Before), f.Ints("after", l?.After), f.Choice("mode", l?.Mode, PadMode.Constant), f.Double("value", l?.Value, 0))),
        Line<ReduceSum>((f, l) => new(f.Ints("dimensions", l?.Dimensions, []), f.Flag("keepDimensions", l?.KeepDimensions, false))),
        Line<ReduceMean>((f, l) => new(f.Ints("dimensions", l?.Dimensions, []), f.Flag("keepDimensions", l?.KeepDimensions, false))),
        Line<ReduceMax>((f, l) => new(f.Ints("dimensions", l?.Dimensions, []), f.Flag("keepDimensions", l?.KeepDimensions, false))),
        Line<ReduceMin>((f, l) => new(f.Ints("dimensions", l?.Dimensions, []), f.Flag("keepDimensions", l?.KeepDimensions, false))),
        Line<MaxPool2d>((f, l) => new(f.Size("kernelSize", l?.KernelSize), f.Size("stride", l?.Stride), f.Padding("padding", l?.Padding), f.Size("dilation", l?.Dilation, 1), f.Flag("ceil", l?.Ceil, false))),
        Line<MaxPool1d>((f, l) => new(f.Int("kernelSize", l?.KernelSize), f.Int("stride", l?.Stride), f.Padding("padding", l?.Padding), f.Int("dilation", l?.Dilation, 1), f.Flag("ceil", l?.Ceil, false))),
        Line<AvgPool1d>((f, l) => new(f.Int("kernelSize", l?.KernelSize), f.Int("stride", l?.Stride), f.Padding("padding", l?.Padding), f.Flag("ceil", l?.Ceil, false), f.Flag("countIncludePad", l?.CountIncludePad, true))),
        Line<AvgPool2d>((f, l) => new(f.Size("kernelSize", l?.KernelSize), f.Size("stride", l?.Stride), f.Padding("padding", l?.Padding), f.Flag("ceil", l?.Ceil, false), f.Flag("countIncludePad", l?.CountIncludePad, true))),
        Line<SumPool2d>((f, l) => new(f.Size("kernelSize", l?.KernelSize), f.Size("stride", l?.Stride), f.Padding("padding", l?.Padding), f.Flag("ceil", l?.Ceil, false))),
        Line<GlobalAvgPool2d>((_, _) => new()),
        Line<AdaptiveAvgPool2d>((f, l) => new(f.Size("outputSize", l?.OutputSize))),
        Line<Subsample2d>((f, l) => new(f.Int("channels", l?.Channels), f.Size("kernelSize", l?.KernelSize), f.Size("stride", l?.Stride))),
        Line<ConvTranspose2d>((f, l) => new(f.Int("inChannels", l?.InChannels), f.Int("outChannels", l?.OutChannels), f.Size("kernelSize", l?.KernelSize), f.Size("stride", l?.Stride, 1), f.Padding("padding", l?.Padding), f.Size("outputPadding", l?.OutputPadding, 0), f.Size("dilation", l?.Dilation, 1), f.Int("groups", l?.Groups, 1), f.Flag("bias", l?.Bias, true))),
        Line<Upsample2d>((f, l) => new(f.Size("scale", l?.Scale), f.Choice("mode", l?.Mode, UpsampleMode.Nearest), f.Flag("alignCorners", l?.AlignCorners, false))),
        Line<BatchNorm2d>((f, l) => new(f.Int("numFeatures", l?.NumFeatures), f.Double("eps", l?.Eps, 1e-5), f.Double("momentum", l?.Momentum, 0.1), f.Flag("affine", l?.Affine, true))),
        Line<LayerNorm>((f, l) => new(f.Ints("normalizedShape", l?.NormalizedShape), f.Double("eps", l?.Eps, 1e-5), f.Flag("affine", l?.Affine, true))),
        Line<GroupNorm>((f, l) => new(f.Int("numGroups", l?.NumGroups), f.Int("numChannels", l?.NumChannels), f.Double("eps", l?.Eps, 1e-5), f.Flag("affine", l?.Affine, true))),
        Line<InstanceNorm2d>((f, l) => new(f.Int("numFeatures", l?.NumFeatures), f.Double("eps", l?.Eps, 1e-5), f.Flag("affine", l?.Affine, false))),
        Line<LocalResponseNorm>((f, l) => new(f.Int("size", l?.Size), f.Double("alpha", l?.Alpha, 1e-4), f.Double("beta", l?.Beta, 0.75), f.Double("k", l?.K, 1))),
        Line<Dropout>((f, l) => new(f.Double("p", l?.P))),
        Line<Dropout2d>((f, l) => new(f.Double("p", l?.P))),
        Line<ReLU>((_, _) => new()),
        Line<ReLU6>((_, _) => new()),
        Line<LeakyReLU>((f, l) => new(f.Double("negativeSlope", l?.NegativeSlope))),
        Line<PReLU>((f, l) => new(f.Int("numParameters", l?.NumParameters, 1), f.Double("init", l?.Init, 0.25))),
        Line<Sigmoid>((_, _) => new()),
        Line<Tanh>((_, _) => new()),
        Line<ScaledTanh>((_, _) => new()),
        Line<GELU>((_, _) => new()),
        Line<SiLU>((_, _) => new()),
        Line<HardSigmoid>((_, _) => new()),
        Line<HardSwish>((_, _) => new()),
        Line<ELU>((f, l) => new(f.Double("alpha", l?.Alpha, 1))),
        Line<SELU>((_, _) => new()),
        Line<Mish>((_, _) => new()),
        Line<Softplus>((f, l) => new(f.Double("beta", l?.Beta, 1), f.Double("threshold", l?.Threshold, 20))),
        Line<Clamp>((f, l) => new(f.Double("min", l?.Min, -1), f.Double("max", l?.Max, 1))),
        Line<Softmax>((f, l) => new(f.Int("dimension", l?.Dimension, 0))),
        Line<Rbf>((f, l) => new(f.Int("inFeatures", l?.InFeatures), f.Int("outFeatures", l?.OutFeatures), f.Flag("trainable", l?.Trainable, false))),
        Line<Add>((_, _) => new()),
        Line<Subtract>((_, _) => new()),
        Line<Multiply>((_, _) => new()),
        Line<Divide>((_, _) => new()),
        Line<Minimum>((_, _) => new()),
        Line<Maximum>((_, _) => new()),
        Line<MatMul>((_, _) => new()),
        Line<Concat>((f, l) => new(f.Int("dimension", l?.Dimension, 0))),
        Line<Part>((f, l) => new(f.Int("offset", l?.Offset), f.Shape("shape", l?.Shape))),
        Line<Outputs>((_, _) => new()),
        Line<ConstantTensor>((f, l) => new(f.Shape("shape", l?.Shape), f.Flag("trainable", l?.Trainable, false), f.Double("init", l?.Init, 0), f.Flag("bare", l?.Bare, false))),
    ];

    private static readonly Dictionary<string, Entry> ByName = Entries.ToDictionary(entry => entry.Type.Name);

    private static readonly ConcurrentDictionary<string, Entry> Added = new();

    /// <summary>The names of Fovea's own layers.</summary>
    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>The names of layers that users have added.</summary>
    public static IEnumerable<string> AddedNames => Added.Keys;

    /// <summary>Adds a user's layer, by the name of its type.</summary>
    /// <exception cref="ArgumentException">A layer of this name is there.</exception>
    public static void Add<T>(Func<LayerFields, T?, T> bind)
        where T : Layer
    {
        if (ByName.Keys.Concat(Added.Keys).Contains(typeof(T).Name, StringComparer.OrdinalIgnoreCase) || !Added.TryAdd(typeof(T).Name, Line(bind)))
            throw new ArgumentException($"a layer of the name {typeof(T).Name} is there already; names in files must be unique, whatever their case");
    }

    /// <summary>The hyper-parameters that the layer of this name has, in the order of its constructor.</summary>
    /// <exception cref="KeyNotFoundException">The table has no line for this name.</exception>
    public static IReadOnlyList<LayerField> FieldsOf(string name) => LayerFields.List(fields => Find(name)!.Bind(fields, null));

    /// <summary>The layer's hyper-parameters.</summary>
    /// <exception cref="NotSupportedException">The table has no line for this type of layer.</exception>
    public static LayerFields Write(Layer layer)
    {
        var fields = new LayerFields();
        if (Find(layer.GetType().Name) is not { } entry || entry.Type != layer.GetType())
            throw new NotSupportedException($"{layer.GetType().Name} has no line in the table of layers; LayerRegistry.Add with its settings adds one");
        entry.Bind(fields, layer);
        return fields;
    }

    /// <summary>The layer's hyper-parameters in words, none if it is not in the table.</summary>
    public static string WordsOf(Layer layer) => Find(layer.GetType().Name)?.Type == layer.GetType() ? Write(layer).Words : "";

    /// <summary>The layer of this name and these hyper-parameters.</summary>
    /// <exception cref="FormatException">The name is not known, or a field is missing, unknown or of the wrong kind.</exception>
    /// <exception cref="ArgumentException">The layer refuses its hyper-parameters.</exception>
    public static Layer Read(string name, LayerFields fields)
    {
        Entry entry = Find(name) ?? throw new FormatException($"a layer of this kind is not known; there are {string.Join(", ", Names.Concat(AddedNames))}");
        Layer layer = entry.Bind(fields, null);
        fields.RequireAllRead();
        return layer;
    }

    private static Entry? Find(string name) => ByName.GetValueOrDefault(name) ?? Added.GetValueOrDefault(name);

    private static Entry Line<T>(Func<LayerFields, T?, T> bind)
        where T : Layer => new(typeof(T), (fields, layer) => bind(fields, (T?)layer));

    private sealed record Entry(Type Type, Func<LayerFields, Layer?, Layer> Bind);
}
