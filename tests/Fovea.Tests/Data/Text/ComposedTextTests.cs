using Fovea.Data.Text;

namespace Fovea.Tests.Data.Text;

public class ComposedTextTests
{
    /// <summary>Values of Python's unicodedata.normalize("NFC", …).</summary>
    [Theory]
    [InlineData("cat", "cat")]
    [InlineData("cafe\u0301", "caf\u00E9")]
    [InlineData("caf\u00E9", "caf\u00E9")]
    [InlineData("a\u0323\u0302", "\u1EAD")]
    [InlineData("a\u0302\u0323", "\u1EAD")]
    [InlineData("\u1112\u1161\u11AB\u1100\u1173\u11AF", "\uD55C\uAE00")]
    [InlineData("\u304B\u3099", "\u304C")]
    [InlineData("\u212B", "\u00C5")]
    [InlineData("\u0958", "\u0915\u093C")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("a\u0315\u0300", "\u00E0\u0315")]
    [InlineData("\u0301e\u0301", "\u0301\u00E9")]
    [InlineData("\uD834\uDD5E", "\uD834\uDD57\uD834\uDD65")]
    [InlineData("\uD804\uDC99\uD804\uDCBA", "\uD804\uDC9A")]
    public void Letters_and_marks_become_one_character(string text, string composed)
    {
        Assert.Equal(composed, ComposedText.Of(text));
        Assert.Equal(composed, ComposedText.Of(composed));
    }

    [Fact]
    public void What_decomposes_comes_back_for_every_letter_of_the_table()
    {
        // Vietnamese, Greek and Cyrillic letters, each spelt as a file system would.
        foreach (string letters in (string[])["\u1EA4\u1EBF\u1ED9\u1EF1", "\u0390\u1F80\u03CE", "\u0439\u0457\u045E"])
            Assert.Same(letters, ComposedText.Of(letters));
    }

    [Fact]
    public void Halves_of_characters_do_no_harm() =>
        Assert.Equal("\uFFFDx\u00E9", ComposedText.Of("\uD834xe\u0301"));
}
