using System.IO.Compression;
using Fovea.Serialization;
using Fovea.Tensors;

namespace Fovea.Tests.Serialization.PyTorch;

/// <summary>Damages files of torch.save: anywhere, or in the pickle alone, which then lies in a sound archive.</summary>
internal static class TorchMutants
{
    private const string Operations = "().0125]}abcdehjlqrstuBCGJKMNQRTUX\u0080\u0081\u0085\u0086\u0087\u0088\u0089\u008A\u008B\u008C\u008D\u008E\u008F\u0090\u0091\u0092\u0093\u0094\u0095\u0096";
    private static readonly byte[][] Numbers = [[0], [1], [2], [4], [127], [128], [255], [255, 255], [255, 255, 255, 255], [255, 255, 255, 127], [0, 0, 0, 128], [0, 0, 0, 0], [255, 255, 255, 255, 255, 255, 255, 127]];

    public static byte[] Mutate(IReadOnlyList<byte[]> seeds, ulong number)
    {
        var rng = new Rng(31, number);
        byte[] file = seeds[rng.NextInt(seeds.Count)], other = seeds[rng.NextInt(seeds.Count)];
        if (rng.NextInt(3) == 0 || !ZipDirectory.IsZip(file))
            return Damage(file, other, ref rng);
        byte[] pickle = Damage(Pickle(file), ZipDirectory.IsZip(other) ? Pickle(other) : other, ref rng);
        return Archive(pickle, file);
    }

    /// <summary>An archive with another pickle and the storages of a sound one.</summary>
    public static byte[] Archive(byte[] pickle, byte[]? storages = null)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(archive, "archive/data.pkl", pickle);
            if (storages is not null)
                foreach (ZipEntry entry in ZipDirectory.Read(storages).Where(entry => entry.Name.StartsWith("archive/data/", StringComparison.Ordinal)))
                    Add(archive, entry.Name, entry.Data.Span);
        }
        return stream.ToArray();
    }

    private static byte[] Pickle(byte[] file) => ZipDirectory.Read(file).First(entry => entry.Name.EndsWith("data.pkl", StringComparison.Ordinal)).Data.ToArray();

    private static void Add(ZipArchive archive, string name, ReadOnlySpan<byte> content)
    {
        using Stream stream = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
        stream.Write(content);
    }

    private static byte[] Damage(byte[] original, byte[] other, ref Rng rng)
    {
        List<byte> bytes = [.. original];
        for (int change = rng.NextInt(4); change >= 0 && bytes.Count > 0; change--)
        {
            int at = rng.NextInt(bytes.Count), length = Math.Min(1 + rng.NextInt(40), bytes.Count - at);
            switch (rng.NextInt(8))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << rng.NextInt(8));
                    break;
                case 1 or 2:
                    bytes[at] = (byte)Operations[rng.NextInt(Operations.Length)];
                    break;
                case 3:
                    byte[] lie = Numbers[rng.NextInt(Numbers.Length)];
                    for (int i = 0; i < lie.Length && at + i < bytes.Count; i++)
                        bytes[at + i] = lie[i];
                    break;
                case 4:
                    bytes.RemoveRange(at, length);
                    break;
                case 5:
                    bytes.InsertRange(rng.NextInt(bytes.Count), bytes.GetRange(at, length));
                    break;
                case 6:
                    int from = rng.NextInt(other.Length);
                    bytes.InsertRange(at, other.AsSpan(from, Math.Min(length, other.Length - from)));
                    break;
                default:
                    if (rng.NextInt(4) == 0)
                        bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }
        return [.. bytes];
    }
}
