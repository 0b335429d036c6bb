using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Fovea.Diagnostics;
using Fovea.Imaging.Classifying;
using Fovea.Imaging.Preparing;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Imaging;

/// <summary>
/// Says what images show: a trained model with all that is needed from an image file to ranked classes. Images are
/// prepared as they were for training, and a quantised model runs in int8. It may be used by many threads at once, and
/// there is nothing to dispose.
/// </summary>
public sealed class ImageClassifier
{
    private const int DefaultTop = 5;
    private const int MaxBatch = 32;
    private const int MaxBatchFloats = 1 << 21;

    private readonly ImageClassifierOptions _options;
    private readonly ModelPreparation _preparation;
    private readonly PredictorPool _predictors;

    /// <summary>A classifier of a model.</summary>
    /// <param name="model">The model; its parameters are not to change while the classifier is used.</param>
    /// <param name="options">How it works; defaults if null.</param>
    /// <exception cref="ArgumentException">The network is no classifier of images, which makes a vector of (1, H, W) or (3, H, W).</exception>
    /// <exception cref="ArgumentOutOfRangeException">Threads are not positive.</exception>
    public ImageClassifier(Model model, ImageClassifierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _options = options ?? new ImageClassifierOptions();
        if (_options.Threads is { } threads)
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads, nameof(options));
        if (ModelPreparation.WhyNot(model) is { } reason)
            throw new ArgumentException(reason, nameof(model));
        Model = model;
        _preparation = new ModelPreparation(model, _options.ImageLimits);
        _predictors = new PredictorPool(model, _options.Threads, _options.Views);
        BatchSize = Predictor.FittingBatch(model, Math.Clamp(MaxBatchFloats / model.Network.InputShape.Length, 1, MaxBatch), _options.Threads);
    }

    /// <summary>The network, its normalisation and the names of its classes.</summary>
    public Model Model { get; }

    /// <summary>The classes' names in the order of the network's outputs.</summary>
    public IReadOnlyList<string> ClassNames => Model.ClassNames;

    /// <summary>How many images <see cref="ClassifyBatch(IEnumerable{ImageInput}, int, CancellationToken)"/> takes at a time.</summary>
    public int BatchSize { get; }

    /// <summary>Reads a classifier from a model file.</summary>
    /// <param name="path">The file, such as <c>fovea train</c> and <see cref="Save"/> write.</param>
    /// <param name="options">How it works; defaults if null.</param>
    /// <exception cref="ModelFormatException">The file is not a sound model, or its network is no classifier of images; the message names the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static ImageClassifier Load(string path, ImageClassifierOptions? options = null) =>
        Of(ModelFile.Load(path, options?.ModelLimits), path, options);

    /// <summary>Reads a classifier from a model file, without holding a thread while the disk works.</summary>
    /// <param name="path">The file, such as <c>fovea train</c> and <see cref="Save"/> write.</param>
    /// <param name="options">How it works; defaults if null.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="ModelFormatException">The file is not a sound model, or its network is no classifier of images; the message names the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="OperationCanceledException">The reading was ended.</exception>
    public static async Task<ImageClassifier> LoadAsync(string path, ImageClassifierOptions? options = null, CancellationToken cancellation = default) =>
        Of(await ModelFile.LoadAsync(path, options?.ModelLimits, cancellation).ConfigureAwait(false), path, options);

    private static ImageClassifier Of(Model model, string path, ImageClassifierOptions? options) =>
        ModelPreparation.WhyNot(model) is { } reason ? throw new ModelFormatException($"{path}: {reason}") : new ImageClassifier(model, options);

    /// <summary>
    /// Trains a classifier on a folder of images: the network, its input, the augmentation, what is held out for validation
    /// and test, and the number of epochs are those of <c>fovea train FOLDER</c> unless the options say otherwise, and so
    /// are the weights, to the bit. Training occupies the calling thread and as many others as the options say.
    /// </summary>
    /// <param name="folder">A folder (or .zip, .tar, .tar.gz) with one sub-folder per class, or <c>train/</c> and <c>test/</c> above those.</param>
    /// <param name="options">What to train and how; defaults if null.</param>
    /// <param name="progress">Is told of images read, steps, epochs, and what the test says; from the training's own threads.</param>
    /// <param name="cancellation">Ends the training after the step in progress.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder or archive.</exception>
    /// <exception cref="Data.DataFormatException">It is no data set: no class folders, only one, or one without images.</exception>
    /// <exception cref="ArgumentException">An option is out of range or does not fit the folder.</exception>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="TrainingDivergedException">Loss or weights are no numbers any more; the message says what to try.</exception>
    /// <exception cref="OperationCanceledException">The training was ended.</exception>
    public static ImageClassifier Train(string folder, ImageTrainingOptions? options = null, IProgress<ImageTrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        options ??= new ImageTrainingOptions();
        Model model = new FolderTraining(folder, options, progress, cancellation).Run();
        return new ImageClassifier(model, new ImageClassifierOptions { Threads = options.Threads });
    }

    /// <summary>Writes the model as a file for <see cref="Load"/> and <c>fovea predict</c>, whole or not at all.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void Save(string path) => ModelFile.Save(path, Model);

    /// <summary>Says what an image file shows.</summary>
    /// <param name="path">The file; its format is known by its content.</param>
    /// <param name="top">How many classes to name.</param>
    /// <exception cref="ImageFormatException">The content is damaged, not supported or over the limits; the message names the file.</exception>
    /// <exception cref="UnusableImageException">A drawing is wanted, and the image is blank or too faint; the message names the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="NotFiniteNumberException">The network's outputs are no numbers.</exception>
    public Classification Classify(string path, int top = DefaultTop)
    {
        RequireTop(top);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Named(path, () => Classify(ImageFile.ReadBytes(path, _options.ImageLimits), top, path));
    }

    /// <summary>Says what the image in a stream shows, which is read to its end.</summary>
    /// <param name="image">The bytes of an image file.</param>
    /// <param name="top">How many classes to name.</param>
    /// <exception cref="ImageFormatException">The content is damaged, not supported or over the limits.</exception>
    /// <exception cref="UnusableImageException">A drawing is wanted, and the image is blank or too faint.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="NotFiniteNumberException">The network's outputs are no numbers.</exception>
    public Classification Classify(Stream image, int top = DefaultTop)
    {
        ArgumentNullException.ThrowIfNull(image);
        RequireTop(top);
        return Classify(ImageFile.ReadBytes(image, _options.ImageLimits), top, UnnamedImage);
    }

    /// <summary>Says what the image in the bytes of a file shows.</summary>
    /// <param name="file">The bytes.</param>
    /// <param name="top">How many classes to name.</param>
    /// <exception cref="ImageFormatException">The content is damaged, not supported or over the limits.</exception>
    /// <exception cref="UnusableImageException">A drawing is wanted, and the image is blank or too faint.</exception>
    /// <exception cref="NotFiniteNumberException">The network's outputs are no numbers.</exception>
    public Classification Classify(ReadOnlySpan<byte> file, int top = DefaultTop)
    {
        RequireTop(top);
        return Classify(file, top, UnnamedImage);
    }

    /// <summary>
    /// Says what an image in memory shows. (Of a JPEG file many times larger than the network's input, the other overloads
    /// decode no more pixels than are needed, as training did.)
    /// </summary>
    /// <param name="image">The image; unchanged.</param>
    /// <param name="top">How many classes to name.</param>
    /// <exception cref="UnusableImageException">A drawing is wanted, and the image is blank or too faint.</exception>
    /// <exception cref="NotFiniteNumberException">The network's outputs are no numbers.</exception>
    public Classification Classify(Image image, int top = DefaultTop)
    {
        ArgumentNullException.ThrowIfNull(image);
        RequireTop(top);
        using Activity? activity = StartActivity(1);
        return Classify(_preparation.Prepare(image), top, UnnamedImage);
    }

    /// <summary>Says what an image file shows, without holding the calling thread.</summary>
    /// <inheritdoc cref="Classify(string, int)"/>
    /// <param name="path">The file; its format is known by its content.</param>
    /// <param name="top">How many classes to name.</param>
    /// <param name="cancellation">Ends it before the network runs.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public Task<Classification> ClassifyAsync(string path, int top = DefaultTop, CancellationToken cancellation = default)
    {
        RequireTop(top);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Run();

        async Task<Classification> Run()
        {
            try
            {
                byte[] bytes = await ImageFile.ReadBytesAsync(path, _options.ImageLimits, cancellation).ConfigureAwait(false);
                return await Task.Run(() => Classify(bytes, top, path), cancellation).ConfigureAwait(false);
            }
            catch (Exception error) when (WithName(path, error) is { } named)
            {
                throw named;
            }
        }
    }

    /// <summary>Says what the image in a stream shows, which is read to its end, without holding the calling thread.</summary>
    /// <inheritdoc cref="Classify(Stream, int)"/>
    /// <param name="image">The bytes of an image file.</param>
    /// <param name="top">How many classes to name.</param>
    /// <param name="cancellation">Ends it before the network runs.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public Task<Classification> ClassifyAsync(Stream image, int top = DefaultTop, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        RequireTop(top);
        return Run();

        async Task<Classification> Run()
        {
            byte[] bytes = await ImageFile.ReadBytesAsync(image, _options.ImageLimits, cancellation).ConfigureAwait(false);
            return await Task.Run(() => Classify(bytes, top, UnnamedImage), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Says what many image files show; see <see cref="ClassifyBatch(IEnumerable{ImageInput}, int, CancellationToken)"/>.</summary>
    /// <inheritdoc cref="ClassifyBatch(IEnumerable{ImageInput}, int, CancellationToken)"/>
    /// <param name="paths">The files.</param>
    /// <param name="top">How many classes to name.</param>
    /// <param name="cancellation">Ends it between two batches.</param>
    public IEnumerable<ClassifiedImage> ClassifyBatch(IEnumerable<string> paths, int top = DefaultTop, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return ClassifyBatch(paths.Select(ImageInput.File), top, cancellation);
    }

    /// <summary>
    /// Says what many images show, in their order: as many at a time as fill a batch are read and decoded by all processors
    /// and then run through the network together. Images that cannot be classified come with the reason. The work is done
    /// while the results are enumerated, in memory that does not depend on how many there are.
    /// </summary>
    /// <param name="images">The images.</param>
    /// <param name="top">How many classes to name.</param>
    /// <param name="cancellation">Ends it between two batches.</param>
    /// <exception cref="NotFiniteNumberException">The network's outputs are no numbers.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public IEnumerable<ClassifiedImage> ClassifyBatch(IEnumerable<ImageInput> images, int top = DefaultTop, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        RequireTop(top);
        return Run();

        IEnumerable<ClassifiedImage> Run()
        {
            int batch = 0;
            foreach (ImageInput[] group in images.Chunk(BatchSize))
            {
                // A few images get a plan of their size; what is left at the end uses the plan of those before.
                batch = Math.Max(batch, group.Length);
                foreach (ClassifiedImage result in ClassifyGroup(group, batch, top, cancellation))
                    yield return result;
            }
        }
    }

    /// <summary>Says what many image files show; see <see cref="ClassifyBatchAsync(IEnumerable{ImageInput}, int, CancellationToken)"/>.</summary>
    /// <inheritdoc cref="ClassifyBatchAsync(IEnumerable{ImageInput}, int, CancellationToken)"/>
    /// <param name="paths">The files.</param>
    /// <param name="top">How many classes to name.</param>
    /// <param name="cancellation">Ends it between two batches.</param>
    public IAsyncEnumerable<ClassifiedImage> ClassifyBatchAsync(IEnumerable<string> paths, int top = DefaultTop, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return ClassifyBatchAsync(paths.Select(ImageInput.File), top, cancellation);
    }

    /// <summary>As <see cref="ClassifyBatch(IEnumerable{ImageInput}, int, CancellationToken)"/>, without holding the calling thread while a batch is worked on.</summary>
    /// <inheritdoc cref="ClassifyBatch(IEnumerable{ImageInput}, int, CancellationToken)"/>
    public IAsyncEnumerable<ClassifiedImage> ClassifyBatchAsync(IEnumerable<ImageInput> images, int top = DefaultTop, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        RequireTop(top);
        return Run(cancellation);

        async IAsyncEnumerable<ClassifiedImage> Run([EnumeratorCancellation] CancellationToken ending)
        {
            int batch = 0;
            foreach (ImageInput[] group in images.Chunk(BatchSize))
            {
                int size = batch = Math.Max(batch, group.Length);
                foreach (ClassifiedImage result in await Task.Run(() => ClassifyGroup(group, size, top, ending), ending).ConfigureAwait(false))
                    yield return result;
            }
        }
    }

    private const string UnnamedImage = "the image";

    private static void RequireTop(int top) => ArgumentOutOfRangeException.ThrowIfNegativeOrZero(top);

    private Activity? StartActivity(int images) =>
        Telemetry.Activities.StartActivity("fovea.classify")?.SetTag("fovea.network", Model.Network.Name).SetTag("fovea.images", images);

    private Classification Classify(ReadOnlySpan<byte> file, int top, string name)
    {
        using Activity? activity = StartActivity(1);
        return Classify(_preparation.Prepare(file), top, name);
    }

    private Classification Classify(PreparedImage image, int top, string name)
    {
        using PredictorPool.Lease lease = _predictors.Take(batch: 1);
        return Rank(lease.Predictor.Predict(image.Pixels), image.Notes, top, name);
    }

    private ClassifiedImage[] ClassifyGroup(ImageInput[] images, int batch, int top, CancellationToken cancellation)
    {
        using Activity? activity = StartActivity(images.Length);
        var prepared = new (PreparedImage? Image, string? Error)[images.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.Threads ?? Environment.ProcessorCount, CancellationToken = cancellation };
        Parallel.For(0, images.Length, parallel, i => prepared[i] = Prepare(images[i]));
        int length = Model.Network.InputShape.Length, count = 0;
        float[] pixels = ArrayPool<float>.Shared.Rent(images.Length * length);
        foreach (PreparedImage image in prepared.Select(one => one.Image).OfType<PreparedImage>())
            image.Pixels.CopyTo(pixels.AsSpan(count++ * length));
        var results = new ClassifiedImage[images.Length];
        using PredictorPool.Lease lease = _predictors.Take(batch);
        ReadOnlySpan<float> probabilities = count == 0 ? [] : lease.Predictor.Predict(pixels.AsSpan(0, count * length));
        ArrayPool<float>.Shared.Return(pixels);
        for (int i = 0; i < images.Length; i++)
        {
            Classification? classification = null;
            if (prepared[i].Image is { } image)
            {
                classification = Rank(probabilities[..ClassNames.Count], image.Notes, top, images[i].Name);
                probabilities = probabilities[ClassNames.Count..];
            }
            results[i] = new ClassifiedImage(images[i].Name, classification, prepared[i].Error);
        }
        return results;
    }

    private (PreparedImage? Image, string? Error) Prepare(ImageInput image)
    {
        try
        {
            return (_preparation.Prepare(image.Read(_options.ImageLimits)), null);
        }
        catch (OutOfMemoryException)
        {
            return (null, "there is not enough memory for this image");
        }
        catch (Exception error) when (error is ImageFormatException or UnusableImageException or IOException or UnauthorizedAccessException)
        {
            return (null, error.Message.ReplaceLineEndings(" "));
        }
    }

    private Classification Rank(ReadOnlySpan<float> probabilities, IReadOnlyList<string> notes, int top, string name)
    {
        foreach (float probability in probabilities)
            if (!float.IsFinite(probability))
                throw new NotFiniteNumberException($"the network's outputs for {Printable.Escape(name)} are not finite numbers: its weights are damaged, or its training diverged; train it again, with a lower learning rate");
        return new Classification(Guess.Best(probabilities, ClassNames, top), notes);
    }

    private static Classification Named(string path, Func<Classification> classify)
    {
        try
        {
            return classify();
        }
        catch (Exception error) when (WithName(path, error) is { } named)
        {
            throw named;
        }
    }

    /// <summary>The exception with the file's name in its message; null if it is none of an image's content.</summary>
    private static Exception? WithName(string path, Exception error) => error switch
    {
        ImageFormatException => new ImageFormatException($"{path}: {error.Message}", error),
        UnusableImageException => new UnusableImageException($"{path}: {error.Message}", error),
        _ => null,
    };
}
