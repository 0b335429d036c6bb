namespace Fovea.Serialization;

/// <summary>Tensors by name, as PyTorch calls the parameters and buffers of a network; in the order of their file.</summary>
public sealed class StateDict
{
    private readonly Dictionary<string, StoredTensor> _byName;

    internal StateDict(IReadOnlyList<StoredTensor> tensors, string? key = null)
    {
        Tensors = tensors;
        Key = key;
        _byName = tensors.ToDictionary(tensor => tensor.Name);
    }

    /// <summary>The tensors in order.</summary>
    public IReadOnlyList<StoredTensor> Tensors { get; }

    /// <summary>Under which keys it lay in a larger file, joined by dots, such as <c>state_dict</c>; null if the file held nothing else.</summary>
    public string? Key { get; }

    /// <summary>The tensors by their names.</summary>
    internal IReadOnlyDictionary<string, StoredTensor> ByName => _byName;

    /// <summary>The tensor of this name, or null.</summary>
    public StoredTensor? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The tensors of a safetensors file.</summary>
    public static StateDict Of(SafeTensors file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new StateDict(file.Tensors);
    }
}
