using System.Globalization;
using Fovea.Data;
using Fovea.Tensors;

namespace Fovea.Runs.Datasets;

/// <summary>
/// Reads the pixels of a row: numbers from 0 to 255, or shares from 0 to 1 if the first row has a decimal point and nothing
/// above 1. As many as a square has are grey; three times as many are the planes of red, green and blue one after the other.
/// </summary>
/// <param name="table">What messages call the table.</param>
internal sealed class PixelText(string table)
{
    private const int LongestSide = 4096;
    private double _scale;

    /// <summary>(C, H, W) of every image; known once a row has been read.</summary>
    public Shape? Shape { get; private set; }

    /// <summary>The pixels of a row, (C, H, W).</summary>
    /// <param name="fields">The fields with the pixels: one that holds all, separated by spaces, or one a pixel.</param>
    /// <param name="row">The row's number.</param>
    /// <exception cref="DataFormatException">There are more or fewer pixels than elsewhere, or what is none.</exception>
    public byte[] Read(IReadOnlyList<string> fields, int row)
    {
        string[] numbers = fields.Count == 1 ? fields[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) : [.. fields];
        if (Shape is null)
        {
            Shape = ShapeOf(numbers.Length, row);
            bool isShare = numbers.Any(number => number.Contains('.')) && numbers.All(number => Number(number) <= 1);
            _scale = isShare ? 255 : 1;
        }
        if (numbers.Length != Shape.Value.Length)
            throw new DataFormatException($"{table}, row {row}: {numbers.Length} pixels, where the rows before have {Shape.Value.Length}");
        var pixels = new byte[numbers.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            double value = Number(numbers[i]) * _scale;
            pixels[i] = value is >= 0 and <= 255 ? (byte)Math.Round(value)
                : throw new DataFormatException($"{table}, row {row}, pixel {i + 1}: {Printable.Quote(Printable.Shorten(numbers[i]))} is no number from 0 to {(_scale == 1 ? "255" : "1")}");
        }
        return pixels;
    }

    private Shape ShapeOf(int count, int row)
    {
        int channels = Side(count) * Side(count) == count ? 1 : 3, side = Side(count / channels);
        return side > 0 && side <= LongestSide && channels * side * side == count ? new Shape(channels, side, side)
            : throw new DataFormatException($"{table}, row {row}: {count} pixels are no square image; right would be n×n pixels, or three times as many for red, green and blue");
    }

    private static int Side(int count) => (int)Math.Round(Math.Sqrt(count));

    private static double Number(string text) => byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte whole) ? whole
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : double.NaN;
}
