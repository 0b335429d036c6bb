using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Networks.Text;

/// <summary>Builds a network statement by statement. What a stranger's text asks for is held against limits before it is allocated.</summary>
internal sealed partial class StatementBuilder
{
    // A text has no weights that activations could be measured by; a model of so many may have 2²⁶ and more.
    private const double UsualParameters = 1 << 22;

    private readonly NetworkBuilder _builder;
    private readonly int? _classes;
    private readonly ModelLimits _limits;
    private readonly NetworkCost _cost;
    private readonly Dictionary<string, Shape> _shapes;
    private readonly Dictionary<string, string> _aliases = [];
    private double _parameters;

    /// <param name="input">The input, or all inputs in a row.</param>
    /// <param name="inputs">The inputs by their names, if there are several.</param>
    /// <param name="classes">What the word <c>classes</c> stands for.</param>
    /// <param name="limits">How large the network may be.</param>
    /// <exception cref="NetworkTextException">The input is too large, or a name unusable.</exception>
    public StatementBuilder(Shape input, IReadOnlyList<(string Name, Shape Shape)> inputs, int? classes, ModelLimits limits)
    {
        (_classes, _limits) = (classes, limits);
        _cost = Start(limits, input);
        _shapes = new() { [NetworkBuilder.Input] = input };
        try
        {
            _builder = inputs.Count == 0 ? new NetworkBuilder(input) : NetworkBuilder.WithInputs([.. inputs]);
        }
        catch (ArgumentException error)
        {
            throw new NetworkTextException(WithoutParameter(error.Message), error);
        }
        foreach ((string name, Shape shape) in inputs)
            _shapes.Add(name, shape);
    }

    /// <summary>The network, its parameters zero.</summary>
    public Network Build(string name) => _builder.BuildBlank(name);

    /// <summary>Adds what a line says.</summary>
    /// <exception cref="NetworkTextException">It cannot be.</exception>
    public void Add(Statement statement)
    {
        if (statement is AliasLine alias)
            AddAlias(alias);
        else
            AddLayer((LayerLine)statement);
    }

    private void AddAlias(AliasLine line)
    {
        string node = Resolve(line.Node, line.Number);
        if (_shapes.ContainsKey(line.Alias) || !_aliases.TryAdd(line.Alias, node))
            throw new NetworkTextException(line.Number, $"the name {Printable.Quote(line.Alias)} is taken");
    }

    private void AddLayer(LayerLine line)
    {
        LayerWord word = LayerWord.Find(line.Word) ?? throw new NetworkTextException(line.Number,
            $"no layer is named {Printable.Quote(line.Word)}{Nearest.Question(line.Word, LayerWord.Words)}; there are {string.Join(", ", LayerWord.Words)}");
        string[] sources = Sources(line, word);
        Shape given = sources.Length == 0 ? _builder.Shape : _shapes[sources[0]];
        string node = line.Name is null ? word.Word : $"node {Printable.Quote(line.Name)}";
        try
        {
            if (line.Name is not null && _aliases.ContainsKey(line.Name))
                throw new FormatException("the name is taken");
            Layer layer = LayerTable.Read(word.Layer, new LayerFields(Settings(line, word, given)));
            _parameters += layer.Parameters.Sum(spec => (double)spec.Shape.Length);
            if (_parameters > _limits.Parameters)
                throw new FormatException($"networks of up to {_limits.Parameters} parameters are read; this line passes that");
            _builder.Add(layer, line.Name, sources);
            string name = _builder.LastNode;
            if (_aliases.ContainsKey(name))
                throw new FormatException($"its name, '{name}', was given to another node; give it one of its own");
            _shapes.Add(name, _builder.Shape);
            _cost.Add(name, layer, _builder.LastInputs, _builder.Shape);
        }
        catch (ShapeException error)
        {
            throw new NetworkTextException(line.Number, WithoutParameter(error.Message), error);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or OverflowException or NetworkLimitException)
        {
            throw new NetworkTextException(line.Number, $"{node}: {WithoutParameter(error.Message)}", error);
        }
    }

