using System.Security.Cryptography;
using Fovea.Data;
using Fovea.Tensors;

namespace Fovea.Tests.Data;

public sealed class DownloaderTests : IDisposable
{
    private static readonly byte[] Content = MakeContent();

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_arrives_whole_with_progress_and_leaves_no_part()
    {
        using var server = new LoopbackServer(request => LoopbackServer.Serve(Content, request));
        var progress = new List<DownloadProgress>();
        string folder = _folder.File("deep/er");
        string path = await Quick().DownloadAsync(File(server), folder, progress.Add);
        Assert.Equal(Path.Combine(folder, "file.bin"), path);
        Assert.Equal(Content, System.IO.File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(folder));
        Assert.Equal(new DownloadProgress("file.bin", Content.Length, Content.Length), progress[^1]);
        Assert.Equal(progress.Select(p => p.Bytes).Order(), progress.Select(p => p.Bytes));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_dies_is_continued_where_it_died(bool lengthDeclared)
    {
        using var server = new LoopbackServer(request =>
        {
            Answer answer = LoopbackServer.Serve(Content, request);
            if (!lengthDeclared)
                answer = answer with { DeclaredLength = null };
            return answer.Body.Length > 100_000 ? LoopbackServer.Cut(answer, 100_000) : answer;
        });
        Assert.Equal(Content, System.IO.File.ReadAllBytes(await Quick().DownloadAsync(File(server), _folder.Path)));
        Assert.Equal([null, 100_000, 200_000], server.Requests.Select(request => request.From));
    }

    [Fact]
    public async Task A_later_run_continues_an_earlier_one()
    {
        System.IO.File.WriteAllBytes(_folder.File("file.bin.part"), Content[..123_456]);
        using var server = new LoopbackServer(request => LoopbackServer.Serve(Content, request));
        Assert.Equal(Content, System.IO.File.ReadAllBytes(await Quick().DownloadAsync(File(server), _folder.Path)));
        Assert.Equal([123_456], server.Requests.Select(request => request.From));
    }

    [Fact]
    public async Task A_part_that_is_already_whole_needs_no_server()
    {
        System.IO.File.WriteAllBytes(_folder.File("file.bin.part"), Content);
        using var server = new LoopbackServer(_ => new Answer("500 No", []));
        Assert.Equal(Content, System.IO.File.ReadAllBytes(await Quick().DownloadAsync(File(server), _folder.Path)));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task The_right_file_is_kept_and_a_wrong_one_replaced()
    {
        using var server = new LoopbackServer(request => LoopbackServer.Serve(Content, request));
        System.IO.File.WriteAllBytes(_folder.File("file.bin"), new byte[Content.Length]);
        Assert.Equal(Content, System.IO.File.ReadAllBytes(await Quick().DownloadAsync(File(server), _folder.Path)));
        Assert.Single(server.Requests);
        await Quick().DownloadAsync(File(server), _folder.Path);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("200")]
    [InlineData("416")]
    [InlineData("wrong range")]
    public async Task A_server_that_cannot_continue_starts_again(string behaviour)
    {
        System.IO.File.WriteAllBytes(_folder.File("file.bin.part"), Content[..1000]);
        using var server = new LoopbackServer(request => behaviour switch
        {
            _ when request.From is null || behaviour == "200" => new Answer("200 OK", Content),
            "416" => new Answer("416 Range Not Satisfiable", []),
            _ => new Answer("206 Partial Content", Content[500..]) { Range = $"bytes 500-{Content.Length - 1}/{Content.Length}" },
        });
        Assert.Equal(Content, System.IO.File.ReadAllBytes(await Quick().DownloadAsync(File(server), _folder.Path)));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(300_000)]
    public async Task A_stale_part_is_thrown_away_and_fetched_again(int staleBytes)
    {
        System.IO.File.WriteAllBytes(_folder.File("file.bin.part"), new byte[staleBytes]);
        using var server = new LoopbackServer(request => LoopbackServer.Serve(Content, request));
        Assert.Equal(Content, System.IO.File.ReadAllBytes(await Quick().DownloadAsync(File(server), _folder.Path)));
        Assert.Null(server.Requests[^1].From);
    }

    [Fact]
    public async Task A_wrong_hash_is_refused_and_nothing_stays()
    {
        using var server = new LoopbackServer(request => LoopbackServer.Serve(new byte[Content.Length], request));
        await AssertFails(File(server), "must be " + File(server).Sha256);
        Assert.Empty(Directory.GetFiles(_folder.Path));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_server_that_dies_and_lies_is_not_asked_for_ever()
    {
        byte[] wrong = new byte[Content.Length];
        using var server = new LoopbackServer(request => request.From is null
            ? LoopbackServer.Cut(new Answer("200 OK", wrong), 1000) : LoopbackServer.Serve(wrong, request));
        await AssertFails(File(server), "SHA-256");
        Assert.Equal(4, server.Requests.Count);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("404 Not Found", 1)]
    [InlineData("403 Forbidden", 1)]
    [InlineData("503 Service Unavailable", 3)]
    [InlineData("429 Too Many Requests", 3)]
    public async Task Refusals_are_reported_and_only_passing_ones_tried_again(string status, int requests)
    {
        using var server = new LoopbackServer(_ => new Answer(status, []));
        await AssertFails(File(server), "the server answers " + status);
        Assert.Equal(requests, server.Requests.Count);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task A_server_that_recovers_is_forgiven()
    {
        int calls = 0;
        using var server = new LoopbackServer(request => ++calls < 3 ? new Answer("500 Internal Server Error", []) : LoopbackServer.Serve(Content, request));
        await Quick().DownloadAsync(File(server), _folder.Path);
        Assert.Equal(3, calls);
    }

    [Fact]
    public async Task More_content_than_there_should_be_is_refused()
    {
        byte[] longer = [.. Content, 1, 2, 3];
        using (var honest = new LoopbackServer(_ => new Answer("200 OK", longer)))
            await AssertFails(File(honest), $"offers {longer.Length} bytes, the right file has {Content.Length}");
        using (var silent = new LoopbackServer(_ => new Answer("200 OK", longer) { DeclaredLength = null }))
            await AssertFails(File(silent), $"sends more than the {Content.Length} bytes");
        Assert.All(Directory.GetFiles(_folder.Path), path => Assert.Equal(0, new FileInfo(path).Length));
    }

    [Fact]
    public async Task A_silent_server_costs_no_more_than_patience()
    {
        using var server = new LoopbackServer(request => LoopbackServer.Serve(Content, request) with { Delay = TimeSpan.FromSeconds(30) });
        var downloader = new Downloader { Attempts = 2, BackOff = TimeSpan.Zero, Patience = TimeSpan.FromSeconds(0.2) };
        DownloadException e = await Assert.ThrowsAsync<DownloadException>(() => downloader.DownloadAsync(File(server), _folder.Path));
        Assert.EndsWith("the server was silent for 0.2 s", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_keeps_what_has_arrived()
    {
        using var server = new LoopbackServer(request => LoopbackServer.Serve(Content, request));
        using var cancellation = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Quick().DownloadAsync(File(server), _folder.Path, _ => cancellation.Cancel(), cancellation.Token));
        long kept = new FileInfo(_folder.File("file.bin.part")).Length;
        Assert.InRange(kept, 1, Content.Length - 1);
        Assert.Equal(Content, System.IO.File.ReadAllBytes(await Quick().DownloadAsync(File(server), _folder.Path)));
        Assert.Equal(kept, server.Requests[^1].From);
    }

    [Fact]
    public async Task No_server_and_no_such_host_are_one_line_with_the_address()
    {
        Uri gone;
        using (var server = new LoopbackServer(_ => new Answer("200 OK", [])))
            gone = server.Url("file.bin");
        await AssertFails(new DatasetDownload("file.bin", gone, 1, ""), gone.ToString());
        await AssertFails(new DatasetDownload("file.bin", new Uri("https://nowhere.invalid/file.bin"), 1, ""), "https://nowhere.invalid/file.bin");
    }

    [Fact]
    public async Task Only_https_is_trusted_beyond_this_machine() =>
        await AssertFails(new DatasetDownload("file.bin", new Uri("http://example.org/file.bin"), 1, ""), "https://");

    [Fact]
    public async Task A_place_that_cannot_be_written_is_named()
    {
        using var server = new LoopbackServer(request => LoopbackServer.Serve(Content, request));
        string file = _folder.File("file");
        System.IO.File.WriteAllText(file, "not a folder");
        DownloadException e = await Assert.ThrowsAsync<DownloadException>(() => Quick().DownloadAsync(File(server), Path.Combine(file, "below")));
        Assert.Contains("cannot write " + file, e.Message);
        Directory.CreateDirectory(_folder.File("file.bin.part"));
        await AssertFails(File(server), "cannot write " + _folder.File("file.bin.part"));
    }

    [Fact]
    public async Task A_full_disk_is_named()
    {
        if (!System.IO.File.Exists("/dev/full"))
            return;
        using var server = new LoopbackServer(request => LoopbackServer.Serve(Content, request));
        System.IO.File.CreateSymbolicLink(_folder.File("file.bin.part"), "/dev/full");
        await AssertFails(File(server), "no space left");
    }

    private async Task AssertFails(DatasetDownload file, string message)
    {
        DownloadException e = await Assert.ThrowsAsync<DownloadException>(() => Quick().DownloadAsync(file, _folder.Path));
        Assert.Contains(message, e.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\n', e.Message);
    }

    private static Downloader Quick() => new() { Attempts = 3, BackOff = TimeSpan.FromMilliseconds(1) };

    private static DatasetDownload File(LoopbackServer server) =>
        new("file.bin", server.Url("file.bin"), Content.Length, Convert.ToHexString(SHA256.HashData(Content)));

    private static byte[] MakeContent()
    {
        var rng = new Rng(9);
        return [.. Enumerable.Range(0, 250_000).Select(_ => (byte)rng.NextInt(256))];
    }
}
