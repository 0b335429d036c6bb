using Fovea.Data;
using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Serialization;
using Fovea.Tensors;

namespace Fovea.Onnx.Zoo;

/// <summary>The table of the zoo, a line a network. Counts are of the networks as they were published; tests compare them with the presets.</summary>
internal static class ZooTable
{
    public static IReadOnlyList<ZooEntry> All { get; } =
    [
        .. Family("LeNet", 1989, "LeCun et al., Backpropagation applied to handwritten zip code recognition", "https://doi.org/10.1162/neco.1989.1.4.541",
            new Row("lenet1989", 9_760, 63_660)),
        .. Family("LeNet", 1998, "LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition", "https://doi.org/10.1109/5.726791",
            new Row("lenet5-1998", 60_000, 325_680),
            new Row("lenet5", 61_706, 416_520)),
        .. Family("ZFNet", 2013, "Zeiler and Fergus, Visualizing and understanding convolutional networks", "https://arxiv.org/abs/1311.2901",
            new Row("zfnet", 62_357_608, 1_168_032_896)),
        .. Family("AlexNet", 2014, "Krizhevsky, One weird trick for parallelizing convolutional neural networks", "https://arxiv.org/abs/1404.5997",
            new Row("alexnet", 61_100_840, 714_188_480, Torchvision("alexnet-owt-7be5be79.pth", 56.52))),
        .. Family("VGG", 2014, "Simonyan and Zisserman, Very deep convolutional networks for large-scale image recognition", "https://arxiv.org/abs/1409.1556",
            new Row("vgg11", 132_863_336, 7_609_090_048, Torchvision("vgg11-8a719046.pth", 69.02)),
            new Row("vgg13", 133_047_848, 11_308_466_176, Torchvision("vgg13-19584684.pth", 69.93)),
            new Row("vgg16", 138_357_544, 15_470_264_320, Torchvision("vgg16-397923af.pth", 71.59)),
            new Row("vgg19", 143_667_240, 19_632_062_464, Torchvision("vgg19-dcbb9e9d.pth", 72.38)),
            new Row("vgg11_bn", 132_868_840, 7_609_090_048, Torchvision("vgg11_bn-6002323d.pth", 70.37)),
            new Row("vgg13_bn", 133_053_736, 11_308_466_176, Torchvision("vgg13_bn-abd245e5.pth", 71.59)),
            new Row("vgg16_bn", 138_365_992, 15_470_264_320, Torchvision("vgg16_bn-6c64b313.pth", 73.36)),
            new Row("vgg19_bn", 143_678_248, 19_632_062_464, Torchvision("vgg19_bn-c79401a0.pth", 74.22))),
        .. Family("GoogLeNet", 2014, "Szegedy et al., Going deeper with convolutions", "https://arxiv.org/abs/1409.4842",
            new Row("googlenet", 6_624_904, 1_498_376_192, Torchvision("googlenet-1378be20.pth", 69.78, symmetric: true))),
        .. Family("Inception", 2015, "Szegedy et al., Rethinking the inception architecture for computer vision", "https://arxiv.org/abs/1512.00567",
            new Row("inception_v3", 23_834_568, 5_713_216_096, Torchvision("inception_v3_google-0cc3c7bd.pth", 77.29, symmetric: true))),
        .. Family("ResNet", 2015, "He, Zhang, Ren and Sun, Deep residual learning for image recognition", "https://arxiv.org/abs/1512.03385",
            new Row("resnet18", 11_689_512, 1_814_073_344, Torchvision("resnet18-f37072fd.pth", 69.76)),
            new Row("resnet34", 21_797_672, 3_663_761_408, Torchvision("resnet34-b627a593.pth", 73.31)),
            new Row("resnet50", 25_557_032, 4_089_184_256, Torchvision("resnet50-0676ba61.pth", 76.13)),
            new Row("resnet101", 44_549_160, 7_801_405_440, Torchvision("resnet101-63fe2227.pth", 77.37)),
            new Row("resnet152", 60_192_808, 11_513_626_624, Torchvision("resnet152-394f9c45.pth", 78.31)),
            new Row("resnet18-features", 15_897_152, 2_044_772_352, Features)),
        .. Family("ResNet for CIFAR", 2015, "He, Zhang, Ren and Sun, Deep residual learning for image recognition", "https://arxiv.org/abs/1512.03385",
            new Row("resnet20", 269_722, 40_551_040),
            new Row("resnet32", 464_154, 68_862_592),
            new Row("resnet44", 658_586, 97_174_144),
            new Row("resnet56", 853_018, 125_485_696),
            new Row("resnet110", 1_727_962, 252_887_680)),
        .. Family("SqueezeNet", 2016, "Iandola et al., SqueezeNet: AlexNet-level accuracy with 50x fewer parameters", "https://arxiv.org/abs/1602.07360",
            new Row("squeezenet1_0", 1_248_424, 818_924_576, Torchvision("squeezenet1_0-b66bff10.pth", 58.09)),
            new Row("squeezenet1_1", 1_235_496, 349_151_936, Torchvision("squeezenet1_1-b8a52dc0.pth", 58.18))),
        .. Family("Wide ResNet", 2016, "Zagoruyko and Komodakis, Wide residual networks", "https://arxiv.org/abs/1605.07146",
            new Row("wide_resnet50_2", 68_883_240, 11_398_021_120, Torchvision("wide_resnet50_2-95faca4d.pth", 78.47)),
            new Row("wrn28-10", 36_479_194, 5_243_328_768)),
        .. Family("ResNeXt", 2016, "Xie et al., Aggregated residual transformations for deep neural networks", "https://arxiv.org/abs/1611.05431",
            new Row("resnext50_32x4d", 25_028_904, 4_230_479_872, Torchvision("resnext50_32x4d-7cdf4587.pth", 77.62))),
        .. Family("DenseNet", 2016, "Huang, Liu, van der Maaten and Weinberger, Densely connected convolutional networks", "https://arxiv.org/abs/1608.06993",
            new Row("densenet121", 7_978_856, 2_834_161_664, Torchvision("densenet121-a639ec97.pth", 74.43))),
        .. Family("MobileNet", 2018, "Sandler et al., MobileNetV2: inverted residuals and linear bottlenecks", "https://arxiv.org/abs/1801.04381",
            new Row("mobilenet_v2", 3_504_872, 300_774_272, Torchvision("mobilenet_v2-b0353104.pth", 71.88))),
        .. Family("ShuffleNet", 2018, "Ma, Zhang, Zheng and Sun, ShuffleNet V2: practical guidelines for efficient CNN architecture design", "https://arxiv.org/abs/1807.11164",
            new Row("shufflenet_v2_x1_0", 2_278_604, 144_907_992, Torchvision("shufflenetv2_x1-5666bf0f80.pth", 69.36))),
        .. Family("MNASNet", 2018, "Tan et al., MnasNet: platform-aware neural architecture search for mobile", "https://arxiv.org/abs/1807.11626",
            new Row("mnasnet1_0", 4_383_312, 314_415_872, Torchvision("mnasnet1.0_top1_73.512-f206786ef8.pth", 73.46))),
        .. Family("MobileNet", 2019, "Howard et al., Searching for MobileNetV3", "https://arxiv.org/abs/1905.02244",
            new Row("mobilenet_v3_large", 5_483_032, 216_589_760, Torchvision("mobilenet_v3_large-8738ca79.pth", 74.04)),
            new Row("mobilenet_v3_small", 2_542_856, 56_510_400, Torchvision("mobilenet_v3_small-047dcff4.pth", 67.67))),
        .. Family("EfficientNet", 2019, "Tan and Le, EfficientNet: rethinking model scaling for convolutional neural networks", "https://arxiv.org/abs/1905.11946",
            new Row("efficientnet_b0", 5_288_548, 385_814_752, Torchvision("efficientnet_b0_rwightman-3dd342df.pth", 77.69))),
        .. Family("RegNet", 2020, "Radosavovic et al., Designing network design spaces", "https://arxiv.org/abs/2003.13678",
            new Row("regnet_y_400mf", 4_344_144, 401_842_848, Torchvision("regnet_y_400mf-c65dace8.pth", 74.05))),
        .. Family("TinyVGG", 2020, "Wang et al., CNN Explainer: learning convolutional neural networks with interactive visualization", "https://arxiv.org/abs/2004.15004",
            new Row("tinyvgg", 19_920, 5_608_780)),
        .. Family("ConvNeXt", 2022, "Liu et al., A ConvNet for the 2020s", "https://arxiv.org/abs/2201.03545",
            new Row("convnext_tiny", 28_589_128, 4_455_531_264, Torchvision("convnext_tiny-983f1562.pth", 82.52))),
        .. Family("Airbench", 2024, "Jordan, 94% on CIFAR-10 in 3.29 seconds on a single GPU", "https://arxiv.org/abs/2404.00498",
            new Row("airbench94", 1_972_792, 118_147_360),
            new Row("airbench95", 4_606_520, 301_560_864),
            new Row("airbench96", 12_721_208, 615_201_056)),
    ];

