using Fovea.Data;
using Fovea.Imaging.Folders;

namespace Fovea.Imaging.Tests.Folders;

/// <summary>Layouts as data sets really come.</summary>
public sealed class FolderLayoutTests : FolderTests
{
    [Theory]
    [InlineData("train", "val", "test")]
    [InlineData("training_set", null, "test_set")]
    [InlineData("Training", null, "Testing")]
    [InlineData("Train", "Valid", "TEST")]
    [InlineData("train_images", "validation_images", "test_images")]
    [InlineData("trainset", "valset", "testset")]
    [InlineData("TrainSet", "DevSet", "EvalSet")]
    [InlineData("images-train", null, "images-test")]
    [InlineData("seg_train/seg_train", null, "seg_test/seg_test")]
    [InlineData("asl_alphabet_train", null, "asl_alphabet_test")]
    [InlineData("ILSVRC2012_img_train", "ILSVRC2012_img_val", null)]
    [InlineData("data/train", "data/val", "data/test")]
    [InlineData("archive/data/training_data", null, "archive/data/tst")]
    [InlineData("train", "dev", "eval")]
    [InlineData("train", "eval", "test")]
    [InlineData("trn", null, "evaluation")]
    public void Parts_are_known_by_what_people_call_them(string train, string? validation, string? test)
    {
        Classes(train, 3, "cat", "dog");
        if (validation is not null)
            Classes(validation, 2, "cat", "dog");
        if (test is not null)
            Classes(test, 1, "cat", "dog");
        ImageFolderData data = Load();
        Assert.Equal(["cat", "dog"], data.Train.ClassNames);
        Assert.Equal((6, validation is null ? null : 4, test is null ? null : 2), (data.Train.Count, data.Validation?.Count, data.Test?.Count));
        Assert.Empty(data.NotUnderstood);
        Assert.Contains($"{train.Replace('/', Path.DirectorySeparatorChar)} for training", data.Layout, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("steam_train", "electric_tram")]
    [InlineData("train", "bus")]
    [InlineData("valid", "invalid")]
    [InlineData("test", "train")]
    [InlineData("train_test", "other")]
    public void Classes_may_be_called_like_parts(string first, string second)
    {
        Classes("", 2, first, second);
        Assert.Equal(new[] { first, second }.Order(StringComparer.Ordinal), Load().Train.ClassNames);
    }

    [Fact]
    public void Classes_with_the_same_folders_in_them_are_probably_parts_and_that_is_said()
    {
        Classes("train-80", 3, "a", "b");
        Classes("test-20", 1, "a", "b");
        Assert.Contains(Load().Notes, note => note.Contains("the classes test-20, train-80 have the same folders in them (a, b)", StringComparison.Ordinal));
    }

    [Fact]
    public void A_class_called_train_may_have_folders_of_its_own()
    {
        Classes("", 2, "bus", "train", "train/steam");
        ImageFolderData data = Load();
        Assert.Equal(["bus", "train"], data.Train.ClassNames);
        Assert.Equal(6, data.Train.Count);
    }

    [Fact]
    public void What_lies_deeper_in_a_class_folder_is_learnt_from()
    {
        Classes("", 3, "a", "b", "a/more", "a/more/still", "b/only/deep");
        ImageFolderData data = Load();
        Assert.Equal(15, data.Train.Count);
        Assert.Equal(9, Enumerable.Range(0, 15).Count(i => data.Train.Label(i) == 0));
        Assert.Equal(Path.Combine("a", "more", "0.png"), data.Train.File(3));
    }

    [Fact]
    public void Single_folders_are_opened_and_what_systems_leave_is_no_class()
    {
        Classes("photos/mydata", 2, "a", "b");
        foreach (string name in (string[])["__MACOSX/a/._0.png", "photos/mydata/@eaDir/0.png", "photos/lost+found/0.png", "$RECYCLE.BIN/0.png",
            "System Volume Information/0.png", "photos/mydata/a/.DS_Store", "photos/mydata/b/Thumbs.db", ".cache/0.png", "photos/readme.md"])
            Put(name, Image);
        ImageFolderData data = Load();
        Assert.Equal(["a", "b"], data.Train.ClassNames);
        Assert.Equal(4, data.Train.Count);
        Assert.Empty(data.NotUnderstood);
        Assert.Contains($"in {Path.Combine("photos", "mydata")}", data.Layout, StringComparison.Ordinal);
        foreach (string name in (string[])["__MACOSX", "@eaDir", "lost+found", "$RECYCLE.BIN", "System Volume Information", ".cache"])
            Assert.Contains(data.PassedOver, files => files.Path.EndsWith(name + Path.DirectorySeparatorChar, StringComparison.Ordinal));
    }

    [Fact]
    public void Runs_of_Fovea_are_no_classes_and_their_images_no_samples()
    {
        Classes("", 2, "a", "b");
        Put("runs/data-lenet5/model.safetensors", [1]);
        Put("runs/data-lenet5/history.csv", [1]);
        Put("runs/data-lenet5/mistakes/0.png", Image);
        Put("runs/data-lenet5-2/checkpoint.safetensors", [1]);
        Put("a/fine/summary.json", [1]);
        Put("a/fine/summary.txt", [1]);
        Put("a/fine/seed1/0.png", Image);
        ImageFolderData data = Load();
        Assert.Equal(["a", "b"], data.Train.ClassNames);
        Assert.Equal(4, data.Train.Count);
        Assert.Equal(3, data.PassedOver.Count(files => files.Reason == "a run of Fovea's"));
    }

    [Fact]
    public void Images_whose_place_says_nothing_are_counted_and_named_with_the_reason()
    {
        Classes("train", 2, "a", "b");
        Classes("dev", 2, "a", "b");
        Classes("val", 1, "a", "b");
        Put("0.png", Image);
        Put("train/0.png", Image);
        Put("train/1.png", Image);
        Put("test/0.png", Image);
        Put("prediction/deep/0.png", Image);
        ImageFolderData data = Load();
        Assert.Equal((4, 2), (data.Train.Count, data.Validation!.Count));
        Assert.Null(data.Test);
        Assert.Equal(
            [
                ("0.png", "directly in the folder, so of no class", 1),
                ("dev/", "a second validation part", 4),
                ("prediction/", "beside the parts, and not named as one", 1),
                ("test/", "has no class folders, so nothing says what its images show", 1),
                ("train/0.png", "directly in the folder, so of no class", 2),
            ],
            data.NotUnderstood.Select(files => (files.Path.Replace('\\', '/'), files.Reason, files.Files)));
    }

    [Fact]
    public void Files_without_an_extension_are_known_by_their_content()
    {
        foreach (string name in (string[])["a/1", "a/2", "b/1", "b/2.orig"])
            Put(name, Image);
        Put("a/LICENSE", "no image"u8.ToArray());
        Put("b/BM.txt", "BM is no bitmap here"u8.ToArray());
        ImageFolderData data = Load();
        Assert.Equal(4, data.Train.Count);
        Assert.Equal(2, data.PassedOver.Where(files => files.Reason == "no image").Sum(files => files.Files));
    }

    [Fact]
    public void Links_to_folders_are_followed_once_and_not_in_circles()
    {
        if (OperatingSystem.IsWindows())
            return;
        Classes("set", 2, "a", "b");
        Classes("elsewhere", 3, "c");
        string set = Path.Combine(_root, "set");
        Directory.CreateSymbolicLink(Path.Combine(set, "c"), Path.Combine("..", "elsewhere", "c"));
        Directory.CreateSymbolicLink(Path.Combine(set, "a", "loop"), "..");
        Directory.CreateSymbolicLink(Path.Combine(_root, "elsewhere", "c", "back"), set);
        Directory.CreateSymbolicLink(Path.Combine(set, "self"), "self");
        ImageFolderData data = ImageFolder.Load(set);
        Assert.Equal(["a", "b", "c"], data.Train.ClassNames);
        Assert.Equal(7, data.Train.Count);
        Assert.Equal(2, data.PassedOver.Count(files => files.Reason == "a link to a folder that is read already"));
    }

    [Fact]
    public void Names_are_equal_that_look_equal()
    {
        Classes("train", 2, "caf\u00E9", "th\u00E9");
        Classes("test", 1, "cafe\u0301", "the\u0301");
        ImageFolderData data = Load();
        Assert.Equal(["caf\u00E9", "th\u00E9"], data.Train.ClassNames);
        Assert.Equal(2, data.Test!.Count);
        var options = new ImageFolderOptions { ClassNames = ["the\u0301", "cafe\u0301"] };
        Assert.Equal(1, ImageFolder.Load(_root, options).Train.Label(0));
    }

    [Theory]
    [InlineData("val/a/0.png test/a/0.png", "no train folder; right would be one named train")]
    [InlineData("train/a/0.png train/b/0.png training/a/0.png training/b/0.png", "both training parts")]
    [InlineData("cat/x/0.png cat/0.png cat/y/0.png", "only one class, cat; a classifier needs at least two (cat has 2 folders, x, y, beside 1 image of its own; if these are the classes, name ")]
    [InlineData("cat.0.png cat.1.png dog.0.png dog.1.png", "--class-pattern '{class}.*' here")]
    [InlineData("images/cat_0.png images/cat_1.png images/dog_1.png images/dog_2.png", "--class-pattern '{class}_*' here")]
    [InlineData("1.png 2.png labels.xlsx", "labels.xlsx is not read, since tables of labels are .csv or .tsv files; right would be")]
    [InlineData("train.zip test.zip", "has no images, but the archive test.zip, which must be unpacked or named itself")]
    [InlineData("train/Cat/0.png train/dog/0.png test/cat/0.png", "is of no known class; the classes are Cat, dog (Cat differs in case only)")]
    public void What_is_no_data_set_is_refused_with_what_would_be_right(string files, string message)
    {
        foreach (string file in files.Split(' '))
            Put(file, Image);
        Assert.Contains(message, Assert.Throws<DataFormatException>(() => ImageFolder.Load(_root)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_images_is_no_class_and_is_named()
    {
        Classes("train", 2, "a", "b");
        Classes("test", 2, "a", "b");
        Put("train/annotations/0.xml", [1]);
        Directory.CreateDirectory(Path.Combine(_root, "train", "c", "deep"));
        ImageFolderData data = Load();
        Assert.Equal(["a", "b"], data.Train.ClassNames);
        Assert.Equal(["train/annotations/", "train/c/"], data.PassedOver.Where(files => files.Reason == "no images in it, so no class").Select(files => files.Path.Replace('\\', '/')));
        // One that is empty by mistake.
        Classes("test", 1, "c");
        Assert.Contains("is of no known class; the classes are a, b (train", Assert.Throws<DataFormatException>(() => ImageFolder.Load(_root)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data/cat/0.png data/dog/0.png logo.png", "in data: one folder per class")]
    [InlineData("x/data/cat/0.png x/data/dog/0.png x/logo.png", "data: one folder per class")]
    [InlineData("data/train/cat/0.png data/train/dog/0.png data/test/cat/0.png logo.png", "for training")]
    public void Classes_are_found_below_a_folder_beside_images_that_are_of_none(string images, string layout)
    {
        foreach (string image in images.Split(' '))
            Put(image, Image);
        ImageFolderData data = Load();
        Assert.Equal(["cat", "dog"], data.Train.ClassNames);
        Assert.Equal(1, Assert.Single(data.NotUnderstood).Files);
        Assert.Contains(layout, data.Layout, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_to_nothing_are_named()
    {
        if (OperatingSystem.IsWindows())
            return;
        Classes("", 2, "a", "b");
        Directory.CreateSymbolicLink(Path.Combine(_root, "c"), "nowhere");
        File.CreateSymbolicLink(Path.Combine(_root, "a", "d"), "/nowhere/d");
        Assert.Equal([Path.Combine("a", "d"), "c"], Load().PassedOver.Where(files => files.Reason == "a link to nothing").Select(files => files.Path));
    }

    [Fact]
    public void Masks_and_annotations_beside_images_are_not_learnt_from()
    {
        Classes("", 2, "a/images", "a/masks", "b/images", "b/masks");
        ImageFolderData data = Load();
        Assert.Equal((4, 2), (data.Train.Count, data.PassedOver.Count(files => files is { Files: 2, Reason: "annotations beside images, by its name" })));
        Assert.Empty(data.Notes);
        Directory.Delete(Path.Combine(_root, "a"), recursive: true);
        Directory.Delete(Path.Combine(_root, "b"), recursive: true);
        foreach (string name in (string[])["images/cat_1.png", "images/cat_2.png", "images/dog_1.png", "images/dog_2.png", "annotations/trimaps/cat_1.png"])
            Put(name, Image);
        Assert.Equal(4, Load(new ImageFolderOptions { ClassPattern = "{class}_#" }).Train.Count);
        Put("annotations/labels.csv", "file,label\ncat_1.png,x\ndog_1.png,y\n"u8.ToArray());
        Assert.Equal(["x", "y"], Load().Train.ClassNames);
        // Without images beside them they may be classes.
        Directory.Delete(Path.Combine(_root, "annotations"), recursive: true);
        Directory.Delete(Path.Combine(_root, "images"), recursive: true);
        Classes("", 2, "mask", "no_mask");
        Assert.Equal(["mask", "no_mask"], Load().Train.ClassNames);
    }

    [Theory]
    [InlineData("test/0.png train/0.png valid/0.png", "the classes are test, train, valid, by names that usually say nothing of what images show")]
    [InlineData("images/train/0.png images/val/0.png labels/train/0.txt", "the classes are train, val, by names that")]
    [InlineData("train/0.png test/0.png train/_classes.csv", "_classes.csv is not understood")]
    public void Classes_that_are_probably_none_are_noted(string files, string note)
    {
        foreach (string file in files.Split(' '))
            Put(file, file.EndsWith("csv", StringComparison.Ordinal) ? "filename,cat,dog\n0.png,1,0\n"u8.ToArray() : file.EndsWith("txt", StringComparison.Ordinal) ? [1] : Image);
        Assert.Contains(Load().Notes, line => line.Contains(note, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{class}.*", "cat.0.png cat.1.png dog.0.png", 1)]
    [InlineData("{class}_#", "american_cat_1.png american_cat_22.png dog_3.png", 1)]
    [InlineData("*.{class}", "img1.cat.png img2.cat.png img3.dog.png", 1)]
    [InlineData("{class}#", "train/cat0.png train/cat1.png train/dog0.png test/17.png", 2)]
    public void Names_say_the_class_where_a_pattern_is_given(string pattern, string images, int others)
    {
        foreach (string image in images.Split(' ').Append("-.png"))
            Put(image, Image);
        ImageFolderData data = Load(new ImageFolderOptions { ClassPattern = pattern });
        Assert.Equal(2, data.Train.ClassNames.Count);
        Assert.EndsWith("cat", data.Train.ClassNames[0], StringComparison.Ordinal);
        Assert.Equal([0, 0, 1], Enumerable.Range(0, data.Train.Count).Select(data.Train.Label));
        Assert.Equal(others, data.NotUnderstood.Sum(files => files.Files));
        Assert.Throws<ArgumentException>(() => ImageFolder.Load(_root, new ImageFolderOptions { ClassPattern = "cat.*" }));
    }
}
