using System.Diagnostics;
using System.Globalization;
using Fovea.Imaging.Tests;
using Fovea.Onnx.Files;
using Fovea.Serialization;
using Fovea.Tensors;

namespace Fovea.Onnx.Tests.Files;

/// <summary>Thousands of damaged files end in a model or in the documented exception, without more memory than the file justifies.</summary>
public class MutationTests
{
    private const long Allowance = 1 << 20, PerByte = 400;

    [Fact]
    public void Damaged_models_are_read_or_refused()
    {
        var rng = new Rng(91);
        List<byte[]> seeds = SampleFiles.All();
        int read = 0, mutants = Mutations.Count(5_000);
        long most = 0;
        double longest = 0;
        for (int i = 0; i < mutants; i++)
        {
            byte[] file = Mutations.Mutate(seeds, ref rng);
            long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
            try
            {
                OnnxReader.Parse(file);
                read++;
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
            Assert.True(allocated <= Allowance + PerByte * file.Length, $"mutant {i} of {file.Length} bytes took {allocated} bytes");
            (most, longest) = (Math.Max(most, allocated), Math.Max(longest, Stopwatch.GetElapsedTime(start).TotalMilliseconds));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"onnx: {mutants} mutants, {read} read, {mutants - read} rejected, at most {longest:f0} ms and {most >> 10} KB"));
        Assert.InRange(read, 1, mutants - 1);
    }
}
