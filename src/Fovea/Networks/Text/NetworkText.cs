using Fovea.Initializers;
using Fovea.Tensors;

namespace Fovea.Networks.Text;

/// <summary>
/// A network as text, a layer a line: <c>conv 32 3 pad=same</c>, <c>relu</c>, <c>maxpool 2</c>, <c>linear classes</c>.
/// Channels, shapes and names that are left out follow from what stands before. Lines ahead of the layers may say
/// <c>network NAME</c>, <c>input 3x64x64</c> (or, for each of several inputs, <c>input NAME 3x64x64</c>) and <c>classes 10</c>, which hold where nothing else is asked for, and
/// <c>init RULE</c>, an initializer or a preset whose weights start alike. The form is described in <c>docs/networks.md</c>.
/// </summary>
public sealed class NetworkText
{
    /// <summary>The most characters of a text.</summary>
    public const int MaxLength = 1 << 22;

    private readonly IReadOnlyList<Statement> _statements;
    private readonly List<(string Name, Shape Shape)> _inputs = [];
    private Action<Network, ulong> _initialize = (network, seed) => network.Initialize(seed);

    private NetworkText(string source, string name)
    {
        (Source, Name) = (source, name);
        List<Statement> statements = [];
        int number = 0;
        foreach (ReadOnlySpan<char> line in source.AsSpan().EnumerateLines())
        {
            if (StatementReader.Read(line.ToString(), ++number) is not { } statement || statement is LayerLine header && TryReadHeader(header, statements.Count > 0))
                continue;
            statements.Add(statement);
            if (statements.Count > ModelLimits.MaxNodes)
                throw new NetworkTextException(number, $"networks of up to {ModelLimits.MaxNodes} nodes are read");
        }
        _statements = statements.OfType<LayerLine>().Any() ? statements : throw new NetworkTextException("the text has no layers; a line adds one, such as 'conv 32 3'");
    }

    /// <summary>The text itself.</summary>
    public string Source { get; }

    /// <summary>What the network is called.</summary>
    public string Name { get; private set; }

    /// <summary>The input that the text names: (C, H, W), (F) or any other; of several inputs, all their numbers in a row.</summary>
    public Shape? InputShape { get; private set; }

    /// <summary>The number of classes that the text names.</summary>
    public int? Classes { get; private set; }

    /// <summary>What the text says that weights start from, an initializer or a preset; null for the layers' own.</summary>
    public string? Initialization { get; private set; }

