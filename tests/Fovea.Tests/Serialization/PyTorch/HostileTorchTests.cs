using System.Diagnostics;
using System.Globalization;
using System.Text;
using Fovea.Serialization;
using Fovea.Serialization.PyTorch;
using Fovea.Tests.Data;

namespace Fovea.Tests.Serialization.PyTorch;

public class HostileTorchTests
{
    private const int TooLong = 2000;

    public static TheoryData<string> Kinds => ["zip", "legacy"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Damaged_files_of_torch_are_read_or_refused(string kind)
    {
        List<byte[]> seeds = [.. Golden.Seeds.Where(file => file.Name.StartsWith("legacy", StringComparison.Ordinal) == (kind == "legacy")).Select(file => file.File)];
        int mutants = Mutations.Count(4000), read = 0;
        double longest = 0, most = 0;
        foreach (byte[] seed in seeds)
            TryRead(seed, out _);
        for (int number = 0; number < mutants; number++)
        {
            byte[] file = TorchMutants.Mutate(seeds, (ulong)number);
            var watch = Stopwatch.StartNew();
            bool ok = TryRead(file, out long allocated);
            Assert.True(allocated <= Allowed(file.Length), $"mutant {number} of {file.Length} bytes took {allocated} bytes");
            Assert.True(watch.ElapsedMilliseconds < TooLong, $"mutant {number} took {watch.ElapsedMilliseconds} ms");
            longest = Math.Max(longest, watch.Elapsed.TotalMilliseconds);
            most = Math.Max(most, (double)allocated / Allowed(file.Length));
            read += ok ? 1 : 0;
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"torch.save, {kind}: {mutants} mutants, {read} read, {mutants - read} rejected, at most {longest:f1} ms and {100 * most:f0} % of the memory allowed"));
        Assert.InRange(read, mutants / 50, mutants - (mutants / 10));
    }

    /// <summary>Small pickles that would grow, each in an archive.</summary>
    [Theory]
    [InlineData("memo", "the file is damaged: the memo has no place 4294967040, at byte 8 of its pickle")]
    [InlineData("encode", "the file is damaged: it repeats its own parts without end, at byte 1071 of its pickle")]
    [InlineData("dict", "the file is damaged: it repeats its own parts without end, at byte 590 of its pickle")]
    [InlineData("nested", "the file holds no tensors; right would be torch.save(model.state_dict(), FILE)")]
    [InlineData("cycle", "the file holds no tensors; right would be torch.save(model.state_dict(), FILE)")]
    [InlineData("text", "the file is damaged: it ends too early, at byte 7 of its pickle")]
    [InlineData("unmarked", "the file is damaged: a mark is missing, at byte 3 of its pickle")]
    [InlineData("endless", "the file is damaged: it ends too early, at byte 3 of its pickle")]
    [InlineData("eval", "the file refers to 'builtins.eval', a part of a program, and Fovea runs none: it reads tensors in plain containers only; right would be the weights alone: torch.save(model.state_dict(), FILE), or of a checkpoint torch.save(checkpoint['state_dict'], FILE)")]
    [InlineData("escape", "the file refers to 'os\\u001B[31m.system', a part of a program, and Fovea runs none: it reads tensors in plain containers only; right would be the weights alone: torch.save(model.state_dict(), FILE), or of a checkpoint torch.save(checkpoint['state_dict'], FILE)")]
    public void Pickles_that_would_grow_or_run_are_refused(string name, string message)
    {
        byte[] file = TorchMutants.Archive(Pickle(name));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(message, Assert.Throws<ModelFormatException>(() => PyTorchFile.Parse(file)).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Allowed(file.Length));
    }

