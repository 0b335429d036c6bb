using Fovea.Data;
using Fovea.Imaging.Classifying;
using Fovea.Imaging.Folders;
using Fovea.Imaging.Jpeg;
using Fovea.Imaging.Png;
using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Quantization;
using Fovea.Serialization;
using Fovea.Tensors;
using Fovea.Training;

namespace Fovea.Imaging.Tests;

/// <summary>From an image, however it comes, to ranked classes.</summary>
public sealed class ImageClassifierTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fovea-classifier").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task However_an_image_comes_the_guesses_are_the_same()
    {
        var classifier = new ImageClassifier(Colours());
        byte[] file = PngEncoder.Encode(TestData.Image(37, 21, 3));
        string path = Put("a.png", file);
        var predictor = new Predictor(classifier.Model);
        float[] expected = predictor.Predict(new ModelPreparation(classifier.Model, ImageLimits.Default).Prepare(file).Pixels).ToArray();

        Classification first = classifier.Classify(path, top: 3);
        Assert.Equal(Guess.Best(expected, classifier.ClassNames, 3), first.Guesses);
        Assert.Equal(first.Guesses[0], first.Best);
        Assert.Equal(["scaled from 37×21 to 12×12"], first.Notes);
        foreach (Classification other in (Classification[])
            [
                classifier.Classify(file, top: 3), classifier.Classify(new MemoryStream(file), top: 3), classifier.Classify(ImageFile.Load(path), top: 3),
                classifier.Classify(await ImageFile.LoadAsync(path), top: 3), classifier.Classify(ImageFile.Load(new MemoryStream(file)), top: 3),
                classifier.Classify(await ImageFile.LoadAsync(new MemoryStream(file)), top: 3),
                await classifier.ClassifyAsync(path, top: 3), await classifier.ClassifyAsync(new MemoryStream(file), top: 3),
                classifier.ClassifyBatch([path], top: 3).Single().Classification!,
            ])
        {
            Assert.Equal(first.Guesses, other.Guesses);
            Assert.Equal(first.Notes, other.Notes);
        }
        Assert.Equal(4, classifier.Classify(path).Guesses.Count);
        Assert.Equal(1, classifier.Classify(path).Guesses.Sum(guess => guess.Probability), 1e-5);
    }

    [Fact]
    public void Images_are_prepared_as_the_folder_was_that_a_model_learnt_from()
    {
        Put("photos/a/large.jpg", JpegEncoder.Encode(TestData.Image(301, 203, 3), 85));
        Put("photos/a/transparent.png", PngEncoder.Encode(TestData.Image(50, 31, 4)));
        Put("photos/b/grey.png", PngEncoder.Encode(TestData.Image(9, 7, 1)));
        Put("photos/b/same.png", PngEncoder.Encode(TestData.Image(12, 12, 3)));
        Model model = Colours();
        FolderDataset folder = ImageFolder.Load(Path.Join(_root, "photos"), new ImageFolderOptions { ImageShape = model.Network.InputShape, Background = Colour.BackgroundOf(model) }).Train;
        var preparation = new ModelPreparation(model, ImageLimits.Default);
        var learnt = new float[folder.ImageShape.Length];
        for (int i = 0; i < folder.Count; i++)
        {
            folder.Read(i, learnt);
            Assert.Equal(learnt, preparation.Prepare(File.ReadAllBytes(Path.Join(_root, "photos", folder.File(i)))).Pixels);
        }
    }

    [Fact]
    public async Task Many_threads_at_once_get_what_one_gets()
    {
        var classifier = new ImageClassifier(Colours());
        byte[][] files = [.. Enumerable.Range(0, 40).Select(i => PngEncoder.Encode(TestData.Image(20, 20, 3, (ulong)i)))];
        IReadOnlyList<Guess>[] alone = [.. files.Select(file => classifier.Classify(file).Guesses)];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Factory.StartNew(
            () =>
            {
                for (int round = 0; round < 5; round++)
                    for (int i = 0; i < files.Length; i++)
                        Assert.Equal(alone[(i + 5 * thread) % files.Length], classifier.Classify(files[(i + 5 * thread) % files.Length]).Guesses);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
    }

    [Fact]
    public async Task Batches_keep_their_order_and_say_what_cannot_be_classified()
    {
        var classifier = new ImageClassifier(Colours());
        string[] paths = [.. Enumerable.Range(0, 2 * classifier.BatchSize + 5).Select(i => Put($"{i}.png", i % 7 == 3 ? "no image"u8.ToArray() : PngEncoder.Encode(TestData.Image(15, 18, 3, (ulong)i))))];
        paths[1] = Path.Join(_root, "missing.png");
        ClassifiedImage[] results = [.. classifier.ClassifyBatch(paths, top: 2)];

        Assert.Equal(paths, results.Select(result => result.Name));
        for (int i = 0; i < paths.Length; i++)
            if (i == 1 || i % 7 == 3)
                Assert.Null(results[i].Classification);
            else
                Assert.Equal(classifier.Classify(paths[i], top: 2).Guesses, results[i].Classification!.Guesses, Close);
        Assert.Contains("there is no file", results[1].Error, StringComparison.Ordinal);
        Assert.Contains("are read", results[3].Error, StringComparison.Ordinal);
        Assert.All(results.Where(result => result.Error is not null), result => Assert.DoesNotContain('\n', result.Error!));

        var later = new List<ClassifiedImage>();
        await foreach (ClassifiedImage result in classifier.ClassifyBatchAsync(paths, top: 2))
            later.Add(result);
        Assert.Equal(results.Select(Text), later.Select(Text));

        static string Text(ClassifiedImage image) => $"{image.Name} {image.Error} {string.Join(',', image.Classification?.Guesses ?? [])}";
    }

    [Fact]
    public async Task Work_can_be_cancelled()
    {
        var classifier = new ImageClassifier(Colours());
        string path = Put("a.png", PngEncoder.Encode(TestData.Image(15, 18, 3)));
        using var ending = new CancellationTokenSource();
        int seen = 0;
        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            foreach (ClassifiedImage _ in classifier.ClassifyBatch(Enumerable.Repeat(path, 4 * classifier.BatchSize), cancellation: ending.Token))
                if (++seen == 3)
                    ending.Cancel();
        });
        Assert.Equal(classifier.BatchSize, seen);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => classifier.ClassifyAsync(path, cancellation: ending.Token));
    }

    [Fact]
    public void A_quantised_model_runs_in_int8()
    {
        Model model = Colours();
        var rng = new Rng(1);
        byte[] pixels = [.. Enumerable.Range(0, 16 * model.Network.InputShape.Length).Select(_ => (byte)rng.NextInt(256))];
        var data = new MemoryDataset("noise", model.Network.InputShape, model.ClassNames, pixels, [.. Enumerable.Range(0, 16).Select(i => i % 4)]);
        QuantizedNetwork quantized = Quantizer.Quantize(model.Network, data, model.Normalization);
        var small = new Model(quantized.Network, model.ClassNames, model.Normalization, quantization: quantized.Scheme);
        string path = Put("a.png", PngEncoder.Encode(TestData.Image(12, 12, 3)));
        ModelFile.Save(Path.Join(_root, "int8"), small);

        IReadOnlyList<Guess> guesses = ImageClassifier.Load(Path.Join(_root, "int8")).Classify(path).Guesses;

        float[] image = new ModelPreparation(small, ImageLimits.Default).Prepare(File.ReadAllBytes(path)).Pixels;
        Assert.Equal(Guess.Best(new Predictor(small).Predict(image), small.ClassNames, 4), guesses);
        Assert.NotEqual(new ImageClassifier(new Model(small.Network, small.ClassNames, small.Normalization)).Classify(path).Guesses, guesses);
    }

    [Fact]
    public async Task Models_come_from_files_and_streams_alike()
    {
        Model model = Colours();
        new ImageClassifier(model).Save(Path.Join(_root, "model"));
        byte[] file = File.ReadAllBytes(Path.Join(_root, "model"));
        var stream = new MemoryStream();
        ModelFile.Save(stream, model);
        Assert.Equal(file, stream.ToArray());
        byte[] image = PngEncoder.Encode(TestData.Image(12, 12, 3));
        IReadOnlyList<Guess> guesses = new ImageClassifier(model).Classify(image).Guesses;
        foreach (Model read in (Model[])
            [
                ModelFile.Load(new MemoryStream(file)), await ModelFile.LoadAsync(new MemoryStream(file)), await ModelFile.LoadAsync(Path.Join(_root, "model")),
                ImageClassifier.Load(Path.Join(_root, "model")).Model, (await ImageClassifier.LoadAsync(Path.Join(_root, "model"))).Model,
            ])
            Assert.Equal(guesses, new ImageClassifier(read).Classify(image).Guesses);
        Assert.Throws<ModelFormatException>(() => ModelFile.Load(new MemoryStream(file[..^1])));
        await Assert.ThrowsAsync<ModelFormatException>(() => ModelFile.LoadAsync(new MemoryStream([1, 2, 3])));
    }

    [Fact]
    public async Task Errors_say_what_is_wrong()
    {
        string path = Put("vector.safetensors", []);
        ModelFile.Save(path, new Model(new NetworkBuilder(new Shape(2, 5, 5)).Flatten().Linear(3).Build()));
        Assert.Equal($"{path}: the network makes (3) of (2, 5, 5); a classifier of images makes a vector of (1, H, W) or (3, H, W)", Assert.Throws<ModelFormatException>(() => ImageClassifier.Load(path)).Message);
        Assert.Throws<FileNotFoundException>(() => ImageClassifier.Load(Path.Join(_root, "none")));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageClassifier(Colours(), new ImageClassifierOptions { Threads = 0 }));

        var classifier = new ImageClassifier(Colours());
        string text = Put("text.jpg", "no image"u8.ToArray());
        Assert.StartsWith($"{text}: ", Assert.Throws<ImageFormatException>(() => classifier.Classify(text)).Message, StringComparison.Ordinal);
        Assert.StartsWith($"{text}: ", (await Assert.ThrowsAsync<ImageFormatException>(() => classifier.ClassifyAsync(text))).Message, StringComparison.Ordinal);
        Assert.Throws<ImageFormatException>(() => classifier.Classify("no image"u8));
        Assert.Throws<FileNotFoundException>(() => classifier.Classify(Path.Join(_root, "none.png")));
        Assert.Throws<ArgumentOutOfRangeException>(() => classifier.Classify(text, top: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => classifier.ClassifyBatch([text], top: 0));

        Model broken = Colours();
        broken.Network.Parameters[0].Value.Span.Fill(float.NaN);
        Assert.Contains("not finite numbers", Assert.Throws<NotFiniteNumberException>(() => new ImageClassifier(broken).Classify(PngEncoder.Encode(TestData.Image(5, 5, 3)))).Message, StringComparison.Ordinal);
    }

    /// <summary>A network for 12×12 colour images and four classes, with a normalisation and a background of its own.</summary>
    private static Model Colours() => new(
        PresetCatalog.Create("convnet-basic", new Shape(3, 12, 12), 4, seed: 5), ["a", "b", "c", "d"],
        new Normalization([0.4, 0.5, 0.6], [0.2, 0.3, 0.1]), background: [10, 200, 30]);

    private static bool Close(Guess a, Guess b) => a.Class == b.Class && Math.Abs(a.Probability - b.Probability) < 1e-5;

    private string Put(string name, byte[] bytes)
    {
        string path = Path.Join(_root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
