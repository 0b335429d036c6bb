using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Serialization;
using Fovea.Serialization.PyTorch;
using Fovea.Tensors;

namespace Fovea.Cli.Tests;

/// <summary>Weights from PyTorch, from the command line.</summary>
public class ImportTests
{
    private static readonly Network Network = PresetCatalog.Create("lenet5", new Shape(1, 28, 28), 3, seed: 5);

    [Fact]
    public void Weights_become_a_model_with_names_and_normalisation()
    {
        using var folder = new TemporaryFolder();
        PyTorchFile.Write(folder["w.pt"], [.. ModelFile.Tensors(Network).Select(tensor => tensor with { Name = $"module.{tensor.Name}" })]);
        File.WriteAllText(folder["labels.txt"], "one\r\ntwo\r\nthree\n\n");

        CommandRun run = CommandRun.Of("import", folder["w.pt"], "--preset", "lenet5", "--labels", folder["labels.txt"], "--mean", "0.25", "--std", "0.5", "--out", folder["m.safetensors"]).Succeeds();

        Assert.Equal($"lenet5 for 1×28×28 and 3 classes is {folder["m.safetensors"]}\n", run.Out.ReplaceLineEndings("\n"));
        Assert.Contains("'module.' before every name is dropped", run.Error);
        Model model = ModelFile.Load(folder["m.safetensors"]);
        Assert.Equal(["one", "two", "three"], model.ClassNames);
        Assert.Equal((0.25, 0.5), (model.Normalization.Mean[0], model.Normalization.Deviation[0]));
        foreach ((Parameter want, Parameter got) in Network.Parameters.Zip(model.Network.Parameters))
            Assert.Equal(want.Value.Values.ToArray(), got.Value.Values.ToArray());
    }

    [Fact]
    public void A_safetensors_file_without_a_network_is_imported_too_and_gets_another_head()
    {
        using var folder = new TemporaryFolder();
        SafeTensorsWriter.Write(folder["w.bin"], ModelFile.Tensors(Network), new Dictionary<string, string>());
        CommandRun run = CommandRun.Of("import", folder["w.bin"], "--preset", "lenet5", "--classes", "4", "--out", folder["m"]).Succeeds();
        Assert.Contains("is left out, which tells 3 classes apart, and drawn anew for 4: it has to be trained", run.Error);
        Assert.Equal(4, ModelFile.Load(folder["m"]).ClassNames.Count);
    }

    [Fact]
    public void Colour_networks_of_1000_classes_are_normalised_as_ImageNet_is()
    {
        using var folder = new TemporaryFolder();
        PyTorchFile.Write(folder["w.pt"], PresetCatalog.Create("lenet5", new Shape(3, 28, 28), 1000));
        CommandRun.Of("import", folder["w.pt"], "--preset", "lenet5", "--input", "3x28x28", "--out", folder["m"]).Succeeds();
        Assert.Equal("0.485 0.456 0.406", string.Join(' ', ModelFile.Load(folder["m"]).Normalization.Mean));
    }

    [Fact]
    public void Wrong_lines_and_files_are_refused()
    {
        using var folder = new TemporaryFolder();
        PyTorchFile.Write(folder["w.pt"], Network);
        File.WriteAllText(folder["labels.txt"], "first class\nsecond class");
        CommandRun.Of("import", folder["w.pt"], "--preset", "lenet5").FailsWith(ExitCode.WrongUsage, "--out");
        CommandRun.Of("import", folder["w.pt"], "--out", folder["m"]).FailsWith(ExitCode.WrongUsage, "--preset must say which network the weights are of");
        CommandRun.Of("import", folder["w.pt"], "--preset", "lennet5", "--out", folder["m"]).FailsWith(ExitCode.WrongUsage, "unknown model 'lennet5' (did you mean 'lenet5'?)");
        CommandRun.Of("import", folder["w.pt"], "--preset", "lenet5", "--out", folder["w.pt"]).FailsWith(ExitCode.WrongUsage, "--out must name another file");
        CommandRun.Of("import", folder["w.pt"], "--preset", "lenet5", "--mean", "1,x", "--out", folder["m"]).FailsWith(ExitCode.WrongUsage, "--mean");
        CommandRun.Of("import", folder["w.pt"], "--preset", "lenet5", "--mean", "0.5,0.5", "--out", folder["m"]).FailsWith(ExitCode.WrongUsage, "--mean takes one number or 1, one a channel, got 2");
        CommandRun.Of("import", folder["w.pt"], "--preset", "lenet5", "--labels", folder["labels.txt"], "--out", folder["m"]).FailsWith(ExitCode.WrongUsage, "names 2 classes, and the network has 3; --classes 2 draws its last layer anew");
        CommandRun.Of("import", folder["labels.txt"], "--preset", "lenet5", "--out", folder["m"]).FailsWith(ExitCode.Failed, "a text file, not a safetensors file; right would be");
        CommandRun.Of("import", folder["none.pt"], "--preset", "lenet5", "--out", folder["m"]).FailsWith(ExitCode.Failed, "there is no file");
        CommandRun.Of("predict", folder["w.pt"], "x.png").FailsWith(ExitCode.Failed, "right would be: fovea import FILE --preset NAME");
        Assert.False(File.Exists(folder["m"]));
    }
}
