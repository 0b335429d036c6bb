using Fovea.Data;
using Fovea.Data.Synthetic;
using Fovea.Onnx.Zoo;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Onnx.Tests.Zoo;

public class ShippedModelTests
{
    [Fact]
    public void All_are_there_and_say_what_they_reach()
    {
        Assert.Equal(["lenet5-digits", "lenet5-mnist", "shapes", "smileys"], ShippedModels.Names);
        Assert.All(ShippedModels.Names, name => Assert.Contains(" %", ShippedModels.Load(name).Info["reaches"], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("lenet5-digits", "digits", 0.97)]
    [InlineData("shapes", "shapes", 0.97)]
    [InlineData("smileys", "smileys", 0.97)]
    public void They_know_the_data_they_were_made_for(string name, string dataset, double least)
    {
        Model model = ShippedModels.Load(name.ToUpperInvariant());
        IDataset test = BuiltIn.Open(dataset, DatasetSplit.Test);
        var some = new Subset(test, [.. Enumerable.Range(0, 1000)], test.Name);
        Assert.InRange(new Evaluator(model, DatasetAdapter.Fit(some, model.Network.InputShape)).Evaluate().Accuracy, least, 1);
    }

    [Fact]
    public void An_unknown_name_is_refused_with_those_there_are()
    {
        var error = Assert.Throws<ArgumentException>(() => ShippedModels.Load("lenet5-mnst"));
        Assert.Contains("did you mean 'lenet5-mnist'", error.Message, StringComparison.Ordinal);
    }
}
