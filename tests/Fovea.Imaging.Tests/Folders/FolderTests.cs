using Fovea.Imaging.Folders;
using Fovea.Imaging.Png;

namespace Fovea.Imaging.Tests.Folders;

/// <summary>A folder to be filled and loaded as a data set; that every file of it is accounted for is checked at every loading.</summary>
public abstract class FolderTests : IDisposable
{
    private protected static readonly byte[] Image = PngEncoder.Encode(TestData.Image(4, 4, 1));
    private protected readonly string _root = Directory.CreateTempSubdirectory("fovea-layout").FullName;

    public void Dispose()
    {
        Directory.Delete(_root, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Loads, and checks that all files are accounted for.</summary>
    protected ImageFolderData Load(ImageFolderOptions? options = null)
    {
        ImageFolderData data = ImageFolder.Load(_root, options);
        int used = data.Train.Count + (data.Validation?.Count ?? 0) + (data.Test?.Count ?? 0);
        int skipped = data.Skipped.Count + data.PassedOver.Sum(files => files.Files);
        Assert.Equal(Directory.GetFiles(_root, "*", SearchOption.AllDirectories).Length, used + skipped + data.NotUnderstood.Sum(files => files.Files));
        return data;
    }

    protected void Classes(string folder, int images, params string[] names)
    {
        foreach (string name in names)
            for (int i = 0; i < images; i++)
                Put($"{folder}/{name}/{i}.png".TrimStart('/'), Image);
    }

    protected void Put(string relative, byte[] content)
    {
        string path = Path.Combine(_root, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }
}
