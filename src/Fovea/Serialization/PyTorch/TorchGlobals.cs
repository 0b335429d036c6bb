using System.Collections.Frozen;

namespace Fovea.Serialization.PyTorch;

/// <summary>
/// All that a pickle may refer to, each with the fixed construction that stands for it: tensors, plain containers and
/// numbers. What is not here is refused by its name.
/// </summary>
internal static class TorchGlobals
{
    private static readonly FrozenDictionary<string, PickleGlobal> All = Make().ToFrozenDictionary(global => global.Name);

    /// <summary>What stands for a name.</summary>
    /// <exception cref="ModelFormatException">Nothing does; the message says how to save without it.</exception>
    public static PickleGlobal Find(string module, string name)
    {
        string full = $"{module}.{name}";
        return All.GetValueOrDefault(full) ?? throw new ModelFormatException(
            $"the file refers to {Printable.Quote(full)}, a part of a program, and Fovea runs none: it reads tensors in plain containers only; "
            + "right would be the weights alone: torch.save(model.state_dict(), FILE), or of a checkpoint torch.save(checkpoint['state_dict'], FILE)");
    }

    /// <summary>Gives an object the state that was saved with it.</summary>
    /// <exception cref="ModelFormatException">The state is not that of such an object.</exception>
    public static void SetState(object? target, object? state, Unpickler pickle)
    {
        switch (target)
        {
            // Attributes: a state_dict's _metadata, and what people add to parameters.
            case PickleDict or TorchTensor or TorchUnreadable:
                break;
            case NumpyType type when state is PickleTuple { Items: [_, string order, ..] }:
                type.BigEndian = order == ">";
                break;
            case NumpyArray array when state is PickleTuple { Items: [_, var size, NumpyType type, bool columns, var data, ..] }:
                (array.Size, array.Type, array.ColumnMajor, array.Data) = (size, type, columns, data);
                break;
            default:
                throw pickle.Damaged("an object gets a state that it cannot have");
        }
    }

    private static IEnumerable<PickleGlobal> Make() =>
        [.. Containers(), .. Tensors(), .. TorchTypes.Storages(), .. TorchTypes.Numbers(), .. Numpy()];

    private static IEnumerable<PickleGlobal> Containers() =>
    [
        new("collections.OrderedDict", OrderedDict),
        new("collections.defaultdict", (_, _) => new PickleDict()),
        new("collections.Counter", (_, _) => new PickleDict()),
        new("torch.Size", (arguments, pickle) => arguments is [PickleTuple size] ? size : throw Arguments("torch.Size", pickle)),
        new("torch.device", Opaque),
        new("torch.torch_version.TorchVersion", (arguments, _) => arguments is [string version] ? version : PickleOpaque.Instance),
        new("_codecs.encode", (arguments, pickle) => Encode(arguments, pickle)),
        .. from module in (string[])["builtins", "__builtin__"]
           from name in (string[])["set", "frozenset", "complex", "slice", "range", "xrange"]
           select new PickleGlobal($"{module}.{name}", Opaque),
        .. from module in (string[])["builtins", "__builtin__"]
           from name in (string[])["bytes", "bytearray"]
           select new PickleGlobal($"{module}.{name}", (arguments, pickle) => arguments is [] ? ReadOnlyMemory<byte>.Empty : Encode(arguments, pickle)),
        // What a defaultdict makes of missing keys.
        .. from module in (string[])["builtins", "__builtin__"]
           from name in (string[])["dict", "list", "int", "float"]
           select new PickleGlobal($"{module}.{name}", make: null),
    ];