    /// <summary>Reads the lines of a text. Whether the layers fit each other turns out when a network is made.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What the network is called if the text does not say it.</param>
    /// <exception cref="NetworkTextException">A line is none.</exception>
    public static NetworkText Parse(string text, string name = "network")
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(name);
        return text.Length <= MaxLength ? new NetworkText(text, name) : throw new NetworkTextException($"a network's text may have {MaxLength} characters, got {text.Length}");
    }

    /// <summary>
    /// Writes a network so that <see cref="Parse"/> reads an equal one: names, layers, settings, inputs. Values of
    /// parameters are no part of it.
    /// </summary>
    /// <param name="network">What is written.</param>
    /// <param name="initialization">What the weights start from, for the line <c>init</c>: an initializer without settings or a preset; none unless given.</param>
    /// <exception cref="NotSupportedException">A layer has no line in the table of layers.</exception>
    public static string Write(Network network, string? initialization = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        return NetworkTextWriter.Write(network, initialization);
    }

    /// <summary>Makes the network with freshly drawn parameters.</summary>
    /// <param name="inputShape">(C, H, W) or (F) of one sample; what the text names unless given.</param>
    /// <param name="classes">What the word <c>classes</c> stands for; what the text names unless given.</param>
    /// <param name="seed">Same seed, same parameters.</param>
    /// <param name="limits">How large it may be; see <see cref="ModelLimits"/>.</param>
    /// <exception cref="NetworkTextException">A layer cannot be, or cannot take what it is given; or the network is too large.</exception>
    public Network Create(Shape? inputShape = null, int? classes = null, ulong seed = 1, ModelLimits? limits = null)
    {
        Network network = CreateBlank(inputShape, classes, limits);
        _initialize(network, seed);
        return network;
    }

    /// <summary>Makes the network with all parameters zero, to be filled from elsewhere or only to be looked at.</summary>
    /// <inheritdoc cref="Create"/>
    public Network CreateBlank(Shape? inputShape = null, int? classes = null, ModelLimits? limits = null)
    {
        Shape input = inputShape ?? InputShape ?? throw new NetworkTextException("the text names no input; add a line such as 'input 3x64x64' ahead of the layers");
        if (_inputs.Count > 0 && input != InputShape)
            throw new NetworkTextException($"the text names inputs of {InputShape!.Value.Length} numbers in all, and cannot take {input}");
        var builder = new StatementBuilder(input, _inputs, classes ?? Classes, limits ?? new ModelLimits());
        foreach (Statement statement in _statements)
            builder.Add(statement);
        return builder.Build(Name);
    }

    /// <inheritdoc/>
    public override string ToString() => Source;

    private bool TryReadHeader(LayerLine line, bool isLate)
    {
        Action<string>? read = line.Word.ToLowerInvariant() switch
        {
            "network" => name => Name = name,
            "input" => shape => ReadInput(line.Values.Count == 2 ? line.Values[0] : null, shape, line.Number),
            "classes" => count => Classes = SettingText.Whole(count) is > 0 and var classes ? classes
                : throw new NetworkTextException(line.Number, $"classes must be a positive whole number, got {Printable.Quote(count)}"),
            "init" => rule => (Initialization, _initialize) = (rule, Rule(rule, line.Number)),
            _ => null,
        };
        if (read is null || line.Name is not null)
            return false;
        bool isInput = line.Word.Equals("input", StringComparison.OrdinalIgnoreCase);
        if (isLate || !line.IsPlain || line.Values.Count != 1 && !(isInput && line.Values.Count == 2))
            throw new NetworkTextException(line.Number, isLate ? $"'{line.Word}' belongs ahead of the first layer"
                : isInput ? "'input' takes a shape, or a name and a shape" : $"'{line.Word}' takes one value");
        read(line.Values[^1]);
        return true;
    }

    private void ReadInput(string? name, string text, int number)
    {
        Shape shape = SettingText.ReadShape(text)
            ?? throw new NetworkTextException(number, $"an input is a shape of one to six positive sizes, such as 3x64x64, 8x120 or 784, or scalar, got {Printable.Quote(text)}");
        if (name is null ? InputShape is not null : _inputs.Count == 0 && InputShape is not null)
            throw new NetworkTextException(number, "there is an input already; where there are several, each has a name: 'input image 3x64x64'");
        if (_inputs.Exists(input => input.Name == name))
            throw new NetworkTextException(number, $"the input {Printable.Quote(name!)} is named twice");
        if (name is not null)
            _inputs.Add((name, shape));
        long length = _inputs.Sum(input => (long)input.Shape.Length);
        InputShape = name is null ? shape : length <= int.MaxValue ? new Shape((int)length)
            : throw new NetworkTextException(number, $"the inputs have more than {int.MaxValue} numbers");
    }

    private static Action<Network, ulong> Rule(string name, int number)
    {
        if (Presets.PresetCatalog.All.FirstOrDefault(preset => preset.Name == name) is { } preset)
            return preset.Initialize;
        try
        {
            Initializer weights = InitializerFactory.Create(name);
            return (network, seed) => network.Initialize(seed, weights);
        }
        catch (ArgumentException error)
        {
            throw new NetworkTextException(number, $"weights start from an initializer without settings, such as he-normal, or as those of a preset, such as lenet5: {error.Message}", error);
        }
    }
}
