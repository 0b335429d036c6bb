using Fovea.Runs.Prediction;

namespace Fovea.Runs.Tests.Prediction;

public class GlobPatternTests
{
    [Theory]
    [InlineData("*.png", "a.png", true)]
    [InlineData("*.png", "a.jpg", false)]
    [InlineData("a*b*c", "aXbYbZc", true)]
    [InlineData("a*b*c", "aXbYbZ", false)]
    [InlineData("?", "", false)]
    [InlineData("*", "", true)]
    [InlineData("[ab]1", "b1", true)]
    [InlineData("[!ab]1", "b1", false)]
    [InlineData("[^ab]1", "c1", true)]
    [InlineData("[0-9][a-c-]", "7-", true)]
    [InlineData("[0-9]", "x", false)]
    [InlineData("[]x]", "]", true)]
    [InlineData("[!]x]", "]", false)]
    [InlineData("[ab", "[ab", true)]
    [InlineData("*[", "x[", true)]
    public void Names_match_as_in_a_shell(string pattern, string name, bool matches) =>
        Assert.Equal(matches, GlobPattern.Matches(pattern, name, ignoreCase: false));

    [Fact]
    public void Case_counts_unless_it_is_to_be_ignored()
    {
        Assert.False(GlobPattern.Matches("[a-c]X", "Bx", ignoreCase: false));
        Assert.True(GlobPattern.Matches("[a-c]X", "Bx", ignoreCase: true));
    }

    [Theory]
    [InlineData("a.png", "a.png")]
    [InlineData("a.{png,jpg}", "a.png a.jpg")]
    [InlineData("{a,b}{1,2}", "a1 a2 b1 b2")]
    [InlineData("{a,b{c,d}}x", "ax bcx bdx")]
    [InlineData("{a}b{,c}", "{a}b {a}bc")]
    [InlineData("{{a,b}", "{a {b")]
    [InlineData("{a,b", "{a,b")]
    public void Alternatives_are_written_out_in_order(string pattern, string expected) =>
        Assert.Equal(expected.Split(' '), GlobPattern.Alternatives(pattern));

    [Fact]
    public void Too_many_alternatives_are_none() =>
        Assert.Empty(GlobPattern.Alternatives(string.Concat(Enumerable.Repeat("{a,b,c,d}", 30))));

    [Fact]
    public void Many_stars_take_no_time() =>
        Assert.False(GlobPattern.Matches(string.Concat(Enumerable.Repeat("*a", 100)) + "b", new string('a', 250), ignoreCase: false));
}