    /// <summary>The nodes that a layer takes its inputs from; none for the one before.</summary>
    private string[] Sources(LayerLine line, LayerWord word)
    {
        IReadOnlyList<string> named = line.Sources;
        if (word.JoinsNodes && line.Values.Count > 0)
            named = line.Sources.Count > 0 ? throw new NetworkTextException(line.Number, $"{word.Word} takes its nodes with 'from' or without, not both")
                : line.Values.Count == 1 ? [_builder.LastNode, .. line.Values]
                : line.Values;
        if (word.TakesNothing && named.Count > 0)
            throw new NetworkTextException(line.Number, $"{word.Word} takes no input");
        if (word.IsPair && named.Count > 2)
            throw new NetworkTextException(line.Number, $"{word.Word} takes two nodes, got {named.Count}");
        if (!word.IsAdded && (word.JoinsNodes ? named.Count < 2 : named.Count > 1))
            throw new NetworkTextException(line.Number, word.JoinsNodes
                ? $"{word.Word} takes two nodes{(word.IsPair ? "" : " or more")}, or one beside the node before: '{word.Word} skip'" : $"{word.Word} takes one input, got {named.Count}");
        return [.. named.Select(name => Resolve(name, line.Number))];
    }

    private string Resolve(string name, int number)
    {
        string node = _aliases.GetValueOrDefault(name, name);
        return _shapes.ContainsKey(node) ? node
            : throw new NetworkTextException(number, $"no node above is named {Printable.Quote(name)}{Nearest.Question(name, _shapes.Keys.Concat(_aliases.Keys))}");
    }

    /// <summary>The settings as model files have them.</summary>
    private JsonElement Settings(LayerLine line, LayerWord word, Shape given)
    {
        var texts = new Dictionary<string, string>();
        int places = word.JoinsNodes ? 0 : line.Values.Count;
        if (places > word.Places.Length)
            throw new FormatException($"{Printable.Quote(line.Values[word.Places.Length])} is one value too many; it is written '{word.Usage}'");
        for (int i = 0; i < places; i++)
            texts.Add(word.Places[i], line.Values[i]);
        foreach ((string setting, string value) in line.Settings)
        {
            LayerField field = word.Field(setting) ?? throw new FormatException(
                $"no setting is named {Printable.Quote(setting)}{Nearest.Question(setting, word.Fields.Select(known => known.Name))}; it is written '{word.Usage}'");
            if (!texts.TryAdd(field.Name, value))
                throw new FormatException($"{field.Name} is given twice");
        }
        foreach ((string setting, string value) in word.Implied)
            if (!texts.ContainsKey(setting))
                texts.Add(setting, texts.GetValueOrDefault(value, value));
        var json = new JsonObject();
        foreach (LayerField field in word.Fields)
            if (texts.TryGetValue(field.Name, out string? text))
                json.Add(field.Name, Value(field, text, given));
            else if (field.IsNeeded)
                throw new FormatException($"{field.Name} is missing; it is written '{word.Usage}'");
        return JsonElement.Parse(json.ToJsonString());
    }

    private JsonNode Value(LayerField field, string text, Shape given)
    {
        try
        {
            return SettingText.Read(field.Kind, text, given, _classes);
        }
        catch (FormatException error)
        {
            throw new FormatException($"{field.Name} {error.Message}", error);
        }
    }

    private static NetworkCost Start(ModelLimits limits, Shape input)
    {
        try
        {
            return new NetworkCost(limits, input, UsualParameters);
        }
        catch (NetworkLimitException error)
        {
            throw new NetworkTextException(error.Message, error);
        }
    }

    private static string WithoutParameter(string message) => ParameterNames().Replace(message, "");

    [GeneratedRegex(@"\s*\(Parameter '[^']*'\)")]
    private static partial Regex ParameterNames();
}
