namespace Fovea.Tests;

public class NearestTests
{
    private static readonly string[] Known = ["train", "recipes", "evaluate", "lenet5", "lenet5-1998", "mobilenet_v2"];

    [Theory]
    [InlineData("trian", "train")]
    [InlineData("tran", "train")]
    [InlineData("TRAIN", "train")]
    [InlineData("evalaute", "evaluate")]
    [InlineData("lenet", "lenet5")]
    [InlineData("mobilenet", "mobilenet_v2")]
    [InlineData("lenet5-1989", "lenet5-1998")]
    [InlineData("lenet7", null)]
    [InlineData("fly", null)]
    [InlineData("", null)]
    [InlineData("x", null)]
    public void The_nearest_name_is_found_or_none(string word, string? expected) => Assert.Equal(expected, Nearest.Of(word, Known));

    [Fact]
    public void A_question_ends_the_message_only_where_something_is_near()
    {
        Assert.Equal(" (did you mean 'train'?)", Nearest.Question("trian", Known));
        Assert.Equal("", Nearest.Question("nothing like it", Known));
        Assert.Equal("", Nearest.Question(new string('t', 100_000), Known));
    }
}
