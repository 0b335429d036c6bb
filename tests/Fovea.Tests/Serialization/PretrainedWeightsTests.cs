using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Serialization;
using Fovea.Serialization.Pretrained;
using Fovea.Serialization.PyTorch;
using Fovea.Tensors;

namespace Fovea.Tests.Serialization;

public class PretrainedWeightsTests
{
    private static readonly Preset Preset = PresetCatalog.Find("lenet5");
    private static readonly Network Trained = Preset.Create(new Shape(1, 28, 28), 7, seed: 9);

    [Theory]
    [InlineData("")]
    [InlineData("module.")]
    [InlineData("module.model._orig_mod.")]
    public void What_stands_before_every_name_is_dropped(string prefix)
    {
        PretrainedNetwork read = PretrainedWeights.Create(Preset, Renamed(name => prefix + name), new Shape(1, 28, 28));
        Assert.Equal((prefix, 7, null, null), (read.Prefix, read.FileClasses, read.NewHead, read.InOrder));
        foreach ((Parameter want, Parameter got) in Trained.Parameters.Zip(read.Network.Parameters))
            Assert.Equal(want.Value.Values.ToArray(), got.Value.Values.ToArray());
    }

    [Fact]
    public void A_head_for_other_classes_is_drawn_anew_and_the_rest_is_kept()
    {
        PretrainedNetwork read = PretrainedWeights.Create(Preset, Renamed(name => name), new Shape(1, 28, 28), classes: 3, seed: 4);
        Assert.Equal(new Shape(3), read.Network.OutputShape);
        Assert.Equal((7, Head), (read.FileClasses, read.NewHead));
        Network drawn = Preset.Create(new Shape(1, 28, 28), 3, seed: 4);
        for (int i = 0; i < drawn.Parameters.Count; i++)
            Assert.Equal(
                (drawn.Parameters[i].Name.StartsWith(Head, StringComparison.Ordinal) ? drawn : Trained).Parameters[i].Value.Values.ToArray(),
                read.Network.Parameters[i].Value.Values.ToArray());
    }

    [Fact]
    public void A_head_that_is_missing_needs_a_number_of_classes()
    {
        StateDict backbone = Renamed(name => name.StartsWith(Head, StringComparison.Ordinal) ? null : name);
        Assert.Equal($"the file has no tensors of the last layer, '{Head}'; right would be the number of classes, for which it is drawn anew",
            Assert.Throws<ModelFormatException>(() => PretrainedWeights.Create(Preset, backbone, new Shape(1, 28, 28))).Message);
        PretrainedNetwork read = PretrainedWeights.Create(Preset, backbone, new Shape(1, 28, 28), classes: 7);
        Assert.Equal((null, Head), (read.FileClasses, read.NewHead));
    }

    [Fact]
    public void Tensors_of_other_names_are_taken_in_order_if_each_is_of_the_right_kind_and_shape()
    {
        int number = 0;
        PretrainedNetwork read = PretrainedWeights.Create(Preset, Renamed(name => $"blocks{number++ / 2}.{name.Split('.')[^1]}"), new Shape(1, 28, 28));
        Assert.Equal(("blocks0.weight", Trained.Parameters[0].Name), read.InOrder);
        Assert.Equal(Trained.Parameters[^1].Value.Values.ToArray(), read.Network.Parameters[^1].Value.Values.ToArray());
        int other = 0;
        Assert.StartsWith("the tensors are not those of network 'lenet5': missing ",
            Assert.Throws<ModelFormatException>(() => PretrainedWeights.Create(Preset, Renamed(_ => $"blocks{other++}.weight"), new Shape(1, 28, 28), 7)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_does_not_fit_is_listed_by_its_layers()
    {
        string message = Assert.Throws<ModelFormatException>(() => PretrainedWeights.Create(
            Preset, Renamed(name => name == Trained.Parameters[0].Name ? "extra.weight" : name), new Shape(1, 28, 28))).Message;
        Assert.Equal($"the tensors are not those of network 'lenet5': missing {Trained.Parameters[0].Name}; unexpected extra.weight", message);
        string bn = Assert.Throws<ModelFormatException>(() => PretrainedWeights.Create(PresetCatalog.Find("resnet18"), Renamed(name => name), classes: 7)).Message;
        Assert.Contains("layer1.0.bn1.{weight, bias, running_mean, running_var}", bn, StringComparison.Ordinal);
    }

    [Fact]
    public void Auxiliary_classifiers_and_counters_are_left_out()
    {
        List<NamedTensor> tensors = [.. ModelFile.Tensors(Trained), new("aux1.fc.weight", new Shape(2), new float[2]), new("bn1.num_batches_tracked", new Shape(1), new float[1])];
        Assert.Equal(["aux1"], PretrainedWeights.Create(Preset, Written(tensors), new Shape(1, 28, 28)).LeftOut);
    }

    [Fact]
    public void A_convolution_over_the_whole_input_fills_a_linear_layer()
    {
        NamedTensor[] tensors = [.. ModelFile.Tensors(Trained).Select(tensor => tensor.Shape.Rank == 2 ? tensor with { Shape = new Shape(tensor.Shape[0], tensor.Shape[1], 1, 1) } : tensor)];
        PretrainedNetwork read = PretrainedWeights.Create(Preset, Written(tensors), new Shape(1, 28, 28));
        Assert.Equal(Trained.Parameters[^2].Value.Values.ToArray(), read.Network.Parameters[^2].Value.Values.ToArray());
    }

    private static string Head => Trained.Nodes.Last(node => node.Parameters.Count > 0).Name;

    /// <summary>The trained network's tensors under other names, those without one left out.</summary>
    private static StateDict Renamed(Func<string, string?> name) =>
        Written([.. ModelFile.Tensors(Trained).Select(tensor => (Name: name(tensor.Name), tensor)).Where(pair => pair.Name is not null).Select(pair => pair.tensor with { Name = pair.Name! })]);

    private static StateDict Written(IReadOnlyList<NamedTensor> tensors)
    {
        using var stream = new MemoryStream();
        PyTorchFile.Write(stream, tensors);
        return PyTorchFile.Parse(stream.ToArray());
    }
}
