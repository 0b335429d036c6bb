using Fovea.Layers;

namespace Fovea.Networks.Text;

/// <summary>How a layer is written: <see cref="LayerTable"/> knows its settings, this its word and what may be left out.</summary>
/// <param name="Word">What a line begins with.</param>
/// <param name="Layer">The layer's name in the table of layers.</param>
/// <param name="Places">Settings that follow the word without their names.</param>
/// <param name="Implied">
/// What settings are that are left out: a number, another setting, or a word of <see cref="SettingText"/> for what the
/// layer is given.
/// </param>
internal sealed record LayerWord(string Word, string Layer, string[] Places, params (string Setting, string Value)[] Implied)
{
    private static readonly LayerWord[] Short =
    [
        new("conv", nameof(Conv2d), ["outChannels", "kernelSize"], ("inChannels", "channels")),
        new("conv1d", nameof(Conv1d), ["outChannels", "kernelSize"], ("inChannels", "channels")),
        new("convtranspose", nameof(ConvTranspose2d), ["outChannels", "kernelSize"], ("inChannels", "channels")),
        new("maxpool1d", nameof(MaxPool1d), ["kernelSize"], ("stride", "kernelSize")),
        new("avgpool1d", nameof(AvgPool1d), ["kernelSize"], ("stride", "kernelSize")),
        new("embedding", nameof(Embedding), ["numEmbeddings", "embeddingDim"]),
        new("reshape", nameof(Reshape), ["sizes"]),
        new("transpose", nameof(Transpose), ["order"]),
        new("narrow", nameof(Narrow), ["dimension", "start", "length"]),
        new("pad", nameof(Pad), ["before", "after"]),
        new("reducesum", nameof(ReduceSum), ["dimensions"]),
        new("reducemean", nameof(ReduceMean), ["dimensions"]),
        new("reducemax", nameof(ReduceMax), ["dimensions"]),
        new("reducemin", nameof(ReduceMin), ["dimensions"]),
        new("softmax", nameof(Softmax), ["dimension"]),
        new("part", nameof(Part), ["offset", "shape"]),
        new("constant", nameof(ConstantTensor), ["shape"]) { TakesNothing = true },
        new("outputs", nameof(Outputs), []) { JoinsNodes = true },
        new("linear", nameof(Linear), ["outFeatures"], ("inFeatures", "features")),
        new("maxpool", nameof(MaxPool2d), ["kernelSize"], ("stride", "kernelSize")),
        new("avgpool", nameof(AvgPool2d), ["kernelSize"], ("stride", "kernelSize")),
        new("sumpool", nameof(SumPool2d), ["kernelSize"], ("stride", "kernelSize")),
        new("globalavgpool", nameof(GlobalAvgPool2d), []),
        new("adaptiveavgpool", nameof(AdaptiveAvgPool2d), ["outputSize"]),
        new("subsample", nameof(Subsample2d), ["kernelSize"], ("channels", "channels"), ("kernelSize", "2"), ("stride", "kernelSize")),
        new("upsample", nameof(Upsample2d), ["scale"]),
        new("batchnorm", nameof(BatchNorm2d), [], ("numFeatures", "channels")),
        new("layernorm", nameof(LayerNorm), ["normalizedShape"]),
        new("groupnorm", nameof(GroupNorm), ["numGroups"], ("numChannels", "channels")),
        new("instancenorm", nameof(InstanceNorm2d), [], ("numFeatures", "channels")),
        new("lrn", nameof(LocalResponseNorm), ["size"]),
        new("dropout", nameof(Dropout), ["p"], ("p", "0.5")),
        new("dropout2d", nameof(Dropout2d), ["p"], ("p", "0.5")),
        new("leakyrelu", nameof(LeakyReLU), ["negativeSlope"], ("negativeSlope", "0.01")),
        new("prelu", nameof(PReLU), ["numParameters"]),
        new("rbf", nameof(Rbf), ["outFeatures"], ("inFeatures", "features")),
        new("add", nameof(Add), []) { JoinsNodes = true },
        new("subtract", nameof(Subtract), []) { JoinsNodes = true, IsPair = true },
        new("multiply", nameof(Multiply), []) { JoinsNodes = true, IsPair = true },
        new("divide", nameof(Divide), []) { JoinsNodes = true, IsPair = true },
        new("minimum", nameof(Minimum), []) { JoinsNodes = true, IsPair = true },
        new("maximum", nameof(Maximum), []) { JoinsNodes = true, IsPair = true },
        new("matmul", nameof(MatMul), []) { JoinsNodes = true, IsPair = true },
        new("concat", nameof(Concat), []) { JoinsNodes = true },
    ];

