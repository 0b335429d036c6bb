using Fovea.Data;
using Fovea.Data.Synthetic;
using Fovea.Networks.Presets;
using Fovea.Optimizers;
using Fovea.Serialization;
using Fovea.Training;

var training = Digits.Generate(10_000);
var test = BuiltIn.Open("digits", DatasetSplit.Test);
var normalization = Normalization.Of(training);
var network = PresetCatalog.Create("lenet5", training.ImageShape, classes: 10, seed: 1);
var trainer = new Trainer(network, new AdamW(0.002), new TrainingOptions { Epochs = 3 }, normalization);
trainer.EpochCompleted += epoch => Console.WriteLine($"epoch {epoch.Epoch}: loss {epoch.Loss:F3}");
trainer.Run(training);
var model = new Model(network, training.ClassNames, normalization);
Console.WriteLine($"accuracy {new Evaluator(model, test).Evaluate().Accuracy:P1}");
ModelFile.Save("digits.safetensors", model);
