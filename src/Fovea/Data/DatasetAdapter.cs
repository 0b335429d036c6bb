using Fovea.Tensors;

namespace Fovea.Data;

/// <summary>Makes data sets fit networks of other input sizes.</summary>
public static class DatasetAdapter
{
    /// <summary>
    /// The data set with every image brought to the shape a network takes, as <see cref="ImageFit"/> does it: the same
    /// object if the shapes agree, else a copy in memory, rounded to bytes, made once by all processors.
    /// </summary>
    /// <param name="dataset">What there is.</param>
    /// <param name="modelInput">(C, H, W) of the network's input.</param>
    /// <exception cref="ArgumentException">A shape is not (1, H, W) or (3, H, W), or the copy would pass 2 GB.</exception>
    public static IDataset Fit(IDataset dataset, Shape modelInput)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (dataset.ImageShape == modelInput)
            return dataset;
        var fit = new ImageFit(dataset.ImageShape, modelInput);
        if ((long)dataset.Count * modelInput.Length > Array.MaxLength)
            throw new ArgumentException($"{dataset.Count} images of {modelInput} take {(long)dataset.Count * modelInput.Length} bytes, more than the {Array.MaxLength} that a data set in memory can hold; use fewer images or a smaller input", nameof(modelInput));

        var pixels = new byte[dataset.Count * modelInput.Length];
        var labels = new int[dataset.Count];
        Parallel.For(0, dataset.Count, () => (From: new float[fit.From.Length], To: new float[fit.To.Length]), (index, _, buffers) =>
        {
            dataset.Read(index, buffers.From);
            fit.Apply(buffers.From, buffers.To);
            PixelConversion.ToByte(buffers.To, pixels.AsSpan(index * modelInput.Length, modelInput.Length));
            labels[index] = dataset.Label(index);
            return buffers;
        }, _ => { });
        return new MemoryDataset(dataset.Name, modelInput, dataset.ClassNames, pixels, labels);
    }
}
