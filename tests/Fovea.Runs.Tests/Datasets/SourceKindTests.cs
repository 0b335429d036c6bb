using Fovea.Runs.Datasets;
using Fovea.Tensors;

namespace Fovea.Runs.Tests.Datasets;

/// <summary>What a path is taken for.</summary>
public sealed class SourceKindTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Arrays_are_found_by_name_beside_files_that_cannot_be_opened()
    {
        File.WriteAllBytes(_folder["train-images-idx3-ubyte"], [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8]);
        File.WriteAllBytes(_folder["train-labels-idx1-ubyte"], [0, 0, 8, 1, 0, 0, 0, 2, 0, 1]);
        File.CreateSymbolicLink(_folder["images.png"], _folder["gone.png"]);
        File.CreateSymbolicLink(_folder["labels.png"], _folder["gone.png"]);
        string folder = Path.GetDirectoryName(_folder["x"])!;
        Assert.Equal(new Shape(1, 2, 2), DataSource.Find(folder, new DataRequest()).Require(DataPart.Train).ImageShape);
        Assert.Equal(2, DataSource.Find(_folder["train-labels-idx1-ubyte"], new DataRequest()).Require(DataPart.Train).Count);
        File.Delete(_folder["train-labels-idx1-ubyte"]);
        Assert.IsType<FolderSource>(DataSource.Find(folder, new DataRequest()));
    }

    [Theory]
    [InlineData("t.csv", "text,label\na,b\n", true)]
    [InlineData("t.txt", "text;label\na;b\n", true)]
    [InlineData("t", "{\"text\": \"a\", \"label\": 1}\n", true)]
    [InlineData("t.jsonl", "{\"text\": \"a\", \"label\": 1}\n", true)]
    [InlineData("words.txt", "cat\ndog, a friend\n", false)]
    [InlineData("page.html", "<p>a, b</p>\n", false)]
    [InlineData("empty", "", false)]
    public void A_table_is_called_so_or_has_columns_in_its_first_line(string name, string text, bool isTable)
    {
        File.WriteAllText(_folder[name], text);
        Assert.Equal(isTable, TableFile.Find(_folder[name]) is not null);
    }

    [Fact]
    public void A_table_of_files_names_the_folder_as_what_would_be_right()
    {
        File.WriteAllText(_folder["labels.csv"], "filename,label\na.png,cat\n");
        Assert.Contains("right would be the folder", Assert.Throws<RunException>(() => DataSource.Find(_folder["labels.csv"], new DataRequest()).Require(DataPart.Train)).Message);
    }
}
