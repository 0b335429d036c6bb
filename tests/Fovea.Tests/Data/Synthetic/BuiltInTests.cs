using Fovea.Data;
using Fovea.Data.Synthetic;

namespace Fovea.Tests.Data.Synthetic;

public class BuiltInTests
{
    [Theory]
    [InlineData("digits", DatasetSplit.Test, "digits/test")]
    [InlineData("Shapes", DatasetSplit.Train, "shapes/train")]
    [InlineData("shapes", DatasetSplit.Test, "shapes/test")]
    public void Opens_what_its_entry_says(string name, DatasetSplit split, string expected)
    {
        BuiltInEntry entry = BuiltIn.Find(name)!;
        IDataset data = BuiltIn.Open(name, split);
        Assert.Equal(expected, data.Name);
        Assert.Equal(split == DatasetSplit.Train ? entry.TrainCount : entry.TestCount, data.Count);
        Assert.Equal(entry.ImageShape, data.ImageShape);
        Assert.Equal(entry.ClassNames, data.ClassNames);
    }

    [Fact]
    public void Seed_0_is_the_default()
    {
        var data = (MemoryDataset)BuiltIn.Open("shapes", DatasetSplit.Test);
        Fingerprint.AssertBegins(Shapes.Generate(50, seed: 0, split: DatasetSplit.Test), data);
        Assert.False(Shapes.Generate(1, seed: 1, split: DatasetSplit.Test).Pixels(0).SequenceEqual(data.Pixels(0)));
    }

    [Fact]
    public void Unknown_names_are_refused_with_the_known_ones()
    {
        Assert.Null(BuiltIn.Find("mnist"));
        var error = Assert.Throws<DatasetNotFoundException>(() => BuiltIn.Open("letters", DatasetSplit.Train));
        Assert.Equal("no built-in data set is called 'letters'; there are digits, shapes, smileys, sentences", error.Message);
    }
}
