using System.Globalization;
using BenchmarkDotNet.Running;
using Fovea.Benchmarks;
using Fovea.Benchmarks.Images;
using Fovea.Benchmarks.Race;

// `images SECONDS FILE...` is Fovea's side of `benchmarks/images`.
if (args is ["images", var time, .. var pictures])
{
    ImageTimes.Run(double.Parse(time, CultureInfo.InvariantCulture), pictures);
    return 0;
}
// `image-folder ROUNDS FOLDER`, too: from a folder to the bytes that training takes.
if (args is ["image-folder", var rounds, var photographs])
{
    ImageTimes.RunFolder(int.Parse(rounds, CultureInfo.InvariantCulture), photographs);
    return 0;
}
// `augment SECONDS STEPS...` measures augmentations.
if (args is ["augment", var duration, .. var augmentations])
{
    AugmentationSpeed.Run(double.Parse(duration, CultureInfo.InvariantCulture), augmentations);
    return 0;
}
// `scenes FOLDER EACH SEED` makes the pictures of `benchmarks/folder`.
if (args is ["scenes", var folder, var each, var seed])
{
    Scenes.Write(folder, int.Parse(each, CultureInfo.InvariantCulture), ulong.Parse(seed, CultureInfo.InvariantCulture));
    return 0;
}
// `latency THREADS SECONDS FIGURE...` is Fovea's side of `benchmarks/neighbours`.
if (args is ["latency", var most, var lasting, .. var names])
    return Tell(names, name => LatencyFigure.Run(name, int.Parse(most, CultureInfo.InvariantCulture), double.Parse(lasting, CultureInfo.InvariantCulture)));
// `onnx THREADS SECONDS FILE-OR-PRESET...` runs ONNX files here and in ONNX Runtime.
if (args is ["onnx", var many, var span, .. var models])
    return Tell(models, model => OnnxRace.Run(model, int.Parse(many, CultureInfo.InvariantCulture), double.Parse(span, CultureInfo.InvariantCulture)));
// `race CACHE THREADS SECONDS FIGURE...` is Fovea's side of `benchmarks/run`. Anything else goes to BenchmarkDotNet:
// `--filter '*Convolution*'`.
if (args is not ["race", var cache, var threads, var seconds, .. var figures])
{
    BenchmarkSwitcher.FromAssembly(typeof(ConvolutionBenchmarks).Assembly).Run(args);
    return 0;
}
var setting = new RaceSetting(cache, int.Parse(threads, CultureInfo.InvariantCulture), double.Parse(seconds, CultureInfo.InvariantCulture));
return Tell(figures, figure => Figures.Run(figure, setting));

static int Tell(string[] figures, Action<string> run)
{
    try
    {
        foreach (string figure in figures)
            run(figure);
        return 0;
    }
    catch (RaceException error)
    {
        Console.Error.WriteLine(error.Message);
        return 1;
    }
}
