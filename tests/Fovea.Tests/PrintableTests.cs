namespace Fovea.Tests;

public class PrintableTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("photos/cat 1.jpg", "photos/cat 1.jpg")]
    [InlineData("café – 猫 😀.png", "café – 猫 😀.png")]
    [InlineData("\u001B[31mred\u001B]0;title\u0007", "\\u001B[31mred\\u001B]0;title\\u0007")]
    [InlineData("a\nerror: forged\r\tb", "a\\nerror: forged\\r\\tb")]
    [InlineData("\u009B31m\u007F\0", "\\u009B31m\\u007F\\u0000")]
    [InlineData("gpj.\u202Eexe\u2066x\u2069\u200E", "gpj.\\u202Eexe\\u2066x\\u2069\\u200E")]
    [InlineData("a\u2028b\u2029c\u200Bd\uFEFF", "a\\u2028b\\u2029c\\u200Bd\\uFEFF")]
    [InlineData("👩\u200D💻", "👩\u200D💻")]
    public void Hidden_characters_are_shown_and_others_stay(string text, string shown) => Assert.Equal(shown, Printable.Escape(text));

    [Fact]
    public void Halves_of_surrogate_pairs_are_shown()
    {
        Assert.Equal("a\\uD83Db", Printable.Escape("a\uD83Db"));
        Assert.Equal("\\uDE00", Printable.Escape("\uDE00"));
        Assert.Equal("\\uDB40\\uDC01", Printable.Escape("\U000E0001")); // a tag: invisible
    }

    [Fact]
    public void Text_without_anything_hidden_is_not_copied()
    {
        string text = "plain " + 1;
        Assert.Same(text, Printable.Escape(text));
        Assert.Equal("", Printable.Escape(null));
    }

    [Fact]
    public void Whatever_comes_in_nothing_hidden_goes_out()
    {
        var random = new Random(1);
        for (int i = 0; i < 2000; i++)
        {
            string text = new([.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => (char)random.Next(0x10000))]);
            string shown = Printable.Escape(text);
            Assert.DoesNotContain(shown, c => char.IsControl(c) || c is >= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069');
            Assert.Equal(shown, Printable.Escape(shown));
        }
    }
}
