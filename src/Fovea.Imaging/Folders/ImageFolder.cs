using System.Buffers.Binary;
using System.Security.Cryptography;
using Fovea.Data;
using Fovea.Imaging.Folders.Labels;
using Fovea.Imaging.Folders.Tree;
using Fovea.Imaging.Preparing;
using Fovea.Tensors;

namespace Fovea.Imaging.Folders;

/// <summary>
/// Reads a data set from a folder of images, or from a .zip, .tar or .tar.gz of one: one sub-folder per class, or
/// <c>train/</c> and <c>test/</c> or <c>val/</c> above those, or a table of labels beside them. The classes are in ordinal
/// order. Images that cannot be read are left out, and every other file is accounted for. Each image is decoded once, by
/// all processors, and kept as bytes of the wanted size.
/// </summary>
public static class ImageFolder
{
    /// <summary>How many images are looked at to find a shape that the caller did not give.</summary>
    private const int Looked = 48;

    /// <summary>What a data set of this path is called: a folder's name, an archive's without its extension.</summary>
    public static string NameOf(string path) => SourceTree.NameOf(path);

    /// <summary>Whether a text is a pattern for <see cref="ImageFolderOptions.ClassPattern"/>.</summary>
    public static bool IsClassPattern(string text) => NamePattern.IsValid(text);

