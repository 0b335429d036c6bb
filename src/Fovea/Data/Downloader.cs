using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Fovea.Data;

/// <summary>
/// Fetches files over HTTPS. What arrives is kept in a <c>.part</c> file, so that an interrupted download goes on
/// where it stopped, also in a later run; only content whose SHA-256 is right gets the file's name, by renaming.
/// </summary>
internal sealed class Downloader
{
    private const int BufferBytes = 1 << 17;
    private const int ShortestHash = 8;

    /// <summary>The largest file of unknown size.</summary>
    private const long Largest = 4L << 30;

    private readonly Func<HttpClient> _createClient;

    /// <summary>A downloader.</summary>
    /// <param name="createClient">Makes the client of each download; a plain one if null.</param>
    public Downloader(Func<HttpClient>? createClient = null) => _createClient = createClient ?? CreateClient;

    /// <summary>How many times in a row an attempt may bring nothing before the download fails.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>The pause after the first failed attempt; it doubles after each further one.</summary>
    public TimeSpan BackOff { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>How long a server may be silent before an attempt counts as failed.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Fetches a file into a folder, which is made if need be, and returns its path. If the right file is there
    /// already, nothing is fetched.
    /// </summary>
    /// <param name="file">What to fetch.</param>
    /// <param name="folder">Where to put it.</param>
    /// <param name="progress">Told about every piece that arrives, from the thread that received it.</param>
    /// <param name="cancellation">Stops the download; what has arrived is kept for the next attempt.</param>
    /// <exception cref="DownloadException">The file cannot be had, is not the right one, or cannot be stored.</exception>
    /// <exception cref="OperationCanceledException">The download was cancelled.</exception>
    public async Task<string> DownloadAsync(
        DatasetDownload file, string folder, Action<DownloadProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.Url.Scheme != Uri.UriSchemeHttps && !file.Url.IsLoopback)
            throw new DownloadException($"{file.Url}: only addresses that begin with https:// are trusted");
        string path = Path.Combine(folder, file.FileName), part = path + ".part";
        Store(part, () => Directory.CreateDirectory(folder));
        if ((file.Size == 0 ? LengthOf(path) > 0 : LengthOf(path) == file.Size) && IsRight(file, await HashAsync(path, cancellation).ConfigureAwait(false)))
            return path;
        using HttpClient client = _createClient();
        bool restarted = false;
        for (int failures = 0; ;)
        {
            long before = LengthOf(part);
            try
            {
                await TransferAsync(client, file, part, progress, cancellation).ConfigureAwait(false);
            }
            catch (NetworkException e)
            {
                failures = LengthOf(part) > before ? 1 : failures + 1;
                if (failures >= Attempts || !e.MayPass)
                    throw new DownloadException($"{file.Url}: {e.Message}", e);
                await Task.Delay(BackOff * (1 << Math.Min(failures - 1, 16)), cancellation).ConfigureAwait(false);
                continue;
            }
            string hash = await HashAsync(part, cancellation).ConfigureAwait(false);
            if (IsRight(file, hash))
            {
                Store(path, () => File.Move(part, path, overwrite: true));
                return path;
            }
            Store(part, () => File.Delete(part));
            // Pieces of two versions do not make a file: what was continued gets one chance from the start.
            if (before == 0 || restarted)
                throw new DownloadException($"{file.Url}: the content has SHA-256 {hash}, must {(file.Sha256.Length < hash.Length ? "begin with" : "be")} {file.Sha256}; the file was not kept");
            restarted = true;
        }
    }

