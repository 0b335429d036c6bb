namespace Fovea.Serialization.PyTorch;

/// <summary>A name that a pickle may refer to, and what stands for it here.</summary>
/// <param name="name">Module and name, as Python writes them.</param>
/// <param name="make">Makes something of the arguments; null for what is only named.</param>
/// <param name="type">The type of numbers that it names; null for what names none.</param>
internal sealed class PickleGlobal(string name, Func<object?[], Unpickler, object?>? make, TorchType? type = null)
{
    /// <summary>Module and name.</summary>
    public string Name => name;

    /// <summary>The type of numbers of a storage or dtype.</summary>
    public TorchType? Type => type;

    /// <summary>What the arguments construct.</summary>
    /// <exception cref="ModelFormatException">It constructs nothing.</exception>
    public object? Make(PickleTuple arguments, Unpickler pickle) =>
        make is null ? throw pickle.Damaged($"{Name} is called, which is only named elsewhere") : make(arguments.Items, pickle);
}
