namespace Fovea.Imaging.WebP.Lossless;

/// <summary>Pixels are written as differences to what their neighbours let expect.</summary>
internal sealed class PredictorTransform : Transform
{
    private const uint Black = 0xFF000000;
    private readonly int _bits, _across;
    private readonly uint[] _modes;

    /// <summary>The row above, with a pixel more on either side.</summary>
    private readonly uint[] _above;

    /// <summary>Reads the predictor of every square.</summary>
    public PredictorTransform(ref LosslessBits bits, ReadOnlySpan<byte> data, int width, int height)
    {
        (_bits, _across, _modes) = ReadSquares(ref bits, data, width, height);
        _above = new uint[width + 1];
    }

    public override void Undo(Span<uint> row, int y)
    {
        if (y == 0)
        {
            row[0] = Predictors.Add(row[0], Black);
            Predictors.Undo(1, row, 1, row.Length, _above);
        }
        else
        {
            row[0] = Predictors.Add(row[0], _above[0]);
            // What is above and to the right of the last pixel is, in the order of the file, the row's first.
            _above[row.Length] = row[0];
            ReadOnlySpan<uint> modes = _modes.AsSpan((y >> _bits) * _across, _across);
            for (int i = 0, size = 1 << _bits; i < modes.Length; i++)
                Predictors.Undo((int)(modes[i] >> 8) & 15, row, Math.Max(i * size, 1), Math.Min((i + 1) * size, row.Length), _above);
        }
        row.CopyTo(_above);
    }
}
