using System.Globalization;
using System.Text;
using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Networks.Text;

/// <summary>Writes networks as text. Whatever reading would make of a shorter line is left out.</summary>
internal sealed class NetworkTextWriter
{
    private readonly Network _network;
    private readonly HashSet<string> _taken = [];
    private readonly NodeNames _names;
    private readonly Node? _head;
    private readonly StringBuilder _text = new();

    private NetworkTextWriter(Network network)
    {
        _network = network;
        _names = new NodeNames(_taken.Contains);
        _head = network.OutputShape.Rank == 1 ? network.Nodes.LastOrDefault(node => node.Parameters.Count > 0) : null;
    }

    /// <summary>The text of a network.</summary>
    public static string Write(Network network, string? initialization)
    {
        var writer = new NetworkTextWriter(network);
        StringBuilder text = writer._text;
        text.Append("network ").Append(Token.Write(network.Name)).Append('\n');
        int inputs = network.Inputs is [{ Name: NetworkBuilder.Input }] ? 0 : network.Inputs.Count;
        if (inputs == 0)
            text.Append("input ").Append(SettingText.Write(network.InputShape)).Append('\n');
        foreach (NamedPart part in network.Inputs.Take(inputs))
        {
            text.Append("input ").Append(Token.Write(part.Name)).Append(' ').Append(SettingText.Write(part.Shape)).Append('\n');
            writer._taken.Add(part.Name);
        }
        if (network.OutputShape.Rank == 1)
            text.Append(CultureInfo.InvariantCulture, $"classes {network.OutputShape.Length}\n");
        if (initialization is not null)
            text.Append("init ").Append(initialization).Append('\n');
        text.Append('\n');
        for (int i = inputs; i < network.Nodes.Count; i++)
            writer.WriteNode(i);
        return text.ToString();
    }

    private void WriteNode(int index)
    {
        Node node = _network.Nodes[index];
        if (_names.Next(node.Layer) != node.Name)
            _text.Append(Token.Write(node.Name)).Append(": ");
        _taken.Add(node.Name);
        LayerWord word = LayerWord.Of(node.Layer);
        _text.Append(word.Word);
        WriteSettings(node, word);
        WriteSources(node, index, word);
        _text.Append('\n');
    }

    private void WriteSettings(Node node, LayerWord word)
    {
        Shape given = node.Inputs is [var first and >= 0, ..] ? _network.Nodes[first].OutputShape : _network.InputShape;
        Dictionary<string, string> all = LayerTable.Write(node.Layer).Written.ToDictionary(entry => entry.Name, entry => SettingText.Write(word.Field(entry.Name)!.Value.Kind, entry.Json));
        var texts = new Dictionary<string, string>(all);
        foreach ((string setting, string value) in word.Implied)
            if (all.TryGetValue(setting, out string? text) && text == Implied(word, setting, all.GetValueOrDefault(value, value), given))
                texts.Remove(setting);
        // The last layer has an output a class, which a network for other data would have, too.
        if (node == _head)
            foreach (string setting in (string[])["outFeatures", "outChannels"])
                if (texts.GetValueOrDefault(setting) == _network.OutputShape.Length.ToString(CultureInfo.InvariantCulture))
                    texts[setting] = "classes";
        foreach (string place in word.Places.TakeWhile(texts.ContainsKey).ToArray())
        {
            _text.Append(' ').Append(texts[place]);
            texts.Remove(place);
        }
        foreach (LayerField field in word.Fields)
            if (texts.TryGetValue(field.Name, out string? text))
                _text.Append(' ').Append(LayerWord.ShortOf(field.Name)).Append('=').Append(text);
    }

    private static string Implied(LayerWord word, string setting, string text, Shape given)
    {
        FieldKind kind = word.Field(setting)!.Value.Kind;
        return SettingText.Write(kind, SettingText.Read(kind, text, given, null));
    }

    private void WriteSources(Node node, int index, LayerWord word)
    {
        bool followsTheOneBefore = node.Inputs is [var first, ..] && first == index - 1;
        if (node.Inputs.Count == 0 || !word.JoinsNodes && followsTheOneBefore && node.Inputs.Count == 1)
            return;
        if (!word.JoinsNodes)
            _text.Append(" from");
        foreach (int input in node.Inputs.Skip(word.JoinsNodes && followsTheOneBefore && node.Inputs.Count == 2 ? 1 : 0))
            _text.Append(' ').Append(input < 0 ? NetworkBuilder.Input : Token.Write(_network.Nodes[input].Name));
    }
}