    /// <summary>Reads all images.</summary>
    /// <param name="path">The folder or archive.</param>
    /// <param name="options">What the images are to be; defaults if null.</param>
    /// <param name="progress">Is told how many images are done; from several threads.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder or archive.</exception>
    /// <exception cref="DataFormatException">
    /// It is no data set: no class folders, only one, one without images or of an unknown class.
    /// </exception>
    /// <exception cref="ArgumentException">The wanted shape is not (1, H, W) or (3, H, W), or threads are negative.</exception>
    /// <exception cref="IOException">Images that memory may not hold do not fit on the disk either.</exception>
    /// <exception cref="OperationCanceledException">The reading was ended.</exception>
    public static ImageFolderData Load(string path, ImageFolderOptions? options = null, IProgress<ImageFolderProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        options ??= new ImageFolderOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads, nameof(options));
        if (options.ImageShape is Shape wanted && (!wanted.IsMaps || wanted.Channels is not (1 or 3)))
            throw new ArgumentException($"an image's shape is (1, H, W) or (3, H, W), got {wanted}", nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.CacheBytes, nameof(options));
        using FolderLayout layout = FolderLayout.Find(path, options.ClassNames, options.ClassPattern);
        var job = new Job(layout, options, progress, cancellation);
        string name = SourceTree.NameOf(Path.GetFullPath(path));
        FolderDataset? Read(FolderPart? part, string suffix) => part is null ? null : job.Read(part, name + suffix);
        bool split = layout.Validation is not null || layout.Test is not null;
        FolderDataset train = job.Read(layout.Train!, split ? name + "/train" : name);
        return new ImageFolderData(train, Read(layout.Validation, "/val"), Read(layout.Test, "/test"), job.Skipped, job.Faulty, layout, job.Transparent, job.PlainClasses());
    }

    /// <summary>One reading of a folder.</summary>
    private sealed class Job
    {
        private readonly FolderLayout _layout;
        private readonly ImageFolderOptions _options;
        private readonly IProgress<ImageFolderProgress>? _progress;
        private readonly ParallelOptions _parallel;
        private readonly Shape _shape;
        private readonly int _total;
        private readonly int[] _plain, _read;
        private int _done, _transparent;
        private long _budget;

        public Job(FolderLayout layout, ImageFolderOptions options, IProgress<ImageFolderProgress>? progress, CancellationToken cancellation)
        {
            _layout = layout;
            _options = options;
            _progress = progress;
            _parallel = new ParallelOptions
            {
                MaxDegreeOfParallelism = options.Threads == 0 ? Environment.ProcessorCount : options.Threads,
                CancellationToken = cancellation,
            };
            (_plain, _read) = (new int[layout.ClassNames.Count], new int[layout.ClassNames.Count]);
            _total = layout.Parts.Sum(part => part.Images.Count);
            _budget = options.CacheBytes;
            _shape = options.ImageShape ?? (options.Reshape ?? (shape => shape))(CommonShape());
        }

        public List<SkippedFile> Skipped { get; } = [];

        public List<FaultyFile> Faulty { get; } = [];

        /// <summary>How many images have transparent pixels.</summary>
        public int Transparent => _transparent;

        /// <summary>The classes that show nothing in at least nine tenths of their images.</summary>
        public IReadOnlyList<PlainClass> PlainClasses() =>
        [
            .. _layout.ClassNames.Select((name, label) => new PlainClass(name, _plain[label], _read[label]))
                .Where(plain => plain.Plain > 0 && 10L * plain.Plain >= 9L * plain.Images),
        ];

        public FolderDataset Read(FolderPart part, string name)
        {
            int count = part.Images.Count;
            var cache = new PixelCache(count, _shape.Length, ref _budget, _options.CacheFolder);
            var reasons = new string?[count];
            var hashes = new UInt128[count];
            var notes = new IReadOnlyList<string>[count];
            Exception? failure = null;
            Parallel.For(0, count, _parallel, () => new byte[_shape.Length], (i, loop, pixels) =>
            {
                reasons[i] = TryRead(part.Images[i], pixels, out hashes[i], out notes[i]);
                try
                {
                    if (reasons[i] is null)
                        cache.Write(i, pixels);
                }
                catch (IOException e)
                {
                    // A full disk is not a image that cannot be read.
                    failure = e;
                    loop.Stop();
                }
                _progress?.Report(new ImageFolderProgress(Interlocked.Increment(ref _done), _total));
                return pixels;
            }, _ => { });
            if (failure is not null)
                throw new IOException($"the images do not fit into the {_options.CacheBytes} bytes of memory they may take, and {_options.CacheFolder} cannot hold the others: {failure.Message}", failure);

            int[] slots = [.. Enumerable.Range(0, count).Where(i => reasons[i] is null)];
            for (int i = 0; i < count; i++)
                if (reasons[i] is string reason)
                    Skipped.Add(new SkippedFile(part.Images[i].File.Path, reason));
                else if (notes[i].Count > 0)
                    Faulty.Add(new FaultyFile(part.Images[i].File.Path, notes[i]));
            int[] labels = [.. slots.Select(i => part.Images[i].Label)];
            foreach (int label in part.Images.Select(image => image.Label).Distinct())
                if (!labels.Contains(label))
                    throw new DataFormatException(NothingReadable(part, label, reasons));
            return new FolderDataset(
                name, _shape, _layout.ClassNames, cache, slots, labels,
                [.. slots.Select(i => part.Images[i].File.Path)], [.. slots.Select(i => hashes[i])]);
        }

        private string? TryRead((TreeFile File, int Label) entry, Span<byte> planes, out UInt128 hash, out IReadOnlyList<string> notes)
        {
            (hash, notes) = (default, []);
            try
            {
                byte[] bytes = entry.File.Read(_options.Limits);
                hash = BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(bytes));
                Image image = ImageFitter.Decode(bytes, _shape, _options.Fit, _options.Limits, out _);
                ImageFitter.ToPlanes(image, _shape, _options.Fit, _options.Filter, _options.Background, planes);
                notes = image.Notes;
                if (ImageConversion.HasTransparency(image))
                    Interlocked.Increment(ref _transparent);
                if (ImageFitter.IsPlain(planes, _shape))
                    Interlocked.Increment(ref _plain[entry.Label]);
                Interlocked.Increment(ref _read[entry.Label]);
                return null;
            }
            catch (Exception e) when (e is ImageFormatException or IOException or UnauthorizedAccessException or OutOfMemoryException)
            {
                return Reason(e);
            }
        }

        private static string Reason(Exception e) => e is OutOfMemoryException ? "it takes more memory than there is" : e.Message;

        private string NothingReadable(FolderPart part, int label, string?[] reasons)
        {
            int first = part.Images.FindIndex(image => image.Label == label);
            return $"class {_layout.ClassNames[label]} in {part.Name} holds no image that can be read; {part.Images[first].File.Path}: {reasons[first]}";
        }

        /// <summary>
        /// The size that most of some images have, the smallest of those that are equally common; grey only if none of
        /// them has a colour. The images are taken at equal distances from all classes.
        /// </summary>
        private Shape CommonShape()
        {
            List<(TreeFile File, int Label)> images = _layout.Train!.Images;
            var shapes = new Shape?[Math.Min(Looked, images.Count)];
            var reasons = new string?[shapes.Length];
            Parallel.For(0, shapes.Length, _parallel, i =>
            {
                TreeFile file = images[(int)((long)i * images.Count / shapes.Length)].File;
                try
                {
                    Image image = ImageFile.Decode(file.Read(_options.Limits), _options.Limits);
                    shapes[i] = new Shape(ImageConversion.HasOnlyGreys(image) ? 1 : 3, image.Height, image.Width);
                }
                catch (Exception e) when (e is ImageFormatException or IOException or UnauthorizedAccessException or OutOfMemoryException)
                {
                    reasons[i] = $"{file.Path}: {Reason(e)}";
                }
            });
            Shape[] known = [.. shapes.OfType<Shape>()];
            if (known.Length == 0)
                throw new DataFormatException($"none of the {shapes.Length} images looked at in {_layout.Train.Name} can be read; {reasons[0]}");
            (int height, int width) = known.GroupBy(shape => (shape.Height, shape.Width))
                .OrderByDescending(group => group.Count()).ThenBy(group => (long)group.Key.Height * group.Key.Width).ThenBy(group => group.Key.Height)
                .First().Key;
            return new Shape(known.Max(shape => shape.Channels), height, width);
        }
    }
}
