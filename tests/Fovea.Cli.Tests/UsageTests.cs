namespace Fovea.Cli.Tests;

/// <summary>Wrong command lines: exit code 2 and one line that says what would be right, before anything is read or written.</summary>
public class UsageTests
{
    [Theory]
    [InlineData("", "a command is missing", "fovea --help")]
    [InlineData("fly", "'fly'", "fovea --help")]
    [InlineData("data", "list, get or export")]
    [InlineData("data fly", "'fly'")]
    [InlineData("train", "a data set is missing", "digits")]
    [InlineData("train digits --wings 2", "'--wings'", "fovea train --help")]
    [InlineData("train digits shapes", "'shapes'")]
    [InlineData("train digits --epochs 0", "--epochs must be a positive whole number, got 0")]
    [InlineData("train digits --epochs -3", "--epochs must be a positive whole number, got -3")]
    [InlineData("train digits --epochs 1.5", "--epochs must be a positive whole number, got 1.5")]
    [InlineData("train digits --epochs 99999999999", "--epochs must be")]
    [InlineData("train digits --epochs", "--epochs")]
    [InlineData("train digits --lr -1", "--lr must be positive, got -1")]
    [InlineData("train digits --lr 0", "--lr must be positive, got 0")]
    [InlineData("train digits --lr nan", "--lr must be positive, got nan")]
    [InlineData("train digits --lr 0,1", "--lr must be positive, got 0,1")]
    [InlineData("train digits --batch-size 0", "--batch-size must be")]
    [InlineData("train digits --threads 0", "--threads must be")]
    [InlineData("train digits --limit 0", "--limit must be")]
    [InlineData("train digits --patience 0", "--patience must be")]
    [InlineData("train digits --clip 0", "--clip must be positive, got 0")]
    [InlineData("train digits --momentum 1", "--momentum must be at least 0 and below 1, got 1")]
    [InlineData("train digits --weight-decay -1", "--weight-decay must be zero or more, got -1")]
    [InlineData("train digits --label-smoothing 1", "--label-smoothing must be at least 0 and below 1, got 1")]
    [InlineData("train digits --validation 1", "--validation must be at least 0 and below 1, got 1")]
    [InlineData("train digits --seed -1", "--seed must be a whole number from 0 on, got -1")]
    [InlineData("train digits --optimizer magic", "--optimizer must be one of sgd, adam, adamw, rmsprop, got magic")]
    [InlineData("train digits --schedule magic", "--schedule must be one of constant", "got magic")]
    [InlineData("train digits --loss magic", "--loss must be one of cross-entropy, mse, got magic")]
    [InlineData("train digits --model magic", "'magic'", "lenet5")]
    [InlineData("train digits --input 28x28", "--input must be channels (1 or 3) x height x width", "got 28x28")]
    [InlineData("train digits --input 2x28x28", "got 2x28x28")]
    [InlineData("train digits --optimizer adam --momentum 0.9", "adam has no momentum")]
    [InlineData("train digits --loss mse --label-smoothing 0.1", "mse has no label smoothing")]
    [InlineData("train --resume", "--resume needs --out")]
    [InlineData("evaluate model", "fovea evaluate --help")]
    [InlineData("evaluate model digits --split half", "--split must be one of train, validation, test, got half")]
    [InlineData("predict model", "fovea predict --help")]
    [InlineData("predict model a.png --top 0", "--top must be a positive whole number, got 0")]
    [InlineData("summary", "fovea summary --help")]
    [InlineData("summary lenet5 --classes 1", "--classes must be a whole number from 2 on, got 1")]
    [InlineData("filter", "fovea filter --help")]
    [InlineData("filter a.png --kernel edge", "--out", "fovea filter --help")]
    [InlineData("filter a.png --out b.png", "--kernel", "fovea filter --help")]
    [InlineData("filter a.png --kernel fur --out b.png", "--kernel: no filter is named 'fur'", "edge, sharpen, blur, emboss, sobel-x", "right-edge")]
    [InlineData("filter a.png --kernel 1,2;3 --out b.png", "--kernel: every row", "row 2 has 1")]
    [InlineData("filter a.png --kernel edge --out b.jpg", "--out must end in .png, got b.jpg")]
    [InlineData("filter a.png --kernel edge --stride 0 --out b.png", "--stride must be a whole number from 1 to 64, got 0")]
    [InlineData("filter a.png --kernel edge --padding -1 --out b.png", "--padding must be same or a whole number from 0 to 1024, got -1")]
    [InlineData("filter a.png --kernel edge --pool min:2 --out b.png", "--pool must be max:N or avg:N", "got min:2")]
    [InlineData("filter a.png --kernel edge --pool max:0 --out b.png", "got max:0")]
    [InlineData("filter a.png --kernel edge --divide sum --out b.png", "the kernel's cells sum to 0", "--divide sum")]
    [InlineData("filter a.png --kernel edge --divide 0 --out b.png", "--divide must be sum or a positive number, got 0")]
    [InlineData("data export digits", "--out", "fovea data export --help")]
    [InlineData("data get digits", "digits is built in")]
    public void Wrong_lines_are_explained_in_one_line(string line, params string[] fragments) =>
        CommandRun.Of(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).FailsWith(ExitCode.WrongUsage, fragments);

    [Fact]
    public void A_stack_trace_comes_only_when_asked_for()
    {
        Assert.DoesNotContain("   at ", CommandRun.Of("summary", "nothing").Error);
        Assert.Contains("   at ", CommandRun.Of("summary", "nothing", "--trace").Error);
    }
}
