using System.Buffers.Binary;
using System.Numerics;

namespace Fovea.Serialization.PyTorch;

/// <summary>
/// What <c>torch.save</c> wrote before PyTorch 1.6: pickles of a magic number, the format's version, facts about the
/// machine, the object and the keys of its storages, then of every storage its length and its bytes.
/// </summary>
internal static class TorchStream
{
    private const long Version = 1001;
    private static readonly BigInteger Magic = new((ReadOnlySpan<byte>)[0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]);

    /// <summary>Whether a file begins as a pickle does.</summary>
    public static bool IsPickle(ReadOnlySpan<byte> file) => file is [0x80, >= 2 and <= 5, ..];

    /// <summary>The saved object.</summary>
    /// <exception cref="ModelFormatException">It is none of PyTorch's, or damaged.</exception>
    public static object? Read(ReadOnlyMemory<byte> file)
    {
        var rest = file;
        if (Next(ref rest) is not BigInteger magic || magic != Magic)
            throw new ModelFormatException("a pickle of Python, but none that torch.save wrote; right would be torch.save(model.state_dict(), FILE)");
        if (Next(ref rest) is not Version)
            throw new ModelFormatException($"the file is damaged: its version is not {Version}");
        if (Next(ref rest) is not PickleDict machine)
            throw new ModelFormatException("the file is damaged: it does not say which machine wrote it");
        bool bigEndian = machine.Entries.TryGetValue("little_endian", out object? little) && little is false;
        var storages = new Dictionary<string, TorchStorage>();
        object? root = Next(ref rest, identity => Find(identity, storages));
        if (Next(ref rest) is not PickleList keys)
            throw new ModelFormatException("the file is damaged: it does not list its storages");
        foreach (object? key in keys.Items)
        {
            if (key is not string name || !storages.TryGetValue(name, out TorchStorage? storage) || storage.Data is not null)
                throw new ModelFormatException("the file is damaged: it lists a storage that no tensor has, or one twice");
            storage.Data = Take(ref rest, name, storage);
            storage.BigEndian = bigEndian;
        }
        return storages.FirstOrDefault(entry => entry.Value.Data is null) is { Key: { } missing }
            ? throw new ModelFormatException($"the file is damaged: storage {Printable.Quote(missing)} is not in it")
            : root;
    }

    private static object? Next(ref ReadOnlyMemory<byte> rest, Func<PickleTuple, object?>? persistent = null)
    {
        object? value = Unpickler.Read(rest, persistent, out int length);
        rest = rest[length..];
        return value;
    }

    private static TorchStorage Find(PickleTuple identity, Dictionary<string, TorchStorage> storages)
    {
        if (identity.Items is not ["storage", PickleGlobal { Type: { } type }, string key, _, long elements, ..])
            throw new ModelFormatException("the file is damaged: its pickle refers to a storage without saying which");
        // PyTorch before 0.4 saved views of storages beside them; none does since.
        if (identity.Items is [_, _, _, _, _, not null, ..])
            throw new ModelFormatException("the file has views of storages, as PyTorch before 0.4 wrote them; load it in PyTorch and save it again");
        if (!storages.TryGetValue(key, out TorchStorage? known))
            return storages[key] = new TorchStorage(type, elements);
        return known.Type == type && known.Elements == elements
            ? known
            : throw new ModelFormatException($"the file is damaged: storage {Printable.Quote(key)} is said to be of two types or lengths");
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> rest, string name, TorchStorage storage)
    {
        if (rest.Length < sizeof(long))
            throw new ModelFormatException($"the file ends before storage {Printable.Quote(name)}");
        long elements = BinaryPrimitives.ReadInt64LittleEndian(rest.Span);
        rest = rest[sizeof(long)..];
        if (elements != storage.Elements || elements < 0 || elements > rest.Length / storage.Type.Size)
            throw new ModelFormatException($"the file is damaged: storage {Printable.Quote(name)} is said to have {storage.Elements} and {elements} numbers of {storage.Type.Name}, with {rest.Length} bytes left");
        ReadOnlyMemory<byte> data = rest[..(int)(elements * storage.Type.Size)];
        rest = rest[data.Length..];
        return data;
    }
}
