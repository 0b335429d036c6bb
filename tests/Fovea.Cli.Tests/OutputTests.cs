using System.Diagnostics;
using System.Text;

namespace Fovea.Cli.Tests;

/// <summary>Standard streams that cannot be written to, or are not there.</summary>
public sealed class OutputTests : IDisposable
{
    private static readonly string[] Digits = ["train", "digits", "--limit", "60", "--batch-size", "16", "--epochs", "2"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Messages_that_cannot_be_written_end_no_run()
    {
        using var output = new StringWriter();
        using var failing = new FailingWriter();
        Assert.Equal(ExitCode.Done, FoveaApp.Run([.. Digits, "--out", _folder["run"]], new Terminal { Out = output, Error = failing }));
        Assert.True(failing.Failures > 3);
        Assert.Contains("model: ", output.ToString());
        Assert.Equal(ExitCode.WrongUsage, FoveaApp.Run(["train", "--epochs", "-1"], new Terminal { Out = output, Error = failing }));
    }

    [Fact]
    public void Results_that_cannot_be_written_are_one_line_and_nothing_is_lost()
    {
        using var failing = new FailingWriter();
        using var messages = new StringWriter();
        foreach (string[] form in (string[][])[[], ["--json"]])
        {
            string run = _folder["run" + form.Length];
            Assert.Equal(ExitCode.Failed, FoveaApp.Run([.. Digits, .. form, "--out", run], new Terminal { Out = failing, Error = messages }));
            foreach (string file in (string[])["model.safetensors", "checkpoint.safetensors", "history.csv", "summary.json", "report.html"])
                Assert.True(File.Exists(Path.Combine(run, file)), file);
        }
        string[] errors = [.. messages.ToString().Split('\n').Where(line => line.StartsWith("error:", StringComparison.Ordinal))];
        Assert.Equal(2, errors.Length);
        Assert.All(errors, line => Assert.Equal("error: the results cannot be written to the standard output: no space left", line.TrimEnd()));
    }

    [Fact]
    public void A_result_that_cannot_be_written_is_no_picture_that_was_skipped()
    {
        CommandRun.Of([.. Digits, "--out", _folder["run"]]).Succeeds();
        CommandRun.Of("data", "export", "digits", "--limit", "3", "--out", _folder["images"]).Succeeds();
        string[] images = Directory.GetFiles(_folder["images"], "*.png", SearchOption.AllDirectories);
        using var failing = new FailingWriter();
        using var messages = new StringWriter();
        string model = Path.Combine(_folder["run"], "model.safetensors");
        Assert.Equal(ExitCode.Failed, FoveaApp.Run(["predict", model, .. images], new Terminal { Out = failing, Error = messages }));
        Assert.Equal("error: the results cannot be written to the standard output: no space left", messages.ToString().Trim());

        Assert.Equal(ExitCode.Failed, FoveaApp.Run(["evaluate", model, "digits", "--limit", "50", "--report", _folder["page.html"]], new Terminal { Out = failing, Error = messages }));
        Assert.True(File.Exists(_folder["page.html"]));
    }

    [Fact]
    public void A_process_without_its_streams_trains_to_the_end_and_writes_into_no_other_file()
    {
        if (!OperatingSystem.IsLinux())
            return;
        CommandRun.Of([.. Digits, "--out", _folder["expected"]]).Succeeds();
        byte[] expected = File.ReadAllBytes(_folder["expected/model.safetensors"]);
        (string Redirection, int Code)[] cases = [("2>/dev/full >/dev/null", 0), ("<&- 2>&- >/dev/null", 0), ("<&- >&- 2>&-", 1), (">/dev/full 2>/dev/null", 1)];
        foreach ((string redirection, int code) in cases)
        {
            string run = _folder[$"run-{redirection.Length}"];
            Assert.Equal(code, FoveaProcess.Run($"{string.Join(' ', Digits)} --out {run} {redirection}"));
            Assert.Equal(expected, File.ReadAllBytes(Path.Combine(run, "model.safetensors")));
            foreach (string file in Directory.GetFiles(run))
                Assert.DoesNotContain("samples to learn from,", File.ReadAllText(file, Encoding.Latin1));
        }
        Assert.Equal(1, FoveaProcess.Run($"predict {_folder["expected/model.safetensors"]} - <&- 2>/dev/null"));
    }

    [Fact]
    public void A_terminal_that_is_closed_interrupts_as_control_C_does()
    {
        if (OperatingSystem.IsWindows())
            return;
        using Process process = FoveaProcess.Start($"train digits --limit 200 --epochs 100000 --out {_folder["run"]} >/dev/null 2>{_folder["messages"]}");
        FoveaProcess.WaitFor(() => File.Exists(_folder["run/checkpoint.safetensors"]));
        // The shell tells of it, and the system does.
        for (int times = 0; times < 2 && !process.HasExited; times++)
            FoveaProcess.Signal(process, "HUP");
        Assert.Equal(1, FoveaProcess.End(process));
        string[] messages = File.ReadAllLines(_folder["messages"]);
        Assert.StartsWith("interrupted in epoch ", messages[^2], StringComparison.Ordinal);
        Assert.Equal($"to go on: fovea train --resume --out {_folder["run"]}", messages[^1]);
    }

    private sealed class FailingWriter : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public int Failures { get; private set; }

        public override void Write(char value)
        {
            Failures++;
            throw new IOException("No space left");
        }
    }
}
