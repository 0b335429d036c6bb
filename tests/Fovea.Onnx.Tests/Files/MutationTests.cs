using System.Diagnostics;
using System.Globalization;
using Fovea.Imaging.Tests;
using Fovea.Networks;
using Fovea.Onnx.Files;
using Fovea.Onnx.Import;
using Fovea.Serialization;
using Fovea.Tensors;

namespace Fovea.Onnx.Tests.Files;

/// <summary>Thousands of damaged files end in a model or in the documented exception, without more memory than the file justifies.</summary>
public class MutationTests
{
    private const long Allowance = 1 << 20, PerByte = 400;

    [Fact]
    public void Damaged_models_are_read_or_refused() => Attack("read", 5_000, Allowance, file => OnnxReader.Parse(file));

    [Fact]
    public void Damaged_models_become_networks_or_are_refused()
    {
        var options = new OnnxImportOptions { Limits = new ModelLimits { Activations = 1e5, MultiplyAdds = 1e6, WindowSums = 1e6 } };
        Attack("imported", 1_000, 64 * Allowance, file => OnnxFile.Parse(file, options));
    }

    private static void Attack(string what, int count, long allowance, Action<byte[]> read)
    {
        var rng = new Rng(91);
        List<byte[]> seeds = SampleFiles.All();
        int taken = 0, mutants = Mutations.Count(count);
        long most = 0;
        double longest = 0;
        for (int i = 0; i < mutants; i++)
        {
            byte[] file = Mutations.Mutate(seeds, ref rng);
            long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
            try
            {
                read(file);
                taken++;
            }
            catch (ModelFormatException error)
            {
                Assert.DoesNotContain('\n', error.Message);
            }
            catch (Exception error)
            {
                string kept = Path.Combine(Path.GetTempPath(), $"fovea-mutant-{i}.onnx");
                File.WriteAllBytes(kept, file);
                Assert.Fail($"mutant {i}, kept as {kept}: {error}");
            }
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= allowance + PerByte * file.Length, $"mutant {i} of {file.Length} bytes took {allocated} bytes");
            (most, longest) = (Math.Max(most, allocated), Math.Max(longest, Stopwatch.GetElapsedTime(start).TotalMilliseconds));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"onnx: {mutants} mutants, {taken} {what}, {mutants - taken} rejected, at most {longest:f0} ms and {most >> 10} KB"));
        Assert.InRange(taken, 1, mutants - 1);
    }
}
