using Fovea.Data;
using Fovea.Imaging.Folders;
using Fovea.Imaging.Png;

namespace Fovea.Imaging.Tests.Folders;

public sealed class DuplicatesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fovea-duplicates").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Files_of_equal_bytes_in_two_parts_are_named()
    {
        Put("train/a/1.png", 1);
        Put("train/a/2.png", 2);
        Put("train/b/3.png", 3);
        Put("train/b/3-again.png", 3);
        Put("train/b/4-wrong.png", 2);
        Put("test/a/one.png", 1);
        Put("test/a/new.png", 4);
        Put("test/b/two.png", 2);
        ImageFolderData data = ImageFolder.Load(_root);
        Assert.Equal(
            [new(Local("train/a/2.png"), Local("train/b/4-wrong.png"), SameClass: false), new(Local("train/a/1.png"), Local("test/a/one.png"), SameClass: true), new DuplicateFiles(Local("train/a/2.png"), Local("test/b/two.png"), SameClass: false)],
            Duplicates.Across(data.Train, null, data.Test));
        Assert.Single(Duplicates.Across(data.Train, new Subset(data.Test!, [0])));
        Assert.Equal(data.Train.ContentHash(2), data.Train.ContentHash(3));
        Assert.NotEqual(data.Train.ContentHash(0), data.Train.ContentHash(1));
    }

    [Fact]
    public void A_split_keeps_equal_files_together_and_classes_in_proportion()
    {
        for (int i = 0; i < 40; i++)
            for (int copy = 0; copy <= i % 3; copy++)
                Put($"{(i % 2 == 0 ? "a" : "b")}/{i}-{copy}.png", (ulong)i);
        FolderDataset data = ImageFolder.Load(_root).Train;
        for (ulong seed = 0; seed < 5; seed++)
        {
            (Subset training, Subset held) = Duplicates.SplitTogether(data, 0.25, seed);
            Assert.Equal(Enumerable.Range(0, data.Count), training.Indices.ToArray().Concat(held.Indices.ToArray()).Order());
            Assert.Empty(Duplicates.Across(training, held));
            int[] unique = [.. held.Indices.ToArray().GroupBy(data.ContentHash).Select(group => data.Label(group.First()))];
            Assert.Equal((5, 5), (unique.Count(label => label == 0), unique.Count(label => label == 1)));
            Assert.Equal(held.Indices.ToArray(), Duplicates.SplitTogether(data, 0.25, seed).Validation.Indices.ToArray());
        }
        Assert.NotEqual(Duplicates.SplitTogether(data, 0.25, 1).Validation.Indices.ToArray(), Duplicates.SplitTogether(data, 0.25, 2).Validation.Indices.ToArray());
        Assert.NotEmpty(Duplicates.Across(data.Split(0.5, 1).Training, data.Split(0.5, 1).Validation));
    }

    [Fact]
    public void Folds_keep_equal_files_together()
    {
        for (int i = 0; i < 30; i++)
            for (int copy = 0; copy <= i % 3; copy++)
                Put($"{(i % 2 == 0 ? "a" : "b")}/{i}-{copy}.png", (ulong)i);
        FolderDataset data = ImageFolder.Load(_root).Train;
        IReadOnlyList<(Subset Training, Subset Held)> folds = Duplicates.FoldsTogether(data, 5, seed: 1);

        Assert.Equal(Enumerable.Range(0, data.Count), folds.SelectMany(fold => fold.Held.Indices.ToArray()).Order());
        foreach ((Subset training, Subset held) in folds)
        {
            Assert.Equal(data.Count, training.Count + held.Count);
            Assert.Empty(Duplicates.Across(training, held));
            int[] unique = [.. held.Indices.ToArray().GroupBy(data.ContentHash).Select(group => data.Label(group.First()))];
            Assert.Equal((3, 3), (unique.Count(label => label == 0), unique.Count(label => label == 1)));
        }
    }

    private static string Local(string path) => path.Replace('/', Path.DirectorySeparatorChar);

    private void Put(string name, ulong picture)
    {
        string path = Path.Combine(_root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, PngEncoder.Encode(TestData.Image(5, 4, 1, picture)));
    }
}
