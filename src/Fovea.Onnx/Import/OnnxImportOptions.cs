using Fovea.Networks;

namespace Fovea.Onnx.Import;

/// <summary>What an ONNX file does not say of its own network. Whatever is left null is taken from the file's metadata, where Fovea wrote it.</summary>
public sealed record OnnxImportOptions
{
    /// <summary>The names of the classes in the order of the outputs; numbers if null.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>The order of colours that the network takes; RGB if null. The model takes RGB in any case.</summary>
    public OnnxChannels? Channels { get; init; }

    /// <summary>The value of a white pixel: 255 for networks that take bytes; 1 if null.</summary>
    public double? Scale { get; init; }

    /// <summary>What is subtracted from every channel, in units of <see cref="Scale"/> and the order of <see cref="Channels"/>: one number, or one a channel; 0 if null.</summary>
    public IReadOnlyList<double>? Mean { get; init; }

    /// <summary>What every channel is divided by afterwards, as <see cref="Mean"/>; 1 if null.</summary>
    public IReadOnlyList<double>? Deviation { get; init; }

    /// <summary>Height and width of the images, where the file leaves them open.</summary>
    public (int Height, int Width)? InputSize { get; init; }

    /// <summary>What the first dimension of the input is.</summary>
    public OnnxBatch Batch { get; init; }

    /// <summary>Whether the network gets a softmax at its end; if null, where class names are given, or the file says that it gives logits, and it has none.</summary>
    public bool? Softmax { get; init; }

    /// <summary>How much the network may compute; see <see cref="ModelLimits"/>.</summary>
    public ModelLimits? Limits { get; init; }

    /// <summary>Is told what a user should know of the file, a line each.</summary>
    public IProgress<string>? Notes { get; init; }

    /// <summary>Inputs that are given these values, and are then none any more.</summary>
    internal IReadOnlyDictionary<string, Graphs.OnnxTensor> Bound { get; init; } = new Dictionary<string, Graphs.OnnxTensor>();

    /// <summary>Whether the network takes images, whose layout may be changed; otherwise it is taken as it is.</summary>
    internal bool TakesImages { get; init; } = true;
}

/// <summary>The order in which a network takes colours.</summary>
public enum OnnxChannels
{
    /// <summary>Red, green, blue: PyTorch, TensorFlow.</summary>
    Rgb,

    /// <summary>Blue, green, red: Caffe, CNTK, OpenCV.</summary>
    Bgr,
}

/// <summary>What the first dimension of a network's input is.</summary>
public enum OnnxBatch
{
    /// <summary>Where a sample lies in a batch, if the file leaves the size open, or says 1, or the input is a batch of images; otherwise it belongs to the sample.</summary>
    Auto,

    /// <summary>Where a sample lies in a batch, whatever the file says.</summary>
    First,

    /// <summary>Part of the sample: the whole tensor is one.</summary>
    None,
}