    /// <summary>Microsoft's ResNet-18 up to its global pooling, and its preprocessing, as CNTK wrote them.</summary>
    private static PackageWeights Features => new(
        "microsoft.ml.dnnimagefeaturizer.resnet18", "0.23.1", 59_500_419, "7679c0f8832902d64019b7c8f79784d02bcbbce008d22a5249bdef8e8f45cb73",
        [
            new PackagedFile("tools/DnnImageModels/ResNet18Onnx/ResNet18.onnx", "model.onnx", "e2552f19db2dfdb01b3669537b6a0f1b44da38d18279535492ed5dfc2ef1ff8f"),
            new PackagedFile("tools/DnnImageModels/ResNetPrepOnnx/ResNetPreprocess.onnx", "preprocessing.onnx", "84bf8def78d0befaa3f6e73745d57d7016c6a192ead76f79686bd438c1047004"),
        ])
    {
        Join = WithPreprocessing,
        Origin = "Microsoft.ML.DnnImageFeaturizer.ResNet18 0.23.1, ImageNet, 512 features instead of classes",
    };

    /// <summary>The package's preprocessing takes values from 0 to 255, turns colours round and subtracts a mean image.</summary>
    private static Model WithPreprocessing(string folder)
    {
        const int white = 255;
        Network network = Composition.Of(
            OnnxFile.Load(Path.Combine(folder, "preprocessing.onnx")).Network, OnnxFile.Load(Path.Combine(folder, "model.onnx")).Network);
        return new Model(network, normalization: new Normalization([0, 0, 0], [1.0 / white, 1.0 / white, 1.0 / white]));
    }

    private static IEnumerable<ZooEntry> Family(string family, int year, string paper, string link, params Row[] rows) => rows.Select(row => new ZooEntry
    {
        Name = row.Name,
        Family = family,
        Year = year,
        Paper = paper,
        Link = new Uri(link),
        Preset = PresetCatalog.TryFind(row.Name),
        InputShape = PresetCatalog.TryFind(row.Name)?.InputShape ?? new Shape(3, 224, 224),
        Parameters = row.Parameters,
        MultiplyAdds = row.MultiplyAdds,
        Weights = row.Weights,
    });

    private static TorchvisionWeights Torchvision(string file, double accuracy, bool symmetric = false) => new(file)
    {
        Origin = TorchvisionWeights.OriginOf(accuracy),
        Normalization = symmetric ? TorchvisionWeights.Symmetric : TorchvisionWeights.ImageNet,
    };

    private sealed record Row(string Name, long Parameters, long MultiplyAdds, ZooWeights? Weights = null);
}
