using System.Text.Json;
using Fovea.Imaging;
using Fovea.Imaging.Png;

namespace Fovea.Cli.Tests;

/// <summary><c>fovea filter</c>: images in, images out, and what became of values that do not fit.</summary>
public sealed class FilterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_filter_writes_a_picture_and_says_what_it_cut_off()
    {
        CommandRun run = Filter("edge").Succeeds();

        Image result = ImageFile.Load(_folder["out.png"]);
        Assert.Equal((8, 6, 1), (result.Width, result.Height, result.Channels));
        // Where brightness rises evenly the Laplacian is zero; at the step in the middle it is not.
        Assert.Equal([0, 0, 0, 100, 0, 0, 0, 0], result.Row(2).ToArray());
        Assert.Contains("8×6 grey, values from -110 to 100, of which 12.50 % were clamped to 0 or 255", run.Out);
        Assert.Empty(run.Error);
    }

    [Fact]
    public void Scaled_results_name_the_range_they_come_from()
    {
        CommandRun run = Filter("edge", "--normalize", "--padding", "same").Succeeds();

        Assert.Matches("10×8 grey, values from -[0-9]+ to [0-9]+, scaled to 0 to 255", run.Out);
        Assert.DoesNotContain("clamped", run.Out);
        Image result = ImageFile.Load(_folder["out.png"]);
        Assert.Contains((byte)0, result.Pixels.ToArray());
        Assert.Contains((byte)255, result.Pixels.ToArray());
    }

    [Fact]
    public void Json_holds_the_matrix_and_the_range()
    {
        JsonElement report = Filter("-1,1;-2,2", "--relu", "--pool", "max:2", "--stride", "1", "--json").Succeeds().Json();

        Assert.Equal([-2f, 2f], report.GetProperty("cells")[1].Deserialize<float[]>()!);
        Assert.Equal([1, 3, 4], report.GetProperty("output").Deserialize<int[]>()!);
        Assert.Equal(360, report.GetProperty("maximum").GetDouble());
        Assert.False(report.GetProperty("normalized").GetBoolean());
    }

    [Fact]
    public void Brightness_is_kept_or_its_change_is_said()
    {
        CommandRun blur = Filter("blur").Succeeds();
        Assert.Contains("divided by 9", blur.Error);
        Assert.DoesNotContain("clamped", blur.Out);
        Assert.Contains("clamped", Filter("blur", "--divide", "1").Succeeds().Out);
        Assert.Contains("sum to 4", Filter("1,1;1,1").Succeeds().Error);
        CommandRun divided = Filter("1,1;1,1", "--divide", "sum").Succeeds();
        Assert.Empty(divided.Error);
        Assert.DoesNotContain("clamped", divided.Out);
    }

    [Fact]
    public void Transparent_parts_are_seen_on_white_or_another_colour()
    {
        string path = _folder["logo.png"], target = _folder["out.png"];
        ImageFile.SavePng(new Image(1, 1, 4, [9, 9, 9, 0]), path);
        CommandRun white = CommandRun.Of("filter", path, "--kernel", "1", "--out", target).Succeeds();
        Assert.Contains("note: the image has transparent parts, which are seen on white; --background asks for another colour", white.Messages);
        Assert.Equal([255, 255, 255], ImageFile.Load(target).Pixels.ToArray());
        CommandRun.Of("filter", path, "--kernel", "1", "--background", "#ff8000", "--out", target).Succeeds();
        Assert.Equal([255, 128, 0], ImageFile.Load(target).Pixels.ToArray());
    }

    [Fact]
    public void The_standard_input_is_read_too()
    {
        string target = _folder["out.png"];
        CommandRun.WithInput(PngEncoder.Encode(Ramp()), "filter", "-", "--kernel", "sobel-x", "--out", target).Succeeds();
        Assert.Equal((8, 6), (ImageFile.Load(target).Width, ImageFile.Load(target).Height));
    }

    [Fact]
    public void What_cannot_be_filtered_is_said_in_one_line()
    {
        string missing = _folder["none.png"], text = _folder["text.png"], small = _folder["small.png"], target = _folder["new.png"];
        File.WriteAllText(text, "no image");
        ImageFile.SavePng(new Image(2, 2, 3), small);
        CommandRun.Of("filter", missing, "--kernel", "edge", "--out", target).FailsWith(ExitCode.Failed, "there is no file", missing);
        CommandRun.Of("filter", text, "--kernel", "edge", "--out", target).FailsWith(ExitCode.Failed, text, "text, not an image");
        CommandRun.Of("filter", small, "--kernel", "edge", "--out", target).FailsWith(ExitCode.Failed, "3×3", "does not fit");
        CommandRun.Of("filter", small, "--kernel", "1", "--out", Path.Combine(_folder["no-folder"], "new.png")).FailsWith(ExitCode.Failed, "there is no folder", "no-folder");
        CommandRun.Of("filter", small, "--kernel", "1", "--out", small).FailsWith(ExitCode.WrongUsage, "another file");
        Assert.False(File.Exists(target));
    }

    private CommandRun Filter(string kernel, params string[] more)
    {
        string path = _folder["in.png"];
        ImageFile.SavePng(Ramp(), path);
        return CommandRun.Of(["filter", path, "--kernel", kernel, "--out", _folder["out.png"], .. more]);
    }

    /// <summary>10×8, every row 0, 20, 40, 60, 80, 200, 210, 220, 230, 240.</summary>
    private static Image Ramp()
    {
        var image = new Image(10, 8, 1);
        for (int y = 0; y < 8; y++)
            for (int x = 0; x < 10; x++)
                image.Row(y)[x] = (byte)(x < 5 ? 20 * x : 200 + (10 * (x - 5)));
        return image;
    }
}
