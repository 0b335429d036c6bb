using CustomLayer;
using Fovea.Data;
using Fovea.Data.Synthetic;
using Fovea.Networks.Text;
using Fovea.Optimizers;
using Fovea.Serialization;
using Fovea.Training;

ChannelScale.Register();

// The layer has a word in networks as text, and settings by their names.
var network = NetworkText.Parse("""
    conv 16 3 pad=same
    relu
    maxpool 2
    skip = pool1
    conv 16 3 pad=same
    relu
    channelscale channels=channels
    add skip
    flatten
    linear classes
    softmax
    """).Create(Digits.Generate(1).ImageShape, classes: 10);

var training = Digits.Generate(5_000);
var normalization = Normalization.Of(training);
var trainer = new Trainer(network, new AdamW(0.002), new TrainingOptions { Epochs = 2 }, normalization);
trainer.EpochCompleted += epoch => Console.WriteLine($"epoch {epoch.Epoch}: loss {epoch.Loss:F3}");
trainer.Run(training);

// ... and in model files.
ModelFile.Save("scaled.safetensors", new Model(network, training.ClassNames, normalization));
var model = ModelFile.Load("scaled.safetensors");
Console.WriteLine($"factors {string.Join(' ', model.Network["channelscale1"].Parameters[0].Value.Values.ToArray().Select(factor => factor.ToString("F2")))}");
Console.WriteLine($"accuracy {new Evaluator(model, BuiltIn.Open("digits", DatasetSplit.Test)).Evaluate().Accuracy:P1}");
