using Fovea.Data;
using Fovea.Imaging.Folders;
using Fovea.Imaging.Jpeg;
using Fovea.Imaging.Png;
using Fovea.Imaging.Pnm;
using Fovea.Imaging.Preparing;
using Fovea.Imaging.Resizing;
using Fovea.Tensors;

namespace Fovea.Imaging.Tests.Folders;

public sealed class ImageFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fovea-folder").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Classes_are_folders_in_ordinal_order()
    {
        for (int i = 0; i < 5; i++)
        {
            Put($"b/{i}.png", PngEncoder.Encode(TestData.Image(6, 4, 3, (ulong)i)));
            Put($"Z/{i}.ppm", PnmEncoder.Encode(TestData.Image(6, 4, 3, (ulong)i + 10)));
        }
        Put("a/only.png", PngEncoder.Encode(TestData.Image(12, 8, 3)));
        ImageFolderData data = ImageFolder.Load(_root);
        Assert.Equal(["Z", "a", "b"], data.Train.ClassNames);
        Assert.Equal([0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2], Enumerable.Range(0, data.Train.Count).Select(data.Train.Label));
        Assert.Equal(new Shape(3, 4, 6), data.Train.ImageShape);
        Assert.Equal(Path.GetFileName(_root), data.Train.Name);
        Assert.Null(data.Test);
        Assert.Empty(data.Skipped);
        var planes = new byte[72];
        ImageConversion.ToPlanes(TestData.Image(6, 4, 3, 3), planes);
        Assert.Equal(planes, data.Train.Pixels(6 + 3).ToArray());
    }

    [Fact]
    public void Images_with_faults_are_read_and_named()
    {
        byte[] right = PngEncoder.Encode(TestData.Image(6, 4, 3));
        foreach ((string name, byte[] file) in ((string, byte[])[])[("a/1.png", right), ("a/2.png", right[..^12]), ("b/1.png", right[..^5]), ("b/2.png", right), ("b/3.png", right[..^60])])
            Put(name, file);
        ImageFolderData data = ImageFolder.Load(_root);
        Assert.Equal(4, data.Train.Count);
        Assert.Equal([Path.Join("a", "2.png"), Path.Join("b", "1.png")], data.Faulty.Select(file => file.Path));
        Assert.All(data.Faulty, file => Assert.Equal(["the end of the file is missing"], file.Notes));
        Assert.Single(data.Skipped);
    }

    /// <summary>What a model sees when it is used is what it saw when it learnt, to the bit.</summary>
    [Theory]
    [InlineData(FitMode.Stretch, 3)]
    [InlineData(FitMode.Letterbox, 3)]
    [InlineData(FitMode.CentreCrop, 1)]
    public void Folders_give_the_pixels_that_prepared_files_have(FitMode fit, int channels)
    {
        byte[] photograph = JpegEncoder.Encode(TestData.Image(300, 200, 3), 85);
        byte[] exif = [0xFF, 0xE1, 0, 34, .. "Exif\0\0MM"u8, 0, 42, 0, 0, 0, 8, 0, 1, 1, 18, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
        byte[][] files =
        [
            photograph, [.. photograph[..2], .. exif, .. photograph[2..]], JpegEncoder.Encode(TestData.Image(301, 83, 1), 60),
            PngEncoder.Encode(TestData.Image(1100, 1000, 3)), PngEncoder.Encode(TestData.Image(33, 21, 4)), PngEncoder.Encode(TestData.Image(15, 90, 2)),
        ];
        for (int i = 0; i < files.Length; i++)
            Put($"{"ab"[i % 2]}/{i}.jpg", files[i]);
        var shape = new Shape(channels, 24, 32);
        FolderDataset data = ImageFolder.Load(_root, new ImageFolderOptions { ImageShape = shape, Fit = fit, Background = new Colour(200, 100, 0) }).Train;
        Assert.Equal(files.Length, data.Count);
        var options = new PreparationOptions { Fit = fit, Background = new Colour(200, 100, 0) };
        var pixels = new float[shape.Length];
        for (int i = 0; i < files.Length; i++)
        {
            int number = data.File(i)[2] - '0';
            byte[] file = files[number];
            data.Read(i, pixels);
            PreparedImage prepared = ModelInput.Prepare(file, shape, options);
            Assert.Equal(pixels, prepared.Pixels);
            Image whole = ImageFile.Decode(file);
            Assert.Contains(prepared.Notes, note => note.EndsWith($"from {whole.Width}×{whole.Height} to 32×24", StringComparison.Ordinal));
            // From the reduced JPEG file the pixels differ from those of the whole one by little.
            float[] slow = ModelInput.Prepare(whole, shape, options).Pixels;
            Assert.InRange(slow.Zip(pixels, (a, b) => Math.Abs(a - b)).Average(), 0, number < 3 ? 0.015 : 0);
        }
    }

    [Fact]
    public void Transparent_images_are_seen_on_white_and_counted_and_plain_classes_named()
    {
        for (int i = 0; i < 10; i++)
        {
            Put($"logo/{i}.png", PngEncoder.Encode(Logo(i)));
            Put($"noise/{i}.png", PngEncoder.Encode(TestData.Image(16, 16, 3, (ulong)i)));
            Put($"blank/{i}.png", PngEncoder.Encode(i == 0 ? TestData.Image(16, 16, 3) : new Image(16, 16, 4)));
        }
        var shape = new Shape(3, 16, 16);
        ImageFolderData white = ImageFolder.Load(_root, new ImageFolderOptions { ImageShape = shape });
        Assert.Equal(10 + 9, white.Transparent);
        Assert.Equal([new PlainClass("blank", 9, 10)], white.PlainClasses);
        Assert.Equal(0, white.Train.Pixels(10).ToArray().Min());
        Assert.Equal(255, white.Train.Pixels(10).ToArray().Max());

        ImageFolderData black = ImageFolder.Load(_root, new ImageFolderOptions { ImageShape = shape, Background = Colour.Black });
        Assert.Equal([new PlainClass("blank", 9, 10), new PlainClass("logo", 10, 10)], black.PlainClasses);
        Assert.All(black.Train.Pixels(10).ToArray(), value => Assert.Equal(0, value));

        // A black square on transparent ground.
        static Image Logo(int at)
        {
            var image = new Image(16, 16, 4);
            for (int y = 0; y < 6; y++)
                for (int x = 0; x < 6; x++)
                    image.Row(at + y)[(4 * (x + 3)) + 3] = 255;
            return image;
        }
    }

    [Fact]
    public void Unreadable_pictures_are_left_out_and_named_and_others_ignored()
    {
        byte[] good = PngEncoder.Encode(TestData.Image(5, 5, 1));
        Put("a/1.png", good[..^20]);
        Put("a/2.png", good);
        Put("a/3.jpg", [0xFF, 0xD8, 0xFF, 0xE0]);
        Put("a/notes.txt", [1]);
        Put("a/.DS_Store", [1]);
        Put("a/.hidden.png", [1]);
        Put("b/1.bmp", good);
        Put("b/Thumbs.db", [1]);
        Put("b/empty.png", []);
        Put("README.md", [1]);
        Put(".git/x/1.png", good);
        ImageFolderData data = ImageFolder.Load(_root);
        Assert.Equal(2, data.Train.Count);
        Assert.Equal([0, 1], [data.Train.Label(0), data.Train.Label(1)]);
        Assert.Equal(6, data.PassedOver.Sum(files => files.Files));
        Assert.Equal([Path.Combine("a", "1.png"), Path.Combine("a", "3.jpg"), Path.Combine("b", "empty.png")], data.Skipped.Select(file => file.Path));
        Assert.Contains("PNG: the file ends", data.Skipped[0].Reason, StringComparison.Ordinal);
        Assert.Contains("JPEG", data.Skipped[1].Reason, StringComparison.Ordinal);
        Assert.True(data.Train.Pixels(0).SequenceEqual(TestData.Image(5, 5, 1).Pixels));
        Assert.True(data.Train.Pixels(1).SequenceEqual(TestData.Image(5, 5, 1).Pixels));
    }

    [Fact]
    public void A_link_to_nothing_is_left_out_with_a_reason_of_its_own()
    {
        if (OperatingSystem.IsWindows())
            return;
        Put("a/1.png", PngEncoder.Encode(TestData.Image(5, 5, 1)));
        Put("b/1.png", PngEncoder.Encode(TestData.Image(5, 5, 1)));
        File.CreateSymbolicLink(Path.Combine(_root, "b", "2.png"), "nowhere.png");
        Assert.Equal("a link to a file that is not there", Assert.Single(ImageFolder.Load(_root).Skipped).Reason);
    }

    [Fact]
    public void A_file_that_memory_cannot_hold_a_pipe_and_a_link_to_a_device_are_left_out_and_named()
    {
        byte[] good = PngEncoder.Encode(TestData.Image(5, 5, 1));
        ImageFile.Register(new GreedyDecoder());
        Put("a/1.png", good);
        Put("a/2.png", "too large for this machine"u8.ToArray());
        Put("b/1.png", good);
        Assert.Equal("it takes more memory than there is", Assert.Single(ImageFolder.Load(_root).Skipped).Reason);
        if (OperatingSystem.IsWindows())
            return;
        File.CreateSymbolicLink(Path.Combine(_root, "b", "zero.png"), "/dev/zero");
        File.CreateSymbolicLink(Path.Combine(_root, "b", "pipe-link.png"), "pipe.png");
        System.Diagnostics.Process.Start("mkfifo", [Path.Combine(_root, "b", "pipe.png")]).WaitForExit();
        ImageFolderData data = ImageFolder.Load(_root);
        Assert.Equal(2, data.Train.Count);
        Assert.Equal(3, data.Skipped.Count(file => file.Path.StartsWith('b') && file.Reason == "an empty file, or a pipe or a device"));
    }

    [Fact]
    public void Train_test_and_val_are_told_apart()
    {
        foreach (string part in (string[])["train", "test", "val"])
            foreach (string name in (string[])["cat", "dog"])
                Put($"{part}/{name}/{part}.png", PngEncoder.Encode(TestData.Image(5, 5, 1)));
        Put("train/dog/more.png", PngEncoder.Encode(TestData.Image(5, 5, 1)));
        ImageFolderData data = ImageFolder.Load(_root);
        Assert.Equal((3, 2, 2), (data.Train.Count, data.Validation!.Count, data.Test!.Count));
        Assert.EndsWith("/test", data.Test.Name, StringComparison.Ordinal);
        Assert.Equal(["cat", "dog"], data.Test.ClassNames);

        Put("test/cow/1.png", PngEncoder.Encode(TestData.Image(5, 5, 1)));
        Fails("cow is of no known class; the classes are cat, dog");
    }

    [Fact]
    public void A_class_may_be_called_train()
    {
        Put("train/1.png", PngEncoder.Encode(TestData.Image(5, 5, 1)));
        Put("car/1.png", PngEncoder.Encode(TestData.Image(5, 5, 1)));
        Assert.Equal(["car", "train"], ImageFolder.Load(_root).Train.ClassNames);
    }

    [Fact]
    public void What_is_no_data_set_is_refused_with_what_would_be_right()
    {
        Assert.Contains("there is no folder or archive", Assert.Throws<DirectoryNotFoundException>(() => ImageFolder.Load(Path.Combine(_root, "none"))).Message, StringComparison.Ordinal);
        Fails("right would be one sub-folder per class");
        Put("a/1.png", PngEncoder.Encode(TestData.Image(5, 5, 1)));
        Fails("only one class, a");
        Directory.CreateDirectory(Path.Combine(_root, "b"));
        Fails("only one class, a (b has no images)");
        Put("b/deep/1.png", PngEncoder.Encode(TestData.Image(5, 5, 1)));
        Assert.Equal(2, ImageFolder.Load(_root).Train.Count);
        Directory.Delete(Path.Combine(_root, "b", "deep"), recursive: true);
        Put("b/1.png", [1, 2, 3]);
        Fails("class b in");
        Put("b/2.png", PngEncoder.Encode(TestData.Image(5, 5, 1)));
        Assert.Equal(2, ImageFolder.Load(_root).Train.Count);
        if (OperatingSystem.IsWindows())
            return;
        Put("c\nd/1.png", PngEncoder.Encode(TestData.Image(5, 5, 1)));
        Fails("the class 'c\\nd'");
    }

    [Fact]
    public void The_shape_is_the_most_common_one_unless_given()
    {
        for (int i = 0; i < 6; i++)
        {
            Put($"a/{i}.png", PngEncoder.Encode(TestData.Image(i < 2 ? 9 : 7, 8, 1)));
            Put($"b/{i}.png", PngEncoder.Encode(ImageConversion.ToRgb(TestData.Image(7, 8, 1))));
        }
        // Colour pictures that show only greys are grey.
        Assert.Equal(new Shape(1, 8, 7), ImageFolder.Load(_root).Train.ImageShape);
        Put("b/colour.png", PngEncoder.Encode(TestData.Image(7, 8, 3)));
        Assert.Equal(new Shape(3, 8, 7), ImageFolder.Load(_root).Train.ImageShape);
        Assert.Equal(new Shape(1, 4, 5), ImageFolder.Load(_root, new ImageFolderOptions { ImageShape = new Shape(1, 4, 5) }).Train.ImageShape);
        Assert.Throws<ArgumentException>(() => ImageFolder.Load(_root, new ImageFolderOptions { ImageShape = new Shape(2, 4, 5) }));
    }

    [Fact]
    public void Images_that_memory_may_not_hold_are_kept_on_the_disk_and_are_the_same()
    {
        for (int i = 0; i < 20; i++)
            Put($"{(char)('a' + (i % 2))}/{i}.png", i == 7 ? [1] : PngEncoder.Encode(TestData.Image(6, 5, 3, (ulong)i)));
        FolderDataset memory = ImageFolder.Load(_root).Train;
        string cache = Directory.CreateDirectory(Path.Combine(_root, ".cache")).FullName;
        FolderDataset disk = ImageFolder.Load(_root, new ImageFolderOptions { CacheBytes = 5 * 90, CacheFolder = cache, Reshape = shape => new Shape(shape.Channels, 5, 6) }).Train;
        Assert.Equal(19, disk.Count);
        float[] expected = new float[90], actual = new float[90];
        for (int i = 0; i < 19; i++)
        {
            Assert.True(memory.Pixels(i).SequenceEqual(disk.Pixels(i)));
            memory.Read(i, expected);
            disk.Read(i, actual);
            Assert.Equal(expected, actual);
            Assert.Equal(memory.Pixels(i)[3] / 255.0, actual[3], 1e-6);
            Assert.Equal(memory.File(i), disk.File(i));
        }
        Assert.Equal(Path.Combine("a", "0.png"), disk.File(0));
        Assert.ThrowsAny<IOException>(() => ImageFolder.Load(_root, new ImageFolderOptions { CacheBytes = 0, CacheFolder = Path.Combine(_root, "none") }));
    }

    [Fact]
    public void A_models_classes_give_the_labels()
    {
        Put("b/1.png", PngEncoder.Encode(TestData.Image(5, 5, 1)));
        var options = new ImageFolderOptions { ClassNames = ["c", "b", "a"] };
        Assert.Equal(1, ImageFolder.Load(_root, options).Train.Label(0));
        Put("d/1.png", PngEncoder.Encode(TestData.Image(5, 5, 1)));
        Assert.Contains("no known class", Assert.Throws<DataFormatException>(() => ImageFolder.Load(_root, options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Threads_do_not_change_the_result_and_progress_counts_all()
    {
        for (int i = 0; i < 40; i++)
            Put($"{(char)('a' + (i % 3))}/{i}.png", i % 7 == 0 ? [1] : PngEncoder.Encode(TestData.Image(5 + (i % 4), 6, 1 + (i % 4), (ulong)i)));
        ImageFolderData one = ImageFolder.Load(_root, new ImageFolderOptions { Threads = 1 });
        var counter = new Counter();
        ImageFolderData four = ImageFolder.Load(_root, new ImageFolderOptions { Threads = 4 }, counter);
        Assert.Equal(one.Skipped, four.Skipped);
        Assert.Equal(one.Train.Count, four.Train.Count);
        for (int i = 0; i < one.Train.Count; i++)
        {
            Assert.Equal(one.Train.Label(i), four.Train.Label(i));
            Assert.True(one.Train.Pixels(i).SequenceEqual(four.Train.Pixels(i)));
        }
        Assert.Equal((40, 40), (counter.Reports, counter.Most));
        Assert.Throws<OperationCanceledException>(() => ImageFolder.Load(_root, cancellation: new CancellationToken(canceled: true)));
    }

    private void Fails(string reason)
    {
        var thrown = Assert.Throws<DataFormatException>(() => ImageFolder.Load(_root));
        Assert.Contains(reason, thrown.Message, StringComparison.Ordinal);
    }

    private void Put(string relative, byte[] content)
    {
        string path = Path.Combine(_root, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }

    private sealed class GreedyDecoder : ImageDecoder
    {
        public override string FormatName => "greedy";

        public override bool CanDecode(ReadOnlySpan<byte> header) => header.StartsWith("too large for"u8);

        public override Image Decode(ReadOnlySpan<byte> file, ImageLimits limits) => throw new InsufficientMemoryException();
    }

    private sealed class Counter : IProgress<ImageFolderProgress>
    {
        private int _reports, _most;

        public int Reports => _reports;

        public int Most => _most;

        public void Report(ImageFolderProgress value)
        {
            lock (this)
            {
                _reports++;
                _most = Math.Max(_most, value.Done);
            }
        }
    }
}
