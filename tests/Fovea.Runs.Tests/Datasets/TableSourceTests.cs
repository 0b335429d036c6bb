using Fovea.Data;
using Fovea.Runs.Datasets;
using Fovea.Tensors;

namespace Fovea.Runs.Tests.Datasets;

public sealed class TableSourceTests : IDisposable
{
    private static readonly string Sixteen = string.Join(' ', Enumerable.Range(0, 16));
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Faces_have_parts_and_named_emotions()
    {
        DataSource source = Source("f.csv", $"emotion,pixels,Usage\n3,{Sixteen},Training\n0,{Sixteen},Training\n6,{Sixteen},PublicTest\n3,{Sixteen},PrivateTest\n");
        IDataset train = source.Require(DataPart.Train);
        Assert.Equal(2, train.Count);
        Assert.Equal(new Shape(1, 4, 4), train.ImageShape);
        Assert.Equal("happy", train.ClassNames[train.Label(0)]);
        Assert.Equal("neutral", train.ClassNames[source.Require(DataPart.Validation).Label(0)]);
        Assert.Equal(1, source.Require(DataPart.Test).Count);
        var pixels = new float[16];
        train.Read(0, pixels);
        Assert.Equal(15 / 255f, pixels[15], 1e-6f);
    }

    [Theory]
    [InlineData("7,PIXELS\n9,PIXELS\n", 1)]
    [InlineData("label,NAMES\n7,PIXELS\n9,PIXELS\n", 1)]
    [InlineData("7,PIXELS,PIXELS,PIXELS\n9,PIXELS,PIXELS,PIXELS\n", 3)]
    public void One_column_a_pixel(string table, int channels)
    {
        string names = string.Join(',', Enumerable.Range(0, 16).Select(i => $"p{i}"));
        IDataset train = Source("m.csv", table.Replace("PIXELS", Sixteen.Replace(' ', ',')).Replace("NAMES", names)).Require(DataPart.Train);
        Assert.Equal(new Shape(channels, 4, 4), train.ImageShape);
        Assert.Equal(["7", "9"], train.ClassNames);
        Assert.Equal(2, train.Count);
    }

    [Theory]
    [InlineData("t.tsv", "sentence\tclass\ngood, really\tyes\nbad\tno\n")]
    [InlineData("t.jsonl", "{\"text\": \"good, really\", \"label\": \"yes\"}\n\n{\"label\": \"no\", \"text\": \"bad\"}\n")]
    [InlineData("t.csv", "\uFEFFReview;Rating\n\"good, really\";yes\nbad;no\n")]
    public void Texts(string file, string table)
    {
        var texts = Assert.IsType<TextDataset>(Source(file, table).Require(DataPart.Train));
        Assert.Equal("good, really", texts.Text(0));
        Assert.Equal("yes", texts.ClassNames[texts.Label(0)]);
    }

    [Theory]
    [InlineData("emotion,pixels\n1,0 1 2 3 4 5 6 7 8 9 10 11 12 13 14\n", "row 2: 15 pixels are no square image")]
    [InlineData("emotion,pixels\n1,0 1 2 300\n", "row 2, pixel 4: '300' is no number from 0 to 255")]
    [InlineData("emotion,pixels\n1,0 1 2 x\n", "row 2, pixel 4: 'x' is no number")]
    [InlineData("emotion,pixels\n1,0 1 2 3\n2,0\n", "row 3: 1 pixels, where the rows before have 4")]
    [InlineData("emotion,pixels\n1,0 1 2 3,5\n", "row 2: 3 columns, where the first row has 2")]
    [InlineData("emotion,pixels,Usage\n1,0 1 2 3,Later\n", "row 2: 'Later' is no part")]
    [InlineData("emotion,pixels\n1,\"0 1 2 3\n", "row 2: the quotation is not closed")]
    [InlineData("emotion,pixels\n", "no rows with a label")]
    [InlineData("{\"text\": 1\n", "line 1: no JSON object")]
    public void What_is_wrong_is_said_with_its_place(string table, string message) =>
        Assert.Contains(message, Assert.Throws<DataFormatException>(() => Source("w.csv", table).Require(DataPart.Train)).Message);

    [Fact]
    public void Columns_that_are_not_there_are_listed()
    {
        Assert.Contains("(opinion, verdict)", Assert.Throws<RunException>(() => Source("c.csv", "opinion,verdict\na,b\n").Require(DataPart.Train)).Message);
        DataSource source = Source("c.csv", "opinion,verdict\na,b\n", new DataRequest { TextColumn = "words" });
        Assert.Contains("there are opinion, verdict", Assert.Throws<RunException>(() => source.Require(DataPart.Train)).Message);
    }

    [Fact]
    public void Text_in_another_encoding_is_refused_in_one_line()
    {
        File.WriteAllBytes(_folder["u.csv"], [.. "text,label\n"u8, 0xE9, .. ",a\n"u8]);
        Assert.Contains("no text in UTF-8", Assert.Throws<DataFormatException>(() => DataSource.Find(_folder["u.csv"], new DataRequest()).Require(DataPart.Train)).Message);
    }

    [Fact]
    public void Texts_of_the_same_words_stay_together()
    {
        DataSource source = Source("d.csv", "text,label\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"Text {i / 2}!,{i / 2 % 2}\n")));
        (Subset training, Subset held) = source.Split(source.Require(DataPart.Train), 0.3, 5);
        Assert.Empty(TextDataset.Texts(training).Intersect(TextDataset.Texts(held)));
    }

    private DataSource Source(string file, string table, DataRequest? request = null)
    {
        File.WriteAllText(_folder[file], table);
        return DataSource.Find(_folder[file], request ?? new DataRequest());
    }
}
