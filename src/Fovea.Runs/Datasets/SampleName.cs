using Fovea.Data;
using Fovea.Imaging.Folders;

namespace Fovea.Runs.Datasets;

/// <summary>What a sample is called, so that a person can look at it.</summary>
internal static class SampleName
{
    /// <summary>The file of a folder's image, a text itself, the number of any other sample.</summary>
    public static string Of(IDataset dataset, int index)
    {
        int number = index;
        while (true)
            switch (dataset)
            {
                case Subset subset:
                    (dataset, number) = (subset.Source, subset.Indices[number]);
                    break;
                case RelabelledDataset relabelled:
                    dataset = relabelled.Source;
                    break;
                case FolderDataset folder:
                    return folder.File(number);
                case TextDataset texts:
                    return texts.Text(number);
                default:
                    return $"sample {index}";
            }
    }
}
