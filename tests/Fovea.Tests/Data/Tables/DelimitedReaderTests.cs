using System.Text;
using Fovea.Data;
using Fovea.Data.Tables;
using Fovea.Tensors;

namespace Fovea.Tests.Data.Tables;

public class DelimitedReaderTests
{
    [Theory]
    [InlineData("a,b\n1,\"x, y\"\n", "1:a|b 2:1|x, y")]
    [InlineData("a;b\r\n\"q, \"\"z\"\"\";2\r\n\r\n3;4", "1:a|b 2:q, \"z\"|2 4:3|4")]
    [InlineData("a\tb\r\"two\r\nlines\"\t2", "1:a|b 2:two\nlines|2")]
    [InlineData("", "")]
    public void Rows_and_fields(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', DelimitedReader.Read(new StringReader(text), "t").Select(row => $"{row.Number}:{string.Join('|', row.Fields)}")));

    [Theory]
    [InlineData("a,b\n\"c", "t, row 2: the quotation is not closed")]
    [InlineData("a\0b", "t is no text")]
    public void What_is_no_table_is_refused(string text, string message) =>
        Assert.Contains(message, Assert.Throws<DataFormatException>(() => DelimitedReader.Read(new StringReader(text), "t").ToList()).Message);

    [Theory]
    [InlineData('x')]
    [InlineData(',')]
    [InlineData('"')]
    public void A_line_without_end_takes_no_memory_without_end(char c)
    {
        var error = Assert.Throws<DataFormatException>(() => DelimitedReader.Read(new Endless(c), "t").ToList());
        Assert.StartsWith("t, row 1: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_tables_end_in_rows_or_in_the_documented_exception()
    {
        List<byte[]> seeds = ["label,text\n1,\"a \"\"b\"\"\"\n2,c\r\n"u8.ToArray(), "a;b\n\"x\ny\";é\n"u8.ToArray()];
        var rng = new Rng(11);
        for (int i = 0; i < DamagedFiles.Count; i++)
            DamagedFiles.Try(seeds, ref rng, file =>
            {
                foreach (var _ in DelimitedReader.Read(new StreamReader(new MemoryStream(file), new UTF8Encoding(false, true)), "t"))
                {
                }
            });
    }

    private sealed class Endless(char c) : TextReader
    {
        public override int ReadBlock(char[] buffer, int index, int count)
        {
            buffer.AsSpan(index, count).Fill(c);
            return count;
        }
    }
}