    private async Task TransferAsync(
        HttpClient client, DatasetDownload file, string part, Action<DownloadProgress>? progress, CancellationToken cancellation)
    {
        long have = LengthOf(part);
        if (file.Size > 0 && have == file.Size)
            return;
        if (have > (file.Size > 0 ? file.Size : Largest))
        {
            Store(part, () => File.Delete(part));
            have = 0;
        }
        using var request = new HttpRequestMessage(HttpMethod.Get, file.Url);
        if (have > 0)
            request.Headers.Range = new RangeHeaderValue(have, null);
        using HttpResponseMessage response = await PatientlyAsync(
            token => client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token), cancellation).ConfigureAwait(false);
        have = Accept(response, part, have);
        long? rest = response.Content.Headers.ContentLength;
        if (file.Size > 0 && have + rest is { } offered && offered != file.Size)
            throw new DownloadException($"{file.Url}: the server offers {offered} bytes, the right file has {file.Size}");
        long size = file.Size > 0 ? file.Size : have + rest ?? 0, most = size > 0 ? Math.Min(size, Largest) : Largest;

        Stream body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        FileStream target = Store(part, () => new FileStream(part, have > 0 ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0));
        await using (target.ConfigureAwait(false))
        {
            var buffer = new byte[BufferBytes];
            while (true)
            {
                int count = await PatientlyAsync(token => body.ReadAsync(buffer, token).AsTask(), cancellation).ConfigureAwait(false);
                if (count == 0)
                    break;
                have += count;
                if (have > most)
                {
                    Store(part, () => target.SetLength(0));
                    throw new DownloadException($"{file.Url}: the server sends more than the {most} bytes of the right file");
                }
                Store(part, () => target.Write(buffer, 0, count));
                progress?.Invoke(new DownloadProgress(file.FileName, have, size));
            }
            Store(part, () => target.Flush(flushToDisk: true));
        }
        if (have < size)
            throw new NetworkException($"the connection ended after {have} of {size} bytes");
    }

    /// <summary>Where the body goes on: behind the bytes that are there, or from the start.</summary>
    private static long Accept(HttpResponseMessage response, string part, long have)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                return 0;
            case HttpStatusCode.PartialContent when have > 0 && response.Content.Headers.ContentRange?.From == have:
                return have;
            case HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable when have > 0:
                Store(part, () => File.Delete(part));
                throw new NetworkException("the server cannot continue the download");
            case HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError:
                throw new NetworkException($"the server answers {(int)response.StatusCode} {response.ReasonPhrase}");
            default:
                throw new DownloadException($"{response.RequestMessage?.RequestUri}: the server answers {(int)response.StatusCode} {response.ReasonPhrase}");
        }
    }

    /// <summary>Waits for the network, but not for ever, and tells failures that may pass from those that will not.</summary>
    private async Task<T> PatientlyAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            return await work(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new NetworkException($"the server was silent for {Patience.TotalSeconds:0.#} s", e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            throw new NetworkException(Reason(e), e) { MayPass = false };
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new NetworkException(Reason(e), e);
        }
    }

    /// <summary>Does something to a file; what goes wrong there is no fault of the network.</summary>
    private static T Store<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DownloadException($"cannot write {path}: {Reason(e)}", e);
        }
    }

    private static void Store(string path, Action work) => Store(path, () =>
    {
        work();
        return 0;
    });

    private static async Task<string> HashAsync(string path, CancellationToken cancellation)
    {
        FileStream content = Store(path, () => File.OpenRead(path));
        await using (content.ConfigureAwait(false))
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellation).ConfigureAwait(false));
    }

    private static bool IsRight(DatasetDownload file, string hash) =>
        file.Sha256.Length >= ShortestHash && hash.StartsWith(file.Sha256, StringComparison.OrdinalIgnoreCase);

    private static long LengthOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }

    private static string Reason(Exception e)
    {
        string message = e.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
        return message.Length > 1 && !char.IsUpper(message[1]) ? char.ToLowerInvariant(message[0]) + message[1..] : message;
    }

    private static HttpClient CreateClient()
    {
        var client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(15) }) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("fovea", "0.1"));
        return client;
    }

    private sealed class NetworkException(string message, Exception? innerException = null) : Exception(message, innerException)
    {
        /// <summary>Whether trying again can help.</summary>
        public bool MayPass { get; init; } = true;
    }
}
