using Fovea.Imaging;
using Fovea.Imaging.Preparing;
using Fovea.Runs.Evaluation;
using Fovea.Runs.Models;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Runs.Prediction;

/// <summary>What a model makes of an image.</summary>
/// <param name="Image">The file.</param>
/// <param name="Preparation">What was done to the image.</param>
/// <param name="Probabilities">(classes); empty if it failed.</param>
/// <param name="Failure">Why the image cannot be judged, in one line; null if it can.</param>
public sealed record ClassifiedImage(string Image, IReadOnlyList<string> Preparation, float[] Probabilities, string? Failure = null);

/// <summary>
/// Classifies image files, a few at a time: they are read and decoded by all processors, then classified in batches. The
/// memory it takes does not depend on how many files there are.
/// </summary>
public sealed class ImageClassification
{
    private const int MostAtOnce = 32;
    private const int MostFloats = 1 << 21;

    private readonly Model _model;
    private readonly Func<Stream>? _openInput;
    private readonly Predictor _predictor;
    private readonly ParallelOptions _parallel;
    private readonly float[] _pixels;

    /// <param name="model">The model.</param>
    /// <param name="images">How many images there will be.</param>
    /// <param name="threads">The most threads; null for one a processor.</param>
    /// <param name="views">The copies that every image is judged by; null for the image alone.</param>
    /// <param name="openInput">Opens the standard input, if an image is there.</param>
    /// <param name="cancellation">Ends it.</param>
    public ImageClassification(Model model, int images, int? threads, TestTimeViews? views, Func<Stream>? openInput = null, CancellationToken cancellation = default)
    {
        (_model, _openInput) = (model, openInput);
        int batch = Predictor.FittingBatch(model.Network, Math.Clamp(Math.Min(images, MostFloats / model.Network.InputShape.Length), 1, MostAtOnce), threads, model.Quantization);
        _predictor = new Predictor(model.Network, batch, threads, model.Quantization, views);
        _pixels = new float[batch * model.Network.InputShape.Length];
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = threads ?? Environment.ProcessorCount, CancellationToken = cancellation };
    }

    /// <summary>Classifies images in their order, as many at a time as fill a batch.</summary>
    /// <exception cref="RunException">The network's outputs are no numbers.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    public IEnumerable<ClassifiedImage[]> Run(IReadOnlyList<ImageArgument> images)
    {
        for (int first = 0; first < images.Count; first += _predictor.Batch)
        {
            var prepared = new (PreparedImage? Image, string? Failure)[Math.Min(_predictor.Batch, images.Count - first)];
            Parallel.For(0, prepared.Length, _parallel, i => prepared[i] = Prepare(images[first + i]));
            yield return Classify([.. images.Skip(first).Take(prepared.Length)], prepared);
        }
    }

    private ClassifiedImage[] Classify(ImageArgument[] images, (PreparedImage? Image, string? Failure)[] prepared)
    {
        int length = 0;
        foreach ((PreparedImage? image, _) in prepared)
        {
            image?.Pixels.CopyTo(_pixels.AsSpan(length));
            length += image?.Pixels.Length ?? 0;
        }
        ReadOnlySpan<float> probabilities = length == 0 ? [] : _predictor.Predict(_pixels.AsSpan(0, length));
        var results = new ClassifiedImage[images.Length];
        for (int i = 0; i < images.Length; i++)
        {
            string name = images[i].Path;
            if (prepared[i].Image is not { } image)
            {
                results[i] = new ClassifiedImage(name, [], [], prepared[i].Failure);
                continue;
            }
            FiniteOutputs.Require(probabilities[.._predictor.Classes], name);
            results[i] = new ClassifiedImage(name, image.Notes, probabilities[.._predictor.Classes].ToArray());
            probabilities = probabilities[_predictor.Classes..];
        }
        return results;
    }

    private (PreparedImage? Image, string? Failure) Prepare(ImageArgument image)
    {
        if (image.Failure is not null)
            return (null, image.Failure);
        try
        {
            return (_model.Prepare(PictureInput.ReadBytes(image.Path, _openInput)), null);
        }
        catch (OutOfMemoryException)
        {
            return (null, "there is not enough memory for this image");
        }
        catch (Exception error) when (error is ImageFormatException or UnusableImageException or IOException or UnauthorizedAccessException)
        {
            return (null, ErrorText.OneLine(error.Message));
        }
    }
}
