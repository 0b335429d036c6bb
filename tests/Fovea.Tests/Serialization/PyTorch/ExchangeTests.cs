using System.Diagnostics;
using System.Runtime.InteropServices;
using Fovea.Execution;
using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Serialization;
using Fovea.Serialization.Pretrained;
using Fovea.Serialization.PyTorch;
using Fovea.Tensors;

namespace Fovea.Tests.Serialization.PyTorch;

/// <summary>Networks go to PyTorch and come back, where it is installed (Debian's python3-torch and python3-torchvision).</summary>
public class ExchangeTests
{
    private const string Python = "/usr/bin/python3";
    private static readonly string[] Names = ["resnet18", "mobilenet_v2"];
    private static readonly Shape Input = new(3, 64, 48);

    [Fact]
    public void PyTorch_computes_the_same_of_what_was_written_and_so_do_we_of_what_comes_back()
    {
        if (!File.Exists(Python) || Run("-c", "import torch, torchvision").Code != 0)
        {
            Console.WriteLine($"skipped: {Python} has no torch and torchvision");
            return;
        }
        using var folder = new TemporaryFolder();
        foreach (string name in Names)
        {
            Network network = PresetCatalog.Create(name, Input, 7, seed: 3);
            float[] x = new float[2 * Input.Length];
            var rng = new Rng(4, 0);
            foreach (ref float value in x.AsSpan())
                value = (float)rng.NextDouble(-0.5, 0.5);
            PyTorchFile.Write(folder.File($"{name}.pt"), network);
            ModelFile.Save(folder.File($"{name}.safetensors"), new Model(network));
            File.WriteAllBytes(folder.File($"{name}.x"), MemoryMarshal.AsBytes(x.AsSpan()));
            File.WriteAllBytes(folder.File($"{name}.y"), MemoryMarshal.AsBytes(Outputs(network, x).AsSpan()));
        }
        (int code, string output) = Run(Script(folder), folder.File(""));
        Assert.True(code == 0 && output.Contains("done", StringComparison.Ordinal), output);
        foreach (string name in Names)
        {
            float[] x = Floats(folder.File($"{name}.x")), y = [.. MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(folder.File($"{name}-back.y"))).ToArray().Select(value => (float)value)];
            foreach ((string file, string prefix, double tolerance) in new[] { ("back", "module.", 1e-5), ("double", "", 1e-5), ("half", "", 5e-3) })
            {
                PretrainedNetwork read = PretrainedWeights.Create(PresetCatalog.Find(name), PretrainedWeights.Read(folder.File($"{name}-{file}.pt")), Input);
                Assert.Equal((7, prefix, null, null), (read.FileClasses, read.Prefix, read.NewHead, read.InOrder));
                foreach ((float want, float got) in y.Zip(Outputs(read.Network, x)))
                    Assert.InRange(got, want - tolerance, want + tolerance);
            }
        }
    }

    private static float[] Outputs(Network network, float[] x) => network.Compile(new PlanOptions { Batch = 2, Threads = 1 }).Forward(x).ToArray();

    private static float[] Floats(string path) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();

    private static string Script(TemporaryFolder folder)
    {
        string path = folder.File("exchange.script");
        using Stream script = typeof(ExchangeTests).Assembly.GetManifestResourceStream("exchange.py")!;
        using FileStream file = File.Create(path);
        script.CopyTo(file);
        return path;
    }

    private static (int Code, string Output) Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
