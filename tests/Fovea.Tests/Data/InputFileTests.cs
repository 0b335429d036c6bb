using System.Diagnostics;
using Fovea.Data;
using Fovea.Serialization;

namespace Fovea.Tests.Data;

public sealed class InputFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_read_through_any_links()
    {
        File.WriteAllBytes(_folder.File("file"), [1, 2, 3]);
        Assert.Equal([1, 2, 3], InputFile.ReadAllBytes(_folder.File("file"), 3));
        if (OperatingSystem.IsWindows())
            return;
        // A relative target counts from where the folder really is, not from how it was reached.
        Directory.CreateDirectory(_folder.File("a/b"));
        Directory.CreateSymbolicLink(_folder.File("short"), "a/b");
        File.WriteAllBytes(_folder.File("a/target"), [4]);
        File.CreateSymbolicLink(_folder.File("a/b/link"), "../target");
        File.CreateSymbolicLink(_folder.File("twice"), "short/link");
        Assert.Equal([4], InputFile.ReadAllBytes(_folder.File("short/link"), 1));
        Assert.Equal([4], InputFile.ReadAllBytes(_folder.File("twice"), 1));
        Assert.Equal(InputFile.RealPath(_folder.File("a/target")), InputFile.RealPath(_folder.File("twice")));
        Assert.Equal([4], InputFile.ReadGiven(_folder.File("twice"), 1));
    }

    [Fact]
    public void What_is_no_file_or_too_large_is_refused_with_the_reason()
    {
        File.WriteAllBytes(_folder.File("file"), [1, 2, 3]);
        File.WriteAllBytes(_folder.File("empty"), []);
        Refused("file", "3 bytes are over the limit of 2", 2);
        Refused("empty", "an empty file, or a pipe or a device");
        Refused("", "a folder, not a file");
        Assert.Contains("there is no file", Assert.Throws<FileNotFoundException>(() => InputFile.Open(_folder.File("none"))).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => InputFile.Open(_folder.File("none/deep")));
        if (OperatingSystem.IsWindows())
            return;
        File.CreateSymbolicLink(_folder.File("large"), "file");
        File.CreateSymbolicLink(_folder.File("dead"), "nowhere");
        File.CreateSymbolicLink(_folder.File("round"), "round");
        File.CreateSymbolicLink(_folder.File("zero"), "/dev/zero");
        File.CreateSymbolicLink(_folder.File("folder"), ".");
        Refused("large", "3 bytes are over the limit of 2", 2);
        Refused("dead", "a link to a file that is not there");
        Refused("round", "a link that leads in a circle");
        Refused("zero", "an empty file, or a pipe or a device");
        Refused("folder", "a folder, not a file");
    }

    [Fact]
    public void A_pipe_is_refused_without_waiting_and_read_where_it_was_named_on_purpose()
    {
        if (OperatingSystem.IsWindows())
            return;
        Process.Start("mkfifo", [_folder.File("pipe")]).WaitForExit();
        File.CreateSymbolicLink(_folder.File("link"), "pipe");
        foreach (string name in (string[])["pipe", "link"])
        {
            Refused(name, "an empty file, or a pipe or a device");
            Assert.Contains("pipe or a device", Assert.Throws<ModelFormatException>(() => ModelFile.Load(_folder.File(name))).Message, StringComparison.Ordinal);
            Assert.Throws<InputFileException>(() => IdxReader.Read(_folder.File(name), _folder.File(name)));
            Assert.Throws<InputFileException>(() => CifarReader.Read([_folder.File(name)], "cifar", ["a"]));
        }
        Assert.Throws<InputFileException>(() => InputFile.ReadGiven(_folder.File("link"), 10)); // would wait for ever
        Assert.Equal([7, 8], Piped(2));
        Assert.Contains("more than 1 bytes", Assert.Throws<InputFileException>(() => Piped(1)).Reason, StringComparison.Ordinal);
        Assert.Throws<InputFileException>(() => InputFile.ReadGiven("/dev/zero", 1 << 20));

        byte[] Piped(int limit)
        {
            Task writing = Task.Run(() => File.WriteAllBytes(_folder.File("pipe"), [7, 8]));
            try
            {
                return InputFile.ReadGiven(_folder.File("pipe"), limit);
            }
            finally
            {
                writing.Wait();
            }
        }
    }

    [Theory]
    [InlineData("504B0304140000000808", "zip archive, as PyTorch writes .pt")]
    [InlineData("80027D71002858010000", "Python pickle")]
    [InlineData("894844460D0A1A0A0000", "HDF5")]
    [InlineData("08071207707974", "ONNX")]
    [InlineData("89504E470D0A1A0A0000", "an image")]
    [InlineData("7B22612220203A203120", "JSON")]
    [InlineData("3C21444F43545950452068746D6C3E", "a text file, not a safetensors file; right would be")]
    [InlineData("00112233445566778899AABBCC", "no safetensors file; right would be")]
    [InlineData("08000000000000007B2261223A3E3E7D", "the file is damaged: its header is no JSON at byte")]
    public void A_file_that_people_take_for_a_model_is_called_what_it_is(string bytes, string name)
    {
        string path = _folder.File("model");
        File.WriteAllBytes(path, [.. Convert.FromHexString(bytes), .. new byte[40]]);
        string message = Assert.Throws<ModelFormatException>(() => ModelFile.Load(path)).Message;
        Assert.StartsWith(path, message, StringComparison.Ordinal);
        Assert.Contains(name, message, StringComparison.Ordinal);
    }

    private void Refused(string name, string reason, long limit = 100)
    {
        string path = name.Length == 0 ? _folder.Path : _folder.File(name);
        var thrown = Assert.Throws<InputFileException>(() => InputFile.ReadAllBytes(path, limit));
        Assert.Equal(reason, thrown.Reason);
        Assert.Equal($"{path}: {reason}", thrown.Message);
    }
}
