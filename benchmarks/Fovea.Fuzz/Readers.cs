using System.Text;
using Fovea.Data;
using Fovea.Execution;
using Fovea.Imaging;
using Fovea.Imaging.Bmp;
using Fovea.Imaging.Gif;
using Fovea.Imaging.Jpeg;
using Fovea.Imaging.Png;
using Fovea.Imaging.Pnm;
using Fovea.Imaging.Tests.Png;
using Fovea.Imaging.Tiff;
using Fovea.Imaging.WebP;
using Fovea.Networks;
using Fovea.Networks.Text;
using Fovea.Onnx;
using Fovea.Onnx.Import;
using Fovea.Serialization;
using Fovea.Serialization.PyTorch;

namespace Fovea.Fuzz;

/// <summary>Everything that reads what a stranger may have written. A reader ends in a result or in its documented exception, within its memory.</summary>
internal static class Readers
{
    private const int MaxPixels = 1 << 16;

    /// <summary>What a run of a network may compute, so that the fuzzer tries many networks rather than few large ones.</summary>
    private const double MaxMultiplyAdds = 1e6;

    private static readonly ImageLimits Limits = new() { MaxPixels = MaxPixels };
    private static readonly ModelLimits Models = new() { Activations = 1e5, MultiplyAdds = MaxMultiplyAdds, WindowSums = MaxMultiplyAdds };

    public static IReadOnlyDictionary<string, Action<byte[]>> All { get; } = new Dictionary<string, Action<byte[]>>
    {
        ["bmp"] = Image(new BmpDecoder()),
        ["gif"] = Image(new GifDecoder()),
        ["jpeg"] = Image(new JpegDecoder()),
        ["png"] = Image(new PngDecoder(), PngBuilder.FixSums),
        ["pnm"] = Image(new PnmDecoder()),
        ["tiff"] = Image(new TiffDecoder()),
        ["webp"] = Image(new WebPDecoder()),
        ["model"] = file => Run(ModelFile.Parse(file, Models).Network),
        ["safetensors"] = file => SafeTensors.Parse(file),
        ["pytorch"] = file => ReadAll(PyTorchFile.Parse(file)),
        ["checkpoint"] = file => CheckpointFile.Parse(file, Models),
        ["network"] = file => Run(NetworkText.Parse(Encoding.UTF8.GetString(file)).CreateBlank(new Tensors.Shape(3, 16, 16), 4, Models)),
        ["onnx"] = file => Run(OnnxFile.Parse(file, new OnnxImportOptions { Limits = Models }).Network),
        ["idx"] = Idx,
    };

    /// <exception cref="InvalidOperationException">It took more memory than a file may; other exceptions say what a reader did not expect.</exception>
    public static void Read(string reader, byte[] file)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            All[reader](file);
        }
        catch (Exception error) when (error is ImageFormatException or ModelFormatException or NetworkTextException or DataFormatException)
        {
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before, most = (1L << 26) + (400L * file.Length);
        if (allocated > most)
            throw new InvalidOperationException($"{reader}: {file.Length} bytes took {allocated} bytes of memory, more than {most}");
    }

    /// <summary>A file is decoded whole and, whatever came of that, reduced.</summary>
    /// <param name="decoder">The reader.</param>
    /// <param name="repair">Writes right check sums, past which nothing would get otherwise.</param>
    private static Action<byte[]> Image(ImageDecoder decoder, Action<byte[]>? repair = null) => file =>
    {
        repair?.Invoke(file);
        try
        {
            decoder.Decode(file, Limits);
        }
        catch (ImageFormatException)
        {
        }
        int least = 1 << (file.Length % 6);
        decoder.DecodeReduced(file, Limits, new MinSize(least, least), out _);
    };

    /// <summary>What is accepted must lie in the file. One tensor may take what the file does, so only a few are copied.</summary>
    private static void ReadAll(StateDict tensors)
    {
        foreach (StoredTensor tensor in tensors.Tensors.Take(20))
            if (tensor.Data.Length != (long)tensor.Length * tensor.Type.Size())
                throw new InvalidOperationException($"{tensor} has {tensor.Data.Length} bytes");
    }

    /// <summary>What is accepted must run.</summary>
    private static void Run(Network network) =>
        network.Compile(new PlanOptions { Threads = 1 }).Forward(new float[network.InputShape.Length]);

    /// <summary>Images, and behind them labels: the file's last byte says where they begin.</summary>
    private static void Idx(byte[] file)
    {
        int labels = file.Length == 0 ? 0 : Math.Max(0, file.Length - 1 - file[^1]);
        IdxReader.Read(new MemoryStream(file, 0, labels), new MemoryStream(file, labels, file.Length - labels), "idx");
    }
}
