using Fovea.Data;
using Fovea.Data.Synthetic;
using Fovea.Execution;
using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Optimizers;
using Fovea.Quantization;
using Fovea.Serialization;
using Fovea.Tensors;
using Fovea.Tests.Data;
using Fovea.Training;

namespace Fovea.Tests.Quantization;

/// <summary>Quantised models: how well they do, and that files keep them.</summary>
public class QuantizedModelTests
{
    private static readonly Lazy<(Network Network, QuantizedNetwork Quantized, Normalization Normalization)> Trained = new(Train);

    [Fact]
    public void LeNet5_on_MNIST_loses_less_than_half_a_percent()
    {
        string? folder = TestData.Folder("mnist");
        if (folder is null)
            return;
        var options = new DatasetOptions { DataDirectory = Path.GetDirectoryName(folder) };
        Require(DatasetCatalog.Open("mnist", DatasetSplit.Train, options).Take(4000), DatasetCatalog.Open("mnist", DatasetSplit.Test, options).Take(2000));
    }

    [Fact]
    public void LeNet5_on_generated_digits_loses_less_than_half_a_percent() => Require(Digits.Generate(2500, seed: 1), Digits.Generate(2000, seed: 2));

    [Fact]
    public void A_file_keeps_every_bit_of_the_outputs_in_a_quarter_of_the_room()
    {
        using var folder = new TemporaryFolder();
        (Network network, QuantizedNetwork quantized, Normalization normalization) = Trained.Value;
        ModelFile.Save(folder.File("floats"), new Model(network, null, normalization));
        ModelFile.Save(folder.File("bytes"), new Model(quantized.Network, null, normalization, null, quantized.Scheme));
        Assert.InRange(new FileInfo(folder.File("bytes")).Length, 0, 0.3 * new FileInfo(folder.File("floats")).Length);

        Model loaded = ModelFile.Load(folder.File("bytes"));
        Assert.NotNull(loaded.Quantization);
        Assert.Equal(quantized.Scheme.Activations.ToDictionary(), loaded.Quantization.Activations.ToDictionary());
        Assert.Equal(quantized.Scheme.Method, loaded.Quantization.Method);
        var rng = new Rng(1);
        float[] input = References.Numbers.Gaussian(ref rng, network.InputShape.Length);
        Assert.Equal(Run(quantized.Network, quantized.Scheme), Run(loaded.Network, loaded.Quantization));
        ModelFile.Save(folder.File("again"), loaded);
        Assert.Equal(File.ReadAllBytes(folder.File("bytes")), File.ReadAllBytes(folder.File("again")));
        Assert.Null(ModelFile.Load(folder.File("floats")).Quantization);

        float[] Run(Network network, Fovea.Execution.QuantizationScheme scheme) => network.Compile(new PlanOptions { Quantization = scheme }).Forward(input).ToArray();
    }

    [Fact]
    public void Damaged_files_are_refused_or_run()
    {
        using var folder = new TemporaryFolder();
        Network network = new NetworkBuilder(new Shape(1, 6, 6)).Conv2d(3, 3).ReLU().Flatten().Linear(4).Build();
        var quantizer = new Quantizer(network, batch: 1);
        quantizer.Observe(new float[36]);
        QuantizedNetwork quantized = quantizer.Finish();
        ModelFile.Save(folder.File("model"), new Model(quantized.Network, quantization: quantized.Scheme));
        byte[] original = Serialization.SampleModels.WithoutHash(File.ReadAllBytes(folder.File("model")));
        int header = 8 + (int)System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(original);
        int valid = Mutations.Survive<ModelFormatException>(original, header, length => 64 * length + (8 << 20), bytes =>
        {
            Model model = ModelFile.Parse(bytes);
            if (model.Network.InputShape.Length <= 4096)
                model.Network.Compile(new PlanOptions { Threads = 1, Quantization = model.Quantization }).Forward(new float[model.Network.InputShape.Length]);
        });
        Assert.InRange(valid, 100, 9900);
    }

    private static (Network, QuantizedNetwork, Normalization) Train() => Train(Digits.Generate(300, seed: 1));

    private static (Network, QuantizedNetwork, Normalization) Train(IDataset training)
    {
        var normalization = Normalization.Of(training);
        Network network = PresetCatalog.Create("lenet5", training.ImageShape, 10, seed: 1);
        new Trainer(network, new Adam(2e-3), new TrainingOptions { Epochs = 2, BatchSize = 32 }, normalization).Run(training);
        return (network, Quantizer.Quantize(network, training, normalization), normalization);
    }

    private static void Require(IDataset training, IDataset test)
    {
        (Network network, QuantizedNetwork quantized, Normalization normalization) = Train(training);
        double before = new Evaluator(new Model(network, normalization: normalization), test).Evaluate().Accuracy;
        double after = new Evaluator(new Model(quantized.Network, normalization: normalization, quantization: quantized.Scheme), test).Evaluate().Accuracy;
        Assert.True(before > 0.9, $"accuracy {before:P2} before");
        Assert.True(after > before - 0.005, $"accuracy {before:P2} before and {after:P2} after");
    }
}
