
namespace Fovea.Cli.Tests;

/// <summary>A model trained once on a few digits, and images of digits: what the tests of other commands use.</summary>
public sealed class TrainedModel : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TrainedModel()
    {
        CommandRun.Of("train", "digits", "--limit", "300", "--epochs", "2", "--batch-size", "16", "--out", _folder["run"]).Succeeds();
        CommandRun.Of("data", "export", "digits", "--limit", "20", "--out", _folder["images"]).Succeeds();
        Images = [.. Directory.GetFiles(_folder["images"], "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
    }

    public string Folder => _folder.Path;

    public string Model => Path.Combine(_folder["run"], "model.safetensors");

    public string[] Images { get; }

    public void Dispose() => _folder.Dispose();
}
