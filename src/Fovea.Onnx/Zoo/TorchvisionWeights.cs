using System.Globalization;
using System.Text.RegularExpressions;
using Fovea.Data;
using Fovea.Networks;
using Fovea.Serialization;
using Fovea.Serialization.Pretrained;

namespace Fovea.Onnx.Zoo;

/// <summary>
/// A file of torchvision's, trained on ImageNet (IMAGENET1K_V1). Its name ends in the first digits of its SHA-256. It is
/// kept as a model of Fovea, with the normalisation that it was trained with.
/// </summary>
internal sealed partial record TorchvisionWeights : ZooWeights
{
    private const string Address = "https://download.pytorch.org/models/";

    private readonly string _file;

    /// <param name="file">The file's name: <c>resnet18-f37072fd.pth</c>.</param>
    /// <param name="address">The folder it is in; torchvision's unless given.</param>
    public TorchvisionWeights(string file, string address = Address)
        : base(new Uri(address + file)) => _file = file;

    /// <summary>Means and deviations of ImageNet's images, as torchvision has them.</summary>
    public static Normalization ImageNet { get; } = new([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);

    /// <summary>Values from −1 to 1, which networks from Google were trained with; torchvision converts to them inside the network.</summary>
    public static Normalization Symmetric { get; } = new([0.5, 0.5, 0.5], [0.5, 0.5, 0.5]);

    /// <summary>How pixels are normalised.</summary>
    public Normalization Normalization { get; init; } = ImageNet;

    internal override string FileName => "model.safetensors";

    /// <summary>The first digits of the hash: what stands between the last <c>-</c> and the extension.</summary>
    internal string Hash => _file[(_file.LastIndexOf('-') + 1)..^Path.GetExtension(_file).Length];

    internal override async Task FetchAsync(ZooEntry entry, string folder, ZooOptions options, CancellationToken cancellation)
    {
        string path = await options.Downloader.DownloadAsync(new DatasetDownload(_file, Url, Size: 0, Hash), folder, options.Progress, cancellation).ConfigureAwait(false);
        Network network = PretrainedWeights.Create(entry.Preset!, Renamed(PretrainedWeights.Read(path))).Network;
        var info = new Dictionary<string, string> { ["source"] = Url.ToString(), ["trained"] = Origin };
        ModelFile.Save(Path.Combine(folder, FileName), new Model(network, normalization: Normalization, info: info));
        File.Delete(path);
    }

    /// <summary>DenseNet's file has the names of an older version: <c>denselayer1.norm.1.weight</c> for <c>denselayer1.norm1.weight</c>.</summary>
    private static StateDict Renamed(StateDict weights) => weights.Tensors.Any(tensor => OlderName().IsMatch(tensor.Name))
        ? new StateDict([.. weights.Tensors.Select(tensor => tensor.Named(OlderName().Replace(tensor.Name, "$1$2")))])
        : weights;

    [GeneratedRegex(@"(?<=\.denselayer\d+\.)(norm|conv)\.([12])(?=\.)", RegexOptions.CultureInvariant)]
    private static partial Regex OlderName();

    /// <summary>The line that says what torchvision measured.</summary>
    public static string OriginOf(double accuracy) =>
        string.Create(CultureInfo.InvariantCulture, $"torchvision, ImageNet-1k, {accuracy:0.00} % right of its validation images");
}
