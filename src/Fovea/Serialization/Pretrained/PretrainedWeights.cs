using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Serialization.PyTorch;
using Fovea.Tensors;

namespace Fovea.Serialization.Pretrained;

/// <summary>Weights that PyTorch's libraries publish, or that one has trained there, in the networks of Fovea.</summary>
public static class PretrainedWeights
{
    /// <summary>How the names of classifiers begin that help only to train a deep network (GoogLeNet, Inception).</summary>
    private const string Auxiliary = "aux";

    /// <summary>As ImageNet has.</summary>
    private const int UsualClasses = 1000;

    /// <summary>Reads the tensors of a file of <c>torch.save</c> or of safetensors, whatever it is called.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">Which state_dict of a file of <c>torch.save</c>, if there are several.</param>
    /// <exception cref="ModelFormatException">It is neither, or damaged; the message names the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static StateDict Read(string path, string? key = null) => PyTorchFile.IsPyTorch(path) ? PyTorchFile.Read(path, key) : StateDict.Of(SafeTensors.Read(path));

    /// <summary>
    /// Makes the network of a preset with a file's weights. Names are torchvision's, whatever stands before all of them
    /// (<c>module.</c>, <c>model.</c>, …); others, such as timm's, are taken in order where every tensor's kind and shape
    /// is as it should be. Halves and doubles are converted, <c>num_batches_tracked</c> is passed over.
    /// </summary>
    /// <param name="preset">The network.</param>
    /// <param name="weights">The tensors.</param>
    /// <param name="input">(C, H, W); the preset's own unless given.</param>
    /// <param name="classes">How many classes; the file's unless given. If they are others, the last layer is drawn anew.</param>
    /// <param name="seed">Same seed, same values of a layer that is drawn anew.</param>
    /// <exception cref="ModelFormatException">Tensors are missing, left over or of another shape, each listed.</exception>
    /// <exception cref="Fovea.Layers.ShapeException">The preset does not take the input.</exception>
    public static PretrainedNetwork Create(Preset preset, StateDict weights, Shape? input = null, int? classes = null, ulong seed = 1)
    {
        ArgumentNullException.ThrowIfNull(preset);
        ArgumentNullException.ThrowIfNull(weights);
        Shape shape = input ?? preset.InputShape;
        Network network = preset.CreateBlank(shape, classes ?? UsualClasses);
        var names = TensorNames.Match(network, weights);
        Node head = network.Nodes.Last(node => node.Parameters.Count > 0);
        int? fileClasses = FileClasses(head, names.Tensors);
        if ((classes ?? fileClasses) is not { } wanted)
            throw new ModelFormatException($"the file has no tensors of the last layer, {Printable.Quote(head.Name)}; right would be the number of classes, for which it is drawn anew");
        bool drawn = fileClasses != wanted;
        if (drawn)
            network = preset.Create(shape, wanted, seed);
        else if (network.OutputShape.Length != wanted)
            network = preset.CreateBlank(shape, wanted);
        Func<string, bool> isOfHead = name => drawn && name.StartsWith(head.Name + ".", StringComparison.Ordinal);
        ParameterLoader.Fill(
            network, [.. network.Parameters.Where(parameter => !isOfHead(parameter.Name))], names.Tensors, name => isOfHead(name) || IsAuxiliary(name));
        return new PretrainedNetwork
        {
            Network = network,
            FileClasses = fileClasses,
            NewHead = drawn ? head.Name : null,
            Prefix = names.Prefix,
            InOrder = names.InOrder,
            LeftOut = [.. names.Tensors.Keys.Where(IsAuxiliary).Select(name => name[..name.IndexOf('.')]).Distinct()],
        };
    }

    private static int? FileClasses(Node head, IReadOnlyDictionary<string, StoredTensor> tensors) =>
        tensors.TryGetValue(head.Parameters[0].Name, out StoredTensor? weight) && weight.Shape is [> 1 and <= int.MaxValue and var classes, ..] ? (int)classes : null;

    private static bool IsAuxiliary(string name) => name.StartsWith(Auxiliary, StringComparison.OrdinalIgnoreCase) && name.Contains('.');
}
