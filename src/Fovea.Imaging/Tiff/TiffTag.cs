namespace Fovea.Imaging.Tiff;

/// <summary>The fields of a directory that matter for pixels (TIFF 6.0; supplement 2; BigTIFF).</summary>
internal static class TiffTag
{
    public const int ImageWidth = 256, ImageLength = 257, BitsPerSample = 258, Compression = 259, Photometric = 262, FillOrder = 266;
    public const int StripOffsets = 273, Orientation = 274, SamplesPerPixel = 277, RowsPerStrip = 278, StripByteCounts = 279;
    public const int PlanarConfiguration = 284, FaxOptions = 292, Predictor = 317, ColorMap = 320;
    public const int TileWidth = 322, TileLength = 323, TileOffsets = 324, TileByteCounts = 325;
    public const int ExtraSamples = 338, SampleFormat = 339, JpegTables = 347;
    public const int LumaCoefficients = 529, Subsampling = 530, ReferenceBlackWhite = 532;
}
