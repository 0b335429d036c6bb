using System.Globalization;

namespace Fovea.Imaging.Folders;

/// <summary>What a person should know of a folder that was read, in lines.</summary>
internal static class FolderRemarks
{
    private const int NamedFiles = 20;

    /// <summary>How the folder was understood, and what was left out or passed over.</summary>
    /// <param name="data">What was read.</param>
    /// <param name="name">What the folder is called.</param>
    /// <param name="background">What was behind transparent pixels.</param>
    /// <param name="setting">What the setting of the background is called where the person set it.</param>
    public static IEnumerable<string> Of(ImageFolderData data, string name, Colour background, string setting)
    {
        yield return $"{name}: {data.Layout}";
        int unclear = data.NotUnderstood.Sum(files => files.Files);
        foreach (string line in List(unclear, unclear == 1 ? "image is not used, since nothing says what it shows:" : "images are not used, since nothing says what they show:", data.NotUnderstood.Select(Line)))
            yield return line;
        PassedOverFiles[] folders = [.. data.PassedOver.Where(files => Path.EndsInDirectorySeparator(files.Path))], files = [.. data.PassedOver.Except(folders).Where(files => files.Reason != PassedOverFiles.ReadForLabels)];
        foreach (string line in List(folders.Length, folders.Length == 1 ? "folder is passed over:" : "folders are passed over:", folders.Select(Line)))
            yield return line;
        if (files.Length > 0)
            yield return $"note: {Number(files.Sum(group => group.Files))} other {(files.Sum(group => group.Files) == 1 ? "file is" : "files are")} passed over: {string.Join("; ", files.GroupBy(group => group.Reason).Select(reason => $"{reason.Key}: {Line(reason)}"))}";
        foreach (string note in data.Notes)
            yield return $"note: {note}";
        foreach (string line in List(data.Skipped.Count, data.Skipped.Count == 1 ? "image cannot be read and is left out:" : "images cannot be read and are left out:", data.Skipped.Select(file => $"{file.Path}: {file.Reason}")))
            yield return line;
        if (data.Faulty is [FaultyFile faulty, ..])
            yield return $"note: {data.Faulty.Count} {(data.Faulty.Count == 1 ? "image has faults that were passed over:" : "images have faults that were passed over, such as")} {Printable.Escape(faulty.Path)}: {string.Join(", ", faulty.Notes)}";
        if (data.Transparent > 0)
            yield return $"note: {data.Transparent} {(data.Transparent == 1 ? "image has" : "images have")} transparent parts, which are seen on {background}";
        foreach (PlainClass plain in data.PlainClasses)
            yield return $"warning: {plain.Plain} of {plain.Images} images of class {plain.Name} are of one colour when they are {string.Join('×', data.Train.ImageShape.ToArray())}, so there is nothing to tell them by{(data.Transparent > 0 ? $"; another {setting} may show what is on them" : "")}";
    }

    /// <summary>Names files with what is to be said of them, though not thousands.</summary>
    public static IEnumerable<string> List(int count, string what, IEnumerable<string> items)
    {
        if (count == 0)
            yield break;
        yield return $"note: {count} {what}";
        foreach (string item in items.Take(NamedFiles))
            yield return $"  {item}";
        if (count > NamedFiles)
            yield return $"  and {count - NamedFiles} more";
    }

    private static string Line(PassedOverFiles files) =>
        files.Files < 2 || Path.EndsInDirectorySeparator(files.Path)
            ? $"{Printable.Escape(files.Path)}{(files.Files > 1 ? $" ({Number(files.Files)} files)" : "")}: {files.Reason}"
            : $"{Line([files])}: {files.Reason}";

    private static string Line(IEnumerable<PassedOverFiles> files) =>
        $"{Printable.Escape(files.First().Path)}{(files.Sum(group => group.Files) is > 1 and var count ? $" and {Number(count - 1)} more" : "")}";

    private static string Number(int count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