    // Layers without a line above are written by their name, with all settings named.
    private static readonly LayerWord[] All =
        [.. LayerTable.Names.Select(name => Array.Find(Short, word => word.Layer == name) ?? new(name.ToLowerInvariant(), name, []))];

    private static readonly Dictionary<string, LayerWord> ByName = Index();

    private static readonly Dictionary<string, string> ShortSettings = new(StringComparer.OrdinalIgnoreCase)
    {
        ["padding"] = "pad",
        ["kernelSize"] = "kernel",
    };

    private IReadOnlyList<LayerField>? _fields;

    /// <summary>Whether what follows the word are nodes.</summary>
    public bool JoinsNodes { get; private init; }

    /// <summary>Whether these are two and no more.</summary>
    public bool IsPair { get; private init; }

    /// <summary>Whether it has no input.</summary>
    public bool TakesNothing { get; private init; }

    /// <summary>Whether a user has added it, who alone knows how many inputs it takes.</summary>
    public bool IsAdded { get; private init; }

    /// <summary>The words there are.</summary>
    public static IEnumerable<string> Words => All.Select(word => word.Word).Concat(LayerTable.AddedNames.Select(name => name.ToLowerInvariant()));

    /// <summary>The settings there are.</summary>
    public IReadOnlyList<LayerField> Fields => _fields ??= LayerTable.FieldsOf(Layer);

    /// <summary>How it is written.</summary>
    public string Usage => (JoinsNodes ? $"{Word} NODE NODE" : string.Join(' ', Places.Prepend(Word))) + (Fields.Count > Places.Length
            ? $" with {string.Join(", ", Fields.Where(known => !Places.Contains(known.Name)).Select(known => ShortOf(known.Name)))}" : "");

    /// <summary>The layer of this word or name, in any case; null if there is none.</summary>
    public static LayerWord? Find(string word) => ByName.GetValueOrDefault(word)
        ?? (LayerTable.AddedNames.FirstOrDefault(name => name.Equals(word, StringComparison.OrdinalIgnoreCase)) is { } added ? new(added.ToLowerInvariant(), added, []) { IsAdded = true } : null);

    /// <summary>The word of a layer.</summary>
    /// <exception cref="NotSupportedException">The layer is not in the table.</exception>
    public static LayerWord Of(Layer layer) => Find(layer.GetType().Name) ?? throw new NotSupportedException($"{layer.GetType().Name} has no line in the table of layers");

    /// <summary>How a setting is written.</summary>
    public static string ShortOf(string setting) => ShortSettings.GetValueOrDefault(setting, setting);

    /// <summary>The setting of this name, short or long, in any case; null if there is none.</summary>
    public LayerField? Field(string name)
    {
        foreach (LayerField field in Fields)
            if (string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase) || string.Equals(ShortOf(field.Name), name, StringComparison.OrdinalIgnoreCase))
                return field;
        return null;
    }

    private static Dictionary<string, LayerWord> Index()
    {
        var index = new Dictionary<string, LayerWord>(StringComparer.OrdinalIgnoreCase);
        foreach (LayerWord word in All)
            index[word.Word] = index[word.Layer] = word;
        return index;
    }
}
