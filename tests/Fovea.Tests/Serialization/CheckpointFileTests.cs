using Fovea.Networks;
using Fovea.Serialization;
using Fovea.Tensors;

namespace Fovea.Tests.Serialization;

public class CheckpointFileTests
{
    [Fact]
    public void A_loaded_checkpoint_is_the_saved_one_to_the_bit()
    {
        using var folder = new TemporaryFolder();
        CheckpointData saved = Sample();
        CheckpointFile.Save(folder.File("c"), saved);
        CheckpointData loaded = CheckpointFile.Load(folder.File("c"));
        Assert.Equal("adam", loaded.OptimizerName);
        Assert.Equal(long.MaxValue, loaded.OptimizerSteps);
        Assert.Equal(12, loaded.Epoch);
        Assert.Equal(1L << 40, loaded.Step);
        Assert.Equal(ulong.MaxValue, loaded.Seed);
        Assert.Equal(saved.SettingsJson, loaded.SettingsJson);
        Assert.Equal(saved.OptimizerStates.Count, loaded.OptimizerStates.Count);
        foreach ((float[][] a, float[][] b) in saved.OptimizerStates.Zip(loaded.OptimizerStates))
            Assert.Equal(a.Select(Bits), b.Select(Bits));
        Assert.Equal(saved.BestParameters!.Keys.Order(), loaded.BestParameters!.Keys.Order());
        foreach ((string name, float[] values) in saved.BestParameters)
            Assert.Equal(Bits(values), Bits(loaded.BestParameters[name]));
        Assert.Equal(saved.Averages!.Keys.Order(), loaded.Averages!.Keys.Order());
        foreach ((string name, float[] values) in saved.Averages)
            Assert.Equal(Bits(values), Bits(loaded.Averages[name]));
        foreach ((Parameter a, Parameter b) in saved.Model.Network.Parameters.Zip(loaded.Model.Network.Parameters))
            Assert.Equal(Bits(a.Value.Span.ToArray()), Bits(b.Value.Span.ToArray()));
        Assert.Equal(saved.Model.ClassNames, ModelFile.Load(folder.File("c")).ClassNames);
        Assert.Equal(["c"], folder.Names);
    }

    [Fact]
    public void States_and_best_parameters_may_be_absent()
    {
        using var folder = new TemporaryFolder();
        CheckpointFile.Save(folder.File("c"), Sample() with { OptimizerStates = [], BestParameters = null, Averages = null });
        CheckpointData loaded = CheckpointFile.Load(folder.File("c"));
        Assert.All(loaded.OptimizerStates, Assert.Empty);
        Assert.Null(loaded.BestParameters);
        Assert.Null(loaded.Averages);
    }

    [Fact]
    public void States_that_are_not_the_networks_are_refused()
    {
        using var folder = new TemporaryFolder();
        CheckpointData sample = Sample();
        Assert.Throws<ArgumentException>(() => CheckpointFile.Save(folder.File("c"), sample with { OptimizerStates = [.. sample.OptimizerStates.Skip(1)] }));
        Assert.Throws<ArgumentException>(() => CheckpointFile.Save(folder.File("c"), sample with { BestParameters = new Dictionary<string, float[]>() }));
        Assert.Throws<ArgumentException>(() => CheckpointFile.Save(folder.File("c"), sample with { Averages = new Dictionary<string, float[]>() }));
        Assert.Throws<ArgumentException>(() => CheckpointFile.Save(folder.File("c"), sample with { OptimizerStates = [.. sample.OptimizerStates.Select(s => new[] { s[0], new float[1] })] }));
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void A_model_is_no_checkpoint()
    {
        using var folder = new TemporaryFolder();
        ModelFile.Save(folder.File("m"), SampleModels.Small());
        Assert.Contains("no checkpoint", Assert.Throws<ModelFormatException>(() => CheckpointFile.Load(folder.File("m"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_hold_for_checkpoints_of_others_and_are_lifted_for_a_run_of_ones_own()
    {
        using var folder = new TemporaryFolder();
        CheckpointFile.Save(folder.File("c"), Sample());

        Assert.True(Assert.Throws<ModelFormatException>(() => CheckpointFile.Load(folder.File("c"), new ModelLimits { Activations = 1 })).PassesLimits);
        Assert.NotNull(CheckpointFile.Load(folder.File("c"), ModelLimits.None));
    }

    internal static CheckpointData Sample()
    {
        Model model = SampleModels.Small();
        var rng = new Rng(9);
        float[] Random(int length)
        {
            var values = new float[length];
            foreach (ref float value in values.AsSpan())
                value = BitConverter.UInt32BitsToSingle((uint)rng.NextUInt64());
            return values;
        }
        return new CheckpointData
        {
            Model = model,
            OptimizerName = "adam",
            OptimizerStates = [.. model.Network.TrainableParameters.Select(parameter => new[] { Random(parameter.Value.Length), Random(parameter.Value.Length) })],
            OptimizerSteps = long.MaxValue,
            Epoch = 12,
            Step = 1L << 40,
            Seed = ulong.MaxValue,
            SettingsJson = """{"lr":0.1,"note":"a \"quote\""}""",
            BestParameters = model.Network.Parameters.ToDictionary(parameter => parameter.Name, parameter => Random(parameter.Value.Length)),
            Averages = model.Network.Parameters.ToDictionary(parameter => parameter.Name, parameter => Random(parameter.Value.Length)),
        };
    }

    private static uint[] Bits(float[] values) => [.. values.Select(BitConverter.SingleToUInt32Bits)];
}