    private static IEnumerable<PickleGlobal> Tensors() =>
    [
        // storage, offset, size, strides; then whether it needs a gradient, hooks, and (version 3) its type; then what makes a view special.
        Rebuild("_rebuild_tensor", (type, _) => type),
        Rebuild("_rebuild_tensor_v2", (type, _) => type),
        Rebuild("_rebuild_tensor_v3", (_, rest) => rest is [_, _, PickleGlobal { Type: { } type }, ..] ? type : null),
        new("torch._utils._rebuild_parameter", First),
        new("torch._utils._rebuild_parameter_with_state", First),
        // function, type, arguments, state: a tensor with attributes, or of a class of its own.
        new("torch._tensor._rebuild_from_type_v2", (a, pickle) => a is [PickleGlobal function, _, PickleTuple arguments, ..] && IsRebuild(function) ? function.Make(arguments, pickle) : throw Arguments("_rebuild_from_type_v2", pickle)),
        new("torch.Tensor", make: null),
        new("torch.nn.parameter.Parameter", First),
        new("torch.nn.parameter.Buffer", First),
        Unreadable("_rebuild_qtensor", "quantised"),
        Unreadable("_rebuild_sparse_tensor", "sparse"),
        Unreadable("_rebuild_sparse_csr_tensor", "sparse"),
        Unreadable("_rebuild_meta_tensor_no_storage", "on the device 'meta', without values"),
        Unreadable("_rebuild_nested_tensor", "nested"),
        Unreadable("_rebuild_device_tensor_from_numpy", "of a device of its own"),
        Unreadable("_rebuild_device_tensor_from_cpu_tensor", "of a device of its own"),
        new("torch.serialization._get_layout", Opaque),
        .. from name in (string[])["per_tensor_affine", "per_channel_affine", "per_channel_affine_float_qparams", "per_tensor_symmetric", "per_channel_symmetric", "strided", "sparse_coo", "sparse_csr", "contiguous_format", "channels_last", "preserve_format"]
           select new PickleGlobal($"torch.{name}", make: null),
    ];

    private static IEnumerable<PickleGlobal> Numpy() =>
    [
        new("numpy.dtype", (a, pickle) => a is [string code, ..] ? new NumpyType(code) : throw Arguments("numpy.dtype", pickle)),
        new("numpy.ndarray", make: null),
        .. from module in (string[])["numpy.core", "numpy._core"]
           from global in (PickleGlobal[])
           [
               new($"{module}.multiarray.scalar", Opaque),
               new($"{module}.multiarray._reconstruct", (_, _) => new NumpyArray()),
               new($"{module}.numeric._frombuffer", (a, pickle) => a is [var data, NumpyType type, var size, string order] ? new NumpyArray { Data = data, Type = type, Size = size, ColumnMajor = order == "F" } : throw Arguments("_frombuffer", pickle)),
           ]
           select global,
    ];

    private static PickleGlobal Rebuild(string name, Func<TorchType, object?[], TorchType?> typeOf) => new($"torch._utils.{name}", (arguments, pickle) =>
    {
        if (arguments is not [TorchStorage storage, var offset, var size, var strides, .. var rest] || typeOf(storage.Type, rest) is not { } type)
            throw Arguments(name, pickle);
        return rest.Any(extra => extra is PickleDict { Entries: var entries } && entries.TryGetValue("neg", out object? negated) && negated is true)
            ? new TorchUnreadable("a negated view")
            : new TorchTensor(storage, offset, size, strides, type);
    });

    private static PickleOpaque Opaque(object?[] arguments, Unpickler pickle) => PickleOpaque.Instance;

    /// <summary>A parameter is its tensor, whether it needs a gradient or not.</summary>
    private static object? First(object?[] arguments, Unpickler pickle) => arguments is [TorchTensor or TorchUnreadable, ..] ? arguments[0] : throw Arguments("a parameter", pickle);

    private static bool IsRebuild(PickleGlobal function) => function.Name.StartsWith("torch._utils._rebuild_", StringComparison.Ordinal);

    private static PickleGlobal Unreadable(string name, string kind)
    {
        var tensor = new TorchUnreadable(kind);
        return new PickleGlobal($"torch._utils.{name}", (_, _) => tensor);
    }

    private static PickleDict OrderedDict(object?[] arguments, Unpickler pickle)
    {
        var dict = new PickleDict();
        if (arguments is [])
            return dict;
        if (arguments is not [PickleList pairs])
            throw Arguments("OrderedDict", pickle);
        pickle.Spend(pairs.Items.Count);
        foreach (object? pair in pairs.Items)
            _ = pair switch
            {
                PickleTuple { Items: [var key, var value] } => dict.Set(key, value),
                PickleList { Items: [var key, var value] } => dict.Set(key, value),
                _ => throw Arguments("OrderedDict", pickle),
            };
        return dict;
    }

    private static PickleEncodedBytes Encode(object?[] arguments, Unpickler pickle)
    {
        if (arguments is not [string text, "latin1" or "latin-1"])
            throw Arguments("_codecs.encode", pickle);
        pickle.Spend(text.Length);
        return new PickleEncodedBytes(text);
    }

    private static ModelFormatException Arguments(string name, Unpickler pickle) => pickle.Damaged($"the arguments of {name} are not those it takes");
}
