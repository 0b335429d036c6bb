using System.Text;
using Fovea.Data;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Networks.Text;
using Fovea.Runs.Settings;
using Fovea.Tensors;

namespace Fovea.Runs.Models;

/// <summary>Networks as text, as commands use them.</summary>
public static class NetworkFile
{
    private const int LookedAt = 512;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a network's text; it is called as the file unless the text gives it a name.</summary>
    /// <exception cref="RunException">There is no such file, or it holds no such text.</exception>
    public static NetworkText Load(string path)
    {
        if (!Path.Exists(path))
            throw new RunException($"there is no file {path}; 'fovea summary lenet5 --text' prints a network to begin with");
        string text;
        try
        {
            text = Strict.GetString(InputFile.ReadGiven(path, NetworkText.MaxLength)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException error)
        {
            throw new RunException($"{path}: not UTF-8 text", error);
        }
        return In(path, () => NetworkText.Parse(text, Path.GetFileNameWithoutExtension(path)));
    }

    /// <summary>Whether a file may be such a text: no control characters at its beginning, which all model files have there, and no JSON.</summary>
    public static bool IsText(string path)
    {
        if (!File.Exists(path))
            return false;
        using FileStream file = InputFile.Open(path);
        Span<byte> start = stackalloc byte[LookedAt];
        start = start[..file.ReadAtLeast(start, LookedAt, throwOnEndOfStream: false)];
        foreach (byte value in start)
            if (value < ' ' && value is not ((byte)'\t' or (byte)'\n' or (byte)'\r'))
                return false;
        return start[0] != '{';
    }

    /// <summary>Makes the network of a run.</summary>
    /// <param name="settings">The run's settings, with the text.</param>
    /// <param name="input">The images' shape.</param>
    /// <param name="classes">How many classes the data have.</param>
    /// <param name="progress">Where to say what is unusual.</param>
    /// <exception cref="RunException">The layers do not fit each other or the data.</exception>
    public static Network Create(TrainSettings settings, Shape input, int classes, IProgress<RunEvent>? progress)
    {
        string path = settings.NetworkPath ?? "the network's text";
        Network network = In(path, () => NetworkText.Parse(settings.Network!, settings.Model).Create(input, classes, settings.Seed));
        if (network.OutputShape != new Shape(classes))
            throw new RunException($"{path}: the network makes {network.OutputShape} of {input}, and the data have {classes} classes; let it end with 'linear classes' and 'softmax'");
        if (network.Nodes[^1].Layer is not Softmax && settings.Loss == "cross-entropy")
            progress.Note($"{path} does not end with 'softmax', so that its outputs are no probabilities");
        return network;
    }

    /// <summary>Runs what may find a fault in a text, and says in which file.</summary>
    public static T In<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (NetworkTextException error)
        {
            throw new RunException($"{path}{(error.Line is null ? ": " : ", ")}{error.Message}", error);
        }
    }
}
