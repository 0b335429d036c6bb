using System.Text.Json;
using Fovea.Networks;
using Fovea.Serialization;

namespace Fovea.Cli.Tests;

/// <summary><c>fovea train DATA --from MODEL</c>: features of what was trained before, and a head on them.</summary>
public sealed class TransferTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _from;

    public TransferTests()
    {
        CommandRun.Of("train", "shapes", "--model", "tinyvgg", "--limit", "60", "--epochs", "1", "--batch-size", "16", "--out", _folder["before"]).Succeeds();
        _from = Path.Combine(_folder["before"], "model.safetensors");
    }

    private string[] Digits => ["train", "digits", "--limit", "120", "--batch-size", "16", "--from", _from];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_head_learns_from_features_and_the_backbone_stays_as_it_is()
    {
        CommandRun run = CommandRun.Of([.. Digits, "--epochs", "3", "--out", _folder["head"]]).Succeeds();
        Assert.Contains(run.Messages, line => line.StartsWith($"features of {_from}: the output of ", StringComparison.Ordinal));
        Model before = ModelFile.Load(_from), after = Load("head");
        Assert.Equal(10, after.ClassNames.Count);
        Assert.Equal(before.Normalization, after.Normalization);
        Assert.Equal(_from, after.Info["from"]);
        foreach (Parameter parameter in before.Network.Parameters.SkipLast(2))
            Assert.Equal(parameter.Value.Values.ToArray(), after.Network.Parameters.First(other => other.Name == parameter.Name).Value.Values.ToArray());
        CommandRun.Of("evaluate", Path.Combine(_folder["head"], "model.safetensors"), "digits", "--limit", "50").Succeeds();
    }

    [Theory]
    [InlineData("--epochs", "4")]
    [InlineData("--epochs", "3", "--augment", "rotate:10", "--variants", "2")]
    [InlineData("--epochs", "4", "--unfreeze", "--head-epochs", "2")]
    [InlineData("--epochs", "6", "--unfreeze", "gradual", "--head-epochs", "2", "--lr-backbone", "1e-4")]
    public void What_is_interrupted_ends_with_the_same_weights(params string[] options)
    {
        CommandRun.Of([.. Digits, .. options, "--out", _folder["whole"]]).Succeeds();
        CommandRun.InterruptedAt("epoch   2 ", [.. Digits, .. options, "--out", _folder["parts"], "--threads", "1"]);
        CommandRun.Of("train", "--resume", "--out", _folder["parts"]).Succeeds();
        Assert.Equal(Bytes("whole"), Bytes("parts"));
    }

    [Fact]
    public void All_layers_learn_when_they_are_unfrozen_and_all_at_one_from_the_same_classes()
    {
        CommandRun run = CommandRun.Of([.. Digits, "--epochs", "1", "--unfreeze", "--head-epochs", "2", "--out", _folder["all"]]).Succeeds();
        Assert.Contains(run.Messages, line => line.StartsWith("the head learnt for 2 epochs", StringComparison.Ordinal));
        Model before = ModelFile.Load(_from);
        Assert.NotEqual(before.Network.Parameters[0].Value.Values.ToArray(), Load("all").Network.Parameters[0].Value.Values.ToArray());

        string[] same = ["train", "shapes", "--limit", "40", "--from", _from, "--epochs", "1"];
        Assert.Contains("with all its layers", CommandRun.Of([.. same, "--unfreeze", "--out", _folder["on"]]).Succeeds().Error);
        Assert.Contains("knows these classes already", CommandRun.Of([.. same, "--out", _folder["again"]]).Succeeds().Error);
    }

    [Fact]
    public void Folds_share_the_features()
    {
        CommandRun run = CommandRun.Of(["train", "shapes", "--limit", "60", "--from", _from, "--epochs", "2", "--folds", "3", "--out", _folder["folds"], "--json"]).Succeeds();
        Assert.Equal(JsonValueKind.Object, run.Json().ValueKind);
    }

    [Fact]
    public void A_node_to_cut_behind_is_named_or_refused_with_those_there_are()
    {
        CommandRun.Of([.. Digits, "--epochs", "1", "--cut", "flaten", "--out", _folder["no"]]).FailsWith(ExitCode.WrongUsage, "no node of 'tinyvgg' is named 'flaten'", "there are ");
        string node = ModelFile.Load(_from).Network.Nodes.First(candidate => candidate.OutputShape.IsMaps).Name;
        CommandRun.Of([.. Digits, "--epochs", "1", "--cut", node, "--out", _folder["cut"]]).Succeeds();
        Assert.Equal(node, Load("cut").Info["cut"]);
    }

    [Theory]
    [InlineData("train digits --unfreeze", "--unfreeze needs --from")]
    [InlineData("train digits --cut flatten", "--cut needs --from")]
    [InlineData("train digits --from FROM --lr-backbone 1e-4", "--lr-backbone needs --unfreeze")]
    [InlineData("train digits --from FROM --head-epochs 3", "--head-epochs needs --unfreeze")]
    [InlineData("train digits --from FROM --freeze conv1 --unfreeze", "leave out one of them")]
    [InlineData("train digits --from FROM --unfreeze some", "one of all, gradual")]
    [InlineData("train digits --from FROM --unfreeze --lr 1e-3 --lr-backbone 1e-2", "is larger than --lr")]
    [InlineData("train digits --from FROM --variants 3", "--variants needs --augment")]
    [InlineData("train digits --from FROM --augment mixup:0.2 --out OUT", "leave out mixup and cutmix")]
    [InlineData("train photos --recipe photos-transfer", "needs --from")]
    public void What_does_not_go_together_is_said_in_a_line(string line, string message) =>
        CommandRun.Of([.. line.Split(' ').Select(word => word switch { "FROM" => _from, "OUT" => _folder["out"], _ => word })]).FailsWith(ExitCode.WrongUsage, message);

    private Model Load(string run) => ModelFile.Load(Path.Combine(_folder[run], "model.safetensors"));

    private byte[] Bytes(string run) => File.ReadAllBytes(Path.Combine(_folder[run], "model.safetensors"));
}
