using Fovea.Fuzz;
using SharpFuzz;

// instrument FILE.dll        counts the branches of an assembly, in place
// seeds READER FOLDER        writes files to begin with
// READER                     serves afl-fuzz: reads what it sends, again and again
// READER FILE                reads one file, to see what is wrong with it
switch (args)
{
    case ["readers"]:
        Console.WriteLine(string.Join('\n', Readers.All.Keys));
        return 0;
    case ["instrument", var assembly]:
        Fuzzer.Instrument(assembly, _ => true, Options.Value);
        return 0;
    case ["seeds", var reader, var folder]:
        Directory.CreateDirectory(folder);
        foreach ((int i, byte[] file) in Seeds.Of(reader).Index())
            File.WriteAllBytes(Path.Combine(folder, $"{i:d3}"), file);
        return 0;
    case [var reader, var file]:
        Readers.Read(reader, File.ReadAllBytes(file));
        return 0;
    case [var reader]:
        // Code that counts its branches needs the fuzzer's memory for that: none of it may run earlier.
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            Readers.Read(reader, bytes.ToArray());
        });
        return 0;
    default:
        Console.Error.WriteLine($"error: expected 'instrument FILE', 'seeds READER FOLDER', or a reader: {string.Join(", ", Readers.All.Keys)}");
        return 2;
}
