using Fovea.Tensors;

namespace Fovea.Data;

/// <summary>
/// The published data sets known by name. Each lies in a folder of its name below one of the directories of
/// <see cref="DatasetOptions"/>, in the layout its authors gave it; what is not on this machine is downloaded.
/// </summary>
public static class DatasetCatalog
{
    /// <summary>All that are known.</summary>
    public static IReadOnlyList<DatasetEntry> Entries { get; } =
    [
        new IdxEntry
        {
            Name = "mnist",
            Title = "MNIST",
            Description = "handwritten digits, grey, centred (LeCun, Cortes and Burges, 1998)",
            ImageShape = new Shape(1, 28, 28),
            ClassNames = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
            TrainCount = 60_000,
            TestCount = 10_000,
            Downloads = Idx("https://ossci-datasets.s3.amazonaws.com/mnist/",
                (9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
                (28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
                (1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
                (4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6")),
        },
        new IdxEntry
        {
            Name = "fashion-mnist",
            Title = "Fashion-MNIST",
            Description = "photographs of clothes, grey, in MNIST's format (Xiao, Rasul and Vollgraf, 2017)",
            ImageShape = new Shape(1, 28, 28),
            ClassNames = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
            TrainCount = 60_000,
            TestCount = 10_000,
            Downloads = Idx("https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
                (26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
                (29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
                (4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
                (5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5")),
        },
        new CifarEntry
        {
            Name = "cifar10",
            Title = "CIFAR-10",
            Description = "small photographs of animals and vehicles, colour (Krizhevsky, 2009)",
            ImageShape = new Shape(3, 32, 32),
            ClassNames = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
            TrainCount = 50_000,
            TestCount = 10_000,
            Downloads =
            [
                new DatasetDownload("cifar-10-binary.tar.gz", new Uri("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"),
                    170_052_171, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"),
            ],
        },
    ];

    /// <summary>The entry of this name; case does not matter.</summary>
    /// <exception cref="DatasetNotFoundException">None has it.</exception>
    public static DatasetEntry Find(string name) =>
        Entries.FirstOrDefault(entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new DatasetNotFoundException($"no data set is called '{name}'{Nearest.Question(name, Entries.Select(entry => entry.Name))}; known are {string.Join(", ", Entries.Select(entry => entry.Name))}");

    /// <summary>The folder that a data set would be opened from, or null if it is not on this machine.</summary>
    /// <exception cref="DatasetNotFoundException">The name is unknown.</exception>
    public static string? Locate(string name, DatasetSplit split, DatasetOptions? options = null) =>
        Locate(Find(name), split, options ?? new DatasetOptions());

    /// <summary>Opens a part of a data set, from where it lies or after downloading it.</summary>
    /// <exception cref="DatasetNotFoundException">The name is unknown, or the files are missing and cannot be downloaded.</exception>
    /// <exception cref="DataFormatException">A file that is there is damaged.</exception>
    /// <exception cref="IOException">A file that is there cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file that is there may not be read.</exception>
    public static IDataset Open(string name, DatasetSplit split, DatasetOptions? options = null) =>
        OpenAsync(name, split, options).GetAwaiter().GetResult();

    /// <summary>Opens a part of a data set, from where it lies or after downloading it; see <see cref="Open"/>.</summary>
    /// <exception cref="DatasetNotFoundException">The name is unknown, or the files are missing and cannot be downloaded.</exception>
    /// <exception cref="DataFormatException">A file that is there is damaged.</exception>
    /// <exception cref="OperationCanceledException">A download was cancelled; it goes on from there next time.</exception>
    public static Task<IDataset> OpenAsync(
        string name, DatasetSplit split, DatasetOptions? options = null, CancellationToken cancellation = default) =>
        OpenAsync(Find(name), split, options ?? new DatasetOptions(), cancellation);

    /// <summary>Makes sure that all files of a data set lie in the download directory, and returns its folder there.</summary>
    /// <exception cref="DatasetNotFoundException">The name is unknown, or the files cannot be downloaded.</exception>
    /// <exception cref="DataFormatException">A downloaded archive is damaged.</exception>
    /// <exception cref="OperationCanceledException">The download was cancelled; it goes on from there next time.</exception>
    public static Task<string> FetchAsync(string name, DatasetOptions? options = null, CancellationToken cancellation = default) =>
        FetchAsync(Find(name), options ?? new DatasetOptions(), cancellation);

    internal static string? Locate(DatasetEntry entry, DatasetSplit split, DatasetOptions options) =>
        options.Directories.Select(directory => Path.Combine(directory, entry.Name)).FirstOrDefault(folder => entry.Has(folder, split));

    internal static async Task<IDataset> OpenAsync(
        DatasetEntry entry, DatasetSplit split, DatasetOptions options, CancellationToken cancellation = default)
    {
        string? folder = Locate(entry, split, options);
        if (folder is null && !options.Download)
            throw new DatasetNotFoundException($"{entry.Name} is not in {string.Join(", ", options.Directories)}; {ByHand(entry, options)}");
        folder ??= await FetchAsync(entry, options, cancellation).ConfigureAwait(false);
        return entry.Open(folder, split, options.Note);
    }

    internal static async Task<string> FetchAsync(DatasetEntry entry, DatasetOptions options, CancellationToken cancellation = default)
    {
        string folder = Path.Combine(options.DownloadDirectory, entry.Name);
        try
        {
            await entry.FetchAsync(folder, options, cancellation).ConfigureAwait(false);
        }
        catch (DownloadException e)
        {
            throw new DatasetNotFoundException($"{entry.Name} is not here and cannot be downloaded: {e.Message}; {ByHand(entry, options)}", e);
        }
        return folder;
    }

    private static string ByHand(DatasetEntry entry, DatasetOptions options)
    {
        string folder = Path.GetFullPath(Path.Combine(options.DownloadDirectory, entry.Name));
        string files = string.Join(", ", entry.Downloads.Select(file => file.Url));
        return entry is CifarEntry ? $"to do it by hand, unpack {files} in {folder}" : $"to do it by hand, put {files} into {folder}";
    }

    private static DatasetDownload[] Idx(string address, params ReadOnlySpan<(long Size, string Sha256)> files)
    {
        string[] names = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"];
        var downloads = new DatasetDownload[files.Length];
        for (int i = 0; i < files.Length; i++)
            downloads[i] = new DatasetDownload(names[i], new Uri(address + names[i]), files[i].Size, files[i].Sha256);
        return downloads;
    }
}
