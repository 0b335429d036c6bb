namespace Fovea.Serialization.PyTorch;

/// <summary>
/// What <c>torch.save</c> writes since PyTorch 1.6: a zip archive with one folder of any name, in it <c>data.pkl</c>, the
/// object as a pickle, and <c>data/KEY</c> for every storage.
/// </summary>
internal static class TorchArchive
{
    private const string Pickle = "data.pkl";

    /// <summary>The saved object.</summary>
    /// <exception cref="ModelFormatException">It is none of PyTorch's, or damaged.</exception>
    public static object? Read(ReadOnlyMemory<byte> file)
    {
        var records = new Dictionary<string, ZipEntry>();
        foreach (ZipEntry entry in ZipDirectory.Read(file))
            if (!records.TryAdd(entry.Name, entry))
                throw new ModelFormatException($"the archive has two files {Printable.Quote(entry.Name)}");
        string folder = FindFolder(records.Keys);
        if (records.Keys.Any(name => name == $"{folder}constants.pkl" || name.StartsWith($"{folder}code/", StringComparison.Ordinal)))
            throw new ModelFormatException("a TorchScript archive, which holds a program, and Fovea runs none; right would be its weights: torch.save(torch.jit.load(FILE).state_dict(), OTHER)");
        bool bigEndian = records.TryGetValue($"{folder}byteorder", out ZipEntry? order) && Content(order).Span.SequenceEqual("big"u8);
        var storages = new Dictionary<string, TorchStorage>();
        return Unpickler.Read(Content(records[folder + Pickle]), Storage, out _);

        TorchStorage Storage(PickleTuple identity)
        {
            if (identity.Items is not ["storage", PickleGlobal { Type: { } type }, string key, _, long elements, ..])
                throw new ModelFormatException("the file is damaged: its pickle refers to a storage without saying which");
            if (storages.TryGetValue(key, out TorchStorage? known) && known.Type == type && known.Elements == elements)
                return known;
            if (!records.TryGetValue($"{folder}data/{key}", out ZipEntry? record))
                throw new ModelFormatException($"the file is damaged: storage {Printable.Quote(key)} is not in it");
            ReadOnlyMemory<byte> data = Content(record);
            if (elements < 0 || elements > data.Length / type.Size)
                throw new ModelFormatException($"the file is damaged: storage {Printable.Quote(key)} has {data.Length} bytes, too few for {elements} of {type.Name}");
            return storages[key] = new TorchStorage(type, elements) { Data = data[..(int)(elements * type.Size)], BigEndian = bigEndian };
        }
    }

    private static string FindFolder(IEnumerable<string> names)
    {
        string[] pickles = [.. names.Where(name => name == Pickle || name.EndsWith($"/{Pickle}", StringComparison.Ordinal))];
        return pickles switch
        {
            [var one] => one[..^Pickle.Length],
            [] => throw new ModelFormatException(names.Any(name => name.EndsWith(".npy", StringComparison.Ordinal))
                ? "a zip archive of NumPy's arrays (.npz), not a file of torch.save"
                : $"a zip archive without a {Pickle}, so no file of torch.save"),
            _ => throw new ModelFormatException($"the archive has {pickles.Length} files {Pickle}, and torch.save writes one"),
        };
    }

    private static ReadOnlyMemory<byte> Content(ZipEntry entry) => entry.IsStored
        ? entry.Data
        : throw new ModelFormatException($"{Printable.Quote(entry.Name)} in the archive is compressed, which torch.save does not do; unpack it, and pack it again with 'zip -0 -r'");
}
