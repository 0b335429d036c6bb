using System.Text;
using Fovea.Imaging.Png;
using Fovea.Imaging.Pnm;
using Fovea.Imaging.Tests.Bmp;
using Fovea.Imaging.Tests.Gif;
using Fovea.Imaging.Tests.Jpeg;
using Fovea.Imaging.Tests.Png;
using Fovea.Imaging.Tests.Tiff;
using Fovea.Imaging.Tests.WebP;
using Fovea.Networks.Text;
using Fovea.Onnx.Tests.Files;
using Fovea.Serialization;
using Fovea.Tests.Serialization;

namespace Fovea.Fuzz;

/// <summary>Small sound files of every kind, which the fuzzer changes.</summary>
internal static class Seeds
{
    private const int MaxBytes = 4000;

    public static IEnumerable<byte[]> Of(string reader) => (reader switch
    {
        "bmp" => Bmp(),
        "gif" => [.. GifBuilder.Golden().Select(golden => golden.File), GifBuilder.File(40, 30, [], GifBuilder.Control(), GifBuilder.Frame(5, 6, 9, 3, new byte[27], 4, local: GifBuilder.Colours(16)))],
        "jpeg" => JpegGolden.Files.Select(golden => golden.File),
        "png" => Png(),
        "pnm" => ["P1\n# c\n4 3\n0101 1010 0 0 0 0\n"u8.ToArray(), "P2\n4 2\n15\n0 1 2 3 4 5 6 15\n"u8.ToArray(), "P3 # c\n2 1 65535\n0 1 2 300 65535 5\n"u8.ToArray(), [.. "P4\n9 3\n"u8, 1, 2, 3, 4, 5, 6], PnmEncoder.Encode(JpegGolden.Image(9, 7, 1)), PnmEncoder.Encode(JpegGolden.Image(5, 4, 3)), [.. "P5 3 2 1000\n"u8, 0, 1, 1, 2, 2, 1, 2, 2, 3, 0, 3, 0]],
        "tiff" => TiffBuilder.Golden.Select(golden => golden.File),
        "webp" => WebPBuilder.Golden.Select(golden => golden.File),
        "model" => [Model(SampleModels.Small()), Model(SampleModels.Branched())],
        "checkpoint" => [Checkpoint()],
        "network" => [.. new[] { SampleModels.Small(), SampleModels.Branched() }.Select(model => Encoding.UTF8.GetBytes(NetworkText.Write(model.Network))), "network a\ninput 3x16x16\nclasses 4\nconv 8 3 pad=same\nbatchnorm\nrelu\nskip = conv 8 3 pad=same\nadd relu1\nmaxpool 2\ndropout2d 0.25\nflatten\nlinear classes\nsoftmax\n"u8.ToArray()],
        "onnx" => SampleFiles.All(),
        "idx" => [[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 1, 2, 3, 4, 0, 0, 8, 1, 0, 0, 0, 2, 0, 1, 10]],
        _ => throw new ArgumentException($"there is no reader '{reader}'; there are {string.Join(", ", Readers.All.Keys)}"),
    }).Where(file => file.Length <= MaxBytes);

    private static byte[] Model(Model model) => SampleModels.WithoutHash(SampleModels.Write(ModelFile.Tensors(model.Network), ModelFile.Metadata(model)));

    private static byte[] Checkpoint()
    {
        Model model = SampleModels.Small();
        string path = Path.GetTempFileName();
        try
        {
            CheckpointFile.Save(path, new CheckpointData
            {
                Model = model,
                OptimizerName = "adam",
                OptimizerStates = [.. model.Network.TrainableParameters.Select(parameter => new[] { new float[parameter.Value.Length], new float[parameter.Value.Length] })],
                OptimizerSteps = 3,
                Epoch = 12,
                Step = 40,
                Seed = 7,
                SettingsJson = """{"lr":0.1}""",
                BestParameters = model.Network.Parameters.ToDictionary(parameter => parameter.Name, parameter => new float[parameter.Value.Length]),
            });
            return SampleModels.WithoutHash(File.ReadAllBytes(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static IEnumerable<byte[]> Png()
    {
        foreach (int depth in (int[])[1, 2, 4, 8, 16])
            foreach (int interlace in (int[])[0, 1])
                foreach (int colour in (int[])[0, 2, 3, 4, 6])
                    yield return PngBuilder.File(
                        PngBuilder.Header(5, 6, depth, colour, interlace), PngBuilder.Chunk("PLTE", new byte[6]), PngBuilder.Chunk("tRNS", new byte[colour == 2 ? 6 : 2]),
                        PngBuilder.Data(new byte[400]), PngBuilder.End());
        for (int channels = 1; channels <= 4; channels++)
            yield return PngEncoder.Encode(JpegGolden.Image(23, 17, channels));
    }

    private static IEnumerable<byte[]> Bmp()
    {
        byte[] palette = BmpBuilder.Palette(256, 4), sixteen = BmpBuilder.Palette(16, 4);
        return
        [
            BmpBuilder.File(9, 5, 1, BmpBuilder.Palette(2, 4), BmpBuilder.Pack(new byte[45], 9, 1)),
            BmpBuilder.File(9, -5, 4, sixteen, BmpBuilder.Pack(new byte[45], 9, 4)),
            BmpBuilder.File(9, 5, 8, palette, BmpBuilder.Pack(new byte[45], 9, 8)),
            BmpBuilder.CoreFile(9, 5, 4, BmpBuilder.Palette(16, 3), BmpBuilder.Pack(new byte[45], 9, 4)),
            BmpBuilder.File(4, 4, 24, [], new byte[48]),
            BmpBuilder.File(4, 4, 32, [], new byte[64], 3, 124, [0xFF0000, 0xFF00, 0xFF, 0xFF000000]),
            BmpBuilder.File(4, 4, 16, [], new byte[32], 3, masks: [0xF800, 0x07E0, 0x001F]),
            BmpBuilder.File(6, 3, 8, palette, [3, 7, 0, 3, 1, 2, 3, 0, 0, 0, 0, 2, 2, 1, 4, 9, 0, 1], 1),
            BmpBuilder.File(5, 3, 4, sixteen, [5, 0x12, 0, 0, 0, 5, 0x34, 0x56, 0x70, 0, 0, 0, 5, 1, 0, 1], 2),
            BmpBuilder.File(3, 2, 24, [], [2, 10, 20, 30, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 1], 4, headerBytes: 64),
        ];
    }
}
