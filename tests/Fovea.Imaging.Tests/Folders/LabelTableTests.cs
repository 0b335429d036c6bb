using Fovea.Data;
using Fovea.Imaging.Folders;

namespace Fovea.Imaging.Tests.Folders;

/// <summary>Tables that say what flat images show.</summary>
public sealed class LabelTableTests : FolderTests
{
    [Theory]
    [InlineData("labels.csv", "file,label\n1.png,cat\n2.png,dog\nx/3.png,cat", "1.png 2.png x/3.png", "columns file and label")]
    [InlineData("labels.csv", "1.png,cat\n2.png,dog\n3.png,cat\n", "1.png 2.png 3.png", "labels.csv")]
    [InlineData("labels.csv", "id,breed\r\n1,cat\r\n2,\"dog\"\r\n3,cat", "train/1.png train/2.png train/3.png test/9.png", "columns id and breed")]
    [InlineData("train.csv", "image_id;width;label\n1;10;cat\n2;10;dog\n3;10;cat", "train_images/1.png train_images/2.png train_images/3.png", "columns image_id and label")]
    [InlineData("trainLabels.csv", "id,label\n1,cat\n2,dog\n3,cat", "data/images/1.png data/images/2.png data/images/3.png", "trainLabels.csv")]
    [InlineData("annotations.csv", "\uFEFFfilename\tclass\n./images/1.png\tcat\nimages\\2.png\tdog\n3.png\tcat", "images/1.png images/2.png images/3.png", "annotations.csv")]
    public void A_table_says_what_flat_images_show(string table, string content, string images, string layout)
    {
        Put(table, System.Text.Encoding.UTF8.GetBytes(content));
        foreach (string image in images.Split(' '))
            Put(image, Image);
        ImageFolderData data = Load();
        Assert.Equal(["cat", "dog"], data.Train.ClassNames);
        Assert.Equal([0, 1, 0], Enumerable.Range(0, data.Train.Count).Select(data.Train.Label));
        Assert.Equal(images.Split(' ').Length - 3, data.NotUnderstood.Sum(files => files.Files));
        Assert.Contains(layout, data.Layout, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_for_each_part_makes_parts_and_rows_without_a_file_are_counted()
    {
        foreach (int i in Enumerable.Range(0, 7))
            Put($"images/{i}.png", Image);
        Put("train.csv", "file,label\n0.png,a\n1.png,b\ngone.png,b\n"u8.ToArray());
        Put("val.csv", "file,label\n2.png,a\n3.png,b\n"u8.ToArray());
        Put("test.csv", "file,label\n4.png,a\n5.png,b\n"u8.ToArray());
        Put("sample_submission.csv", "file,label\n4.png,b\n"u8.ToArray());
        ImageFolderData data = Load();
        Assert.Equal((2, 2, 2), (data.Train.Count, data.Validation!.Count, data.Test!.Count));
        Assert.Equal("train.csv lists 1 file that is not there, such as gone.png in row 4", Assert.Single(data.Notes));
        Assert.Contains("not listed in", Assert.Single(data.NotUnderstood).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file,label\n1.png,a\n\n1.png,b\n", "labels.csv, row 4: 1.png is listed twice: b here, before in ")]
    [InlineData("file,label\n2.png,b\n1.png,\n", "labels.csv, row 3: 1.png has no label")]
    [InlineData("file,label\n,cat\n", "labels.csv, row 2: no file is said to be cat")]
    [InlineData("file,label\nx.png,a\ny.png,b\n", "labels.csv: none of the files that it lists is there, such as x.png in row 2; right would be names such as 1.png")]
    [InlineData("file,label\n\"1.png,a\n", "labels.csv, row 2: the quotation is not closed")]
    [InlineData("file,label\n1.png,a\n../2.png,b\n", "labels.csv, row 3: ../2.png is no path below folder ")]
    [InlineData("file,label\n/data/1.png,a\n", "labels.csv, row 2: /data/1.png is no path below folder ")]
    [InlineData("file,label\nC:\\data\\1.png,a\n", "labels.csv, row 2: C:\\data\\1.png is no path below folder ")]
    [InlineData("", "labels.csv is empty; right would be a first row such as file,label")]
    [InlineData("\n\n", "labels.csv is empty; right would be")]
    [InlineData("file,label\n", "labels.csv has no rows below its first; right would be")]
    [InlineData("file\n1.png\n", "labels.csv has one column only ('file')")]
    [InlineData("file,width,height\n1.png,3,4\n", "labels.csv is not understood: none of its columns (file, width, height) is called as one of labels")]
    [InlineData("nr,width,label\n7,3,4\n", "labels.csv is not understood: none of its columns (nr, width, label) is called as one of files")]
    [InlineData("1.png,7,cat\n2.png,8,dog\n", "labels.csv is not understood: it has 3 columns without names (1.png, 7, cat)")]
    [InlineData("file,label\n\0\n", "labels.csv is no text")]
    [InlineData("file,label\n1.png,a\n2.png,a\n", "only one class, a")]
    public void A_table_that_cannot_be_right_is_refused(string content, string message)
    {
        Put("labels.csv", System.Text.Encoding.UTF8.GetBytes(content));
        Put("1.png", Image);
        Put("2.png", Image);
        Assert.Contains(message, Assert.Throws<DataFormatException>(() => ImageFolder.Load(_root)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file,label\nIMG_1.PNG,cat\nIMG_2.PNG,dog\n", "img_1.png img_2.png", "names 2 images differently from their files, such as IMG_1.PNG for img_1.png in row 2")]
    [InlineData("file,label\nx/1.png,cat\n2.png,dog\n", "1.png 2.png", "names 1 image differently from its file, such as x/1.png for 1.png in row 2")]
    [InlineData("file,label\n1.png,Cat\n2.png,cat\n", "1.png 2.png", "the classes Cat and cat differ in case only")]
    [InlineData("file,label\n1.png,cat\n1.png,cat\n2.png,dog\n", "1.png 2.png", null)]
    [InlineData("cat,1.png\ndog,2.png\n", "1.png 2.png", null)]
    [InlineData("picture,weight,class\r1,7,cat\r2,8,dog\r", "1.png 2.png", null)]
    public void Names_need_not_be_the_same_to_the_letter(string content, string images, string? note)
    {
        Put("labels.csv", System.Text.Encoding.UTF8.GetBytes(content));
        foreach (string image in images.Split(' '))
            Put(image, Image);
        ImageFolderData data = Load();
        Assert.Equal([0, 1], Enumerable.Range(0, 2).Select(data.Train.Label));
        Assert.Equal(note is null ? 0 : 1, data.Notes.Count(line => line.Contains(note ?? "", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_table_lies_beside_images_with_them_or_in_a_folder_of_its_own()
    {
        foreach (string part in (string[])["train", "test"])
        {
            Put($"{part}/labels.csv", "file,label\n0.png,a\n1.png,b\n"u8.ToArray());
            Put($"{part}/0.png", Image);
            Put($"{part}/1.png", Image);
        }
        ImageFolderData data = Load();
        Assert.Equal((2, 2), (data.Train.Count, data.Test!.Count));
        File.Delete(Path.Combine(_root, "train", "labels.csv"));
        File.Delete(Path.Combine(_root, "test", "labels.csv"));
        Put("annotations/train.csv", "id,label\n0,b\n1,a\n"u8.ToArray());
        Put("annotations/classes.csv", "id,name\n7,a\n8,b\n"u8.ToArray());
        data = Load();
        Assert.Equal([1, 0], [data.Train.Label(0), data.Train.Label(1)]);
        Assert.Contains("classes.csv: none of the files that it lists is there, such as 7 in row 2", Assert.Single(data.Notes), StringComparison.Ordinal);
        Assert.Equal(2, data.NotUnderstood.Sum(files => files.Files));
    }

    [Fact]
    public void A_name_of_several_images_is_refused()
    {
        Put("labels.csv", "file,label\n0.png,a\n1.png,b\n"u8.ToArray());
        foreach (string image in (string[])["images/0.png", "photos/0.png", "photos/1.png"])
            Put(image, Image);
        string message = Assert.Throws<DataFormatException>(() => ImageFolder.Load(_root)).Message;
        Assert.Contains("labels.csv, row 2: 0.png may be images", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Class_folders_win_over_a_table_beside_them()
    {
        Classes("", 2, "a", "b");
        Put("labels.csv", "file,label\na/0.png,x\nb/0.png,y\n"u8.ToArray());
        ImageFolderData data = Load();
        Assert.Equal(["a", "b"], data.Train.ClassNames);
        Assert.Equal("labels.csv is not read, since folders say what the images show", Assert.Single(data.Notes));
    }
}
