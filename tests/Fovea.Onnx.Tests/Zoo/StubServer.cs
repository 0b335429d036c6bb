using System.Net;
using System.Net.Http.Headers;

namespace Fovea.Onnx.Tests.Zoo;

/// <summary>Stands for a server: answers with what it has, from where it is asked to, and can break off or be away.</summary>
internal sealed class StubServer : HttpMessageHandler
{
    private readonly Dictionary<string, byte[]> _files = [];

    public List<(string Path, long? From)> Requests { get; } = [];

    /// <summary>The most bytes of an answer before the connection breaks.</summary>
    public int? Cut { get; set; }

    public bool IsAway { get; set; }

    public StubServer With(string path, byte[] content)
    {
        _files[path] = content;
        return this;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string path = request.RequestUri!.AbsolutePath;
        long? from = request.Headers.Range?.Ranges.Single().From;
        Requests.Add((path, from));
        if (IsAway)
            throw new HttpRequestException(HttpRequestError.NameResolutionError, "Name or service not known (models.example:443)");
        if (!_files.TryGetValue(path, out byte[]? content))
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.NotFound) { RequestMessage = request });
        byte[] rest = content[(int)(from ?? 0)..], sent = Cut is { } cut && rest.Length > cut ? rest[..cut] : rest;
        var answer = new HttpResponseMessage(from is null ? HttpStatusCode.OK : HttpStatusCode.PartialContent) { Content = new StreamContent(new MemoryStream(sent)), RequestMessage = request };
        answer.Content.Headers.ContentLength = rest.Length;
        if (from is { } start)
            answer.Content.Headers.ContentRange = new ContentRangeHeaderValue(start, content.Length - 1, content.Length);
        return Task.FromResult(answer);
    }

#pragma warning disable CA2215 // Each download disposes its client; the server stays.
    protected override void Dispose(bool disposing)
#pragma warning restore CA2215
    {
    }
}
