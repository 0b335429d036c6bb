using System.Globalization;
using Fovea.Data;
using Fovea.Serialization;
using Fovea.Tensors;

namespace Fovea.Runs.Datasets;

/// <summary>Makes a data set of an array of images and one of labels.</summary>
internal static class ArrayImages
{
    private const int MaxClasses = 1 << 16;

    /// <summary>The data set.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="images">(N, H, W), (N, H, W, C) or (N, C, H, W), C being 1 or 3: from 0 to 255, or floats from 0 to 1.</param>
    /// <param name="labels">(N) or (N, 1) whole numbers.</param>
    /// <param name="classNames">The classes' names; as many numbers as there are if null.</param>
    /// <exception cref="DataFormatException">They are no images or labels, or do not belong together.</exception>
    public static MemoryDataset Make(string name, NumpyArray images, NumpyArray labels, IReadOnlyList<string>? classNames)
    {
        int[] sizes = images.Sizes;
        if (labels.Sizes is not ([_] or [_, 1]))
            throw new DataFormatException($"{name}: labels of shape ({string.Join(", ", labels.Sizes)}); right would be ({(sizes.Length > 0 ? sizes[0] : 1)}), a number an image");
        (int channels, int height, int width, bool isLast) = sizes switch
        {
            [_, var h, var w] => (1, h, w, false),
            [_, var h, var w, var c and (1 or 3)] => (c, h, w, true),
            [_, var c and (1 or 3), var h, var w] => (c, h, w, false),
            _ => throw new DataFormatException($"{name}: images of shape ({string.Join(", ", sizes)}); right would be (N, H, W), (N, H, W, C) or (N, C, H, W) with 1 or 3 channels"),
        };
        if (labels.Count != sizes[0])
            throw new DataFormatException($"{name}: {labels.Count} labels for {sizes[0]} images");
        var numbers = new int[labels.Count];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = labels[i] is >= 0 and < MaxClasses and var label && label == Math.Floor(label) ? (int)label
                : throw new DataFormatException(string.Create(CultureInfo.InvariantCulture, $"{name}: label {i} is {labels[i]}; right would be a whole number below {MaxClasses}"));
        int classes = numbers.Max() + 1;
        classNames = classNames?.Count >= classes ? classNames : [.. Enumerable.Range(0, Math.Max(2, classes)).Select(number => number.ToString(CultureInfo.InvariantCulture))];
        return new MemoryDataset(name, new Shape(channels, height, width), classNames, Pixels(name, images, channels, height * width, isLast), numbers);
    }

    private static byte[] Pixels(string name, NumpyArray images, int channels, int plane, bool isLast)
    {
        if (images is { Kind: 'u', Width: 1 } && (!isLast || channels == 1))
            return images.Bytes;
        double scale = 1;
        if (images.Kind is 'f')
        {
            double largest = 0;
            for (int i = 0; i < images.Count; i++)
                largest = Math.Max(largest, images[i]);
            scale = largest <= 1 ? 255 : 1;
        }
        var pixels = new byte[images.Count];
        for (int i = 0; i < pixels.Length; i++)
        {
            double value = images[i] * scale;
            int at = isLast ? i / (channels * plane) * channels * plane + i % channels * plane + i / channels % plane : i;
            pixels[at] = value is >= 0 and <= 255 ? (byte)Math.Round(value)
                : throw new DataFormatException(string.Create(CultureInfo.InvariantCulture, $"{name}: number {i} is {images[i]}; pixels are from 0 to 255, or from 0 to 1"));
        }
        return pixels;
    }
}