    private static byte[] Pickle(string name) => name switch
    {
        "memo" => [0x80, 2, (byte)'}', (byte)'r', 0, 255, 255, 255, (byte)'.'],
        // A text of 1,000 characters, encoded again and again.
        "encode" => Encoding.Latin1.GetBytes($"\u0080\u0002c_codecs\nencode\nq\0X\u00E8\u0003\0\0{new string('a', 1000)}\u008C\u0006latin1\u0086q\u0001{Repeat("h\0h\u0001R", 1000)}."),
        "dict" => Encoding.Latin1.GetBytes($"\u0080\u0002ccollections\nOrderedDict\nq\0]({Repeat("K\u0001K\u0002\u0086", 100)}e\u0085q\u0001{Repeat("h\0h\u0001R", 100)}."),
        "nested" => Encoding.Latin1.GetBytes($"\u0080\u0002){Repeat("\u0085", 100_000)}."),
        "cycle" => Encoding.Latin1.GetBytes("\u0080\u0002}q\0\u008C\u0001ah\0s."),
        "text" => [0x80, 2, (byte)'X', 255, 255, 255, 127, (byte)'a', (byte)'.'],
        "unmarked" => [0x80, 2, (byte)'t', (byte)'.'],
        "endless" => [0x80, 2, (byte)'}'],
        "eval" => Encoding.Latin1.GetBytes("\u0080\u0004\u008C\u0008builtins\u008C\u0004eval\u0093\u008C\u00011\u0085R."),
        _ => Encoding.Latin1.GetBytes("\u0080\u0002cos\u001B[31m\nsystem\n."),
    };

    /// <summary>Tensors that look elsewhere than their storage, which has four floats.</summary>
    [Theory]
    [InlineData(1, "(4,)", "(1,)", "the file is damaged: tensor 'w' of shape (4) reaches to element 4 of a storage of 4")]
    [InlineData(0, "(2, 3)", "(2, 1)", "the file is damaged: tensor 'w' of shape (2, 3) reaches to element 4 of a storage of 4")]
    [InlineData(0, "(-1,)", "(1,)", "the file is damaged: tensor 'w' needs an offset, sizes and as many strides, all from 0 on")]
    [InlineData(-1, "(1,)", "(1,)", "the file is damaged: tensor 'w' needs an offset, sizes and as many strides, all from 0 on")]
    [InlineData(0, "(2,)", "(1, 1)", "the file is damaged: tensor 'w' needs an offset, sizes and as many strides, all from 0 on")]
    [InlineData(0, "(9223372036854775807, 9223372036854775807)", "(9223372036854775807, 9223372036854775807)", "the file is damaged: tensor 'w' of shape (9223372036854775807, 9223372036854775807) reaches to element 85070591730234615838173535747377725442 of a storage of 4")]
    [InlineData(0, "(100000, 100000)", "(0, 0)", "tensor 'w' of shape (100000, 100000) repeats 4 numbers more often than the file is long; right would be only those")]
    public void Tensors_that_leave_their_storage_are_refused(long offset, string size, string strides, string message)
    {
        var pickle = new List<byte>(Encoding.Latin1.GetBytes("\u0080\u0002}\u008C\u0001wctorch._utils\n_rebuild_tensor_v2\n("));
        pickle.AddRange(Encoding.Latin1.GetBytes("(\u008C\u0007storagectorch\nFloatStorage\n\u008C\u00010\u008C\u0003cpuK\u0004tQ"));
        Long(offset);
        Tuple(size);
        Tuple(strides);
        pickle.AddRange(Encoding.Latin1.GetBytes("\u0089}tRs."));
        byte[] file = TorchMutants.Archive([.. pickle], Golden.File("four"));
        Assert.Equal(message, Assert.Throws<ModelFormatException>(() => PyTorchFile.Parse(file)).Message);

        void Long(long value)
        {
            pickle.AddRange([0x8A, 8]);
            pickle.AddRange(BitConverter.GetBytes(value));
        }

        void Tuple(string text)
        {
            pickle.Add((byte)'(');
            foreach (string number in text.Trim('(', ')').Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                Long(long.Parse(number, CultureInfo.InvariantCulture));
            pickle.Add((byte)'t');
        }
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    /// <summary>An object and its place on the stack for each byte, and what an exception takes.</summary>
    private static long Allowed(long bytes) => 100 * bytes + 100_000;

    /// <summary>Reads the file and all of its tensors, each of which may take as much as the file.</summary>
    private static bool TryRead(byte[] file, out long allocated)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            StateDict read = PyTorchFile.Parse(file);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            foreach (StoredTensor tensor in read.Tensors)
            {
                long start = GC.GetAllocatedBytesForCurrentThread();
                Assert.Equal((long)tensor.Length * tensor.Type.Size(), tensor.Data.Length);
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - start, 0, 2 * file.Length + 2000);
            }
            return true;
        }
        catch (ModelFormatException error)
        {
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.DoesNotContain('\n', error.Message);
            return false;
        }
    }
}
