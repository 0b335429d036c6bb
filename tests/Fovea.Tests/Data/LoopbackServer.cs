using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fovea.Tests.Data;

/// <summary>What a client asked for: a path, and where the body should begin.</summary>
internal sealed record Request(string Path, long? From);

/// <summary>What it is answered.</summary>
/// <param name="Status">Code and phrase.</param>
/// <param name="Body">What is sent.</param>
internal sealed record Answer(string Status, byte[] Body)
{
    /// <summary>The length promised; none, and the body ends with the connection, if null.</summary>
    public long? DeclaredLength { get; init; } = Body.Length;

    /// <summary>Content-Range, for partial answers.</summary>
    public string? Range { get; init; }

    /// <summary>How long the server is silent before it answers.</summary>
    public TimeSpan Delay { get; init; }
}

/// <summary>The smallest HTTP/1.1 server that can misbehave: one answer a connection, as the test says.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<Request, Answer> _respond;

    public LoopbackServer(Func<Request, Answer> respond)
    {
        _respond = respond;
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    /// <summary>All requests so far.</summary>
    public List<Request> Requests { get; } = [];

    public Uri Url(string path) => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/{path}");

    /// <summary>A well-behaved answer: the whole, or what was asked for.</summary>
    public static Answer Serve(byte[] content, Request request) => request.From switch
    {
        null => new Answer("200 OK", content),
        { } from when from < content.Length => new Answer("206 Partial Content", content[(int)from..]) { Range = $"bytes {from}-{content.Length - 1}/{content.Length}" },
        _ => new Answer("416 Range Not Satisfiable", []),
    };

    /// <summary>A whole answer whose connection dies after some bytes.</summary>
    public static Answer Cut(Answer answer, int bytes) => answer with { Body = answer.Body[..bytes] };

    public void Dispose() => _listener.Stop();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = HandleAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task HandleAsync(TcpClient client)
    {
        using (client)
            try
            {
                NetworkStream stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                string path = (await reader.ReadLineAsync())!.Split(' ')[1].TrimStart('/');
                long? from = null;
                while (await reader.ReadLineAsync() is { Length: > 0 } line)
                    if (line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase))
                        from = long.Parse(line["Range: bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
                var request = new Request(path, from);
                Answer answer;
                lock (Requests)
                {
                    Requests.Add(request);
                    answer = _respond(request);
                }
                await Task.Delay(answer.Delay);
                string head = $"HTTP/1.1 {answer.Status}\r\nConnection: close\r\n"
                    + (answer.DeclaredLength is { } length ? $"Content-Length: {length}\r\n" : "")
                    + (answer.Range is { } range ? $"Content-Range: {range}\r\n" : "") + "\r\n";
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
                await stream.WriteAsync(answer.Body);
            }
            catch (IOException)
            {
                // The client has hung up, as a client may.
            }
    }
}
