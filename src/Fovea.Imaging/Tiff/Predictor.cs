using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Fovea.Imaging.Tiff;

/// <summary>Turns differences from the pixel to the left back into samples (TIFF 6.0, section 14).</summary>
internal static class Predictor
{
    /// <param name="rows">Whole rows, in place.</param>
    /// <param name="rowBytes">Bytes of one.</param>
    /// <param name="header">Samples of a pixel, 8 or 16 bits each, and the order of their bytes.</param>
    public static void Undo(Span<byte> rows, int rowBytes, TiffHeader header)
    {
        for (; rows.Length >= rowBytes; rows = rows[rowBytes..])
        {
            Span<byte> row = rows[..rowBytes];
            if (header.Bits == 8)
                UndoBytes(row, header.SegmentSamples);
            else
                UndoWords(MemoryMarshal.Cast<byte, ushort>(row), header.SegmentSamples, header.IsLittleEndian != BitConverter.IsLittleEndian);
        }
    }

    private static void UndoBytes(Span<byte> row, int samples)
    {
        if (samples == 3)
        {
            byte red = 0, green = 0, blue = 0;
            for (; row.Length >= 3; row = row[3..])
            {
                row[2] = blue += row[2];
                row[1] = green += row[1];
                row[0] = red += row[0];
            }
            return;
        }
        for (int i = samples; i < row.Length; i++)
            row[i] += row[i - samples];
    }

    private static void UndoWords(Span<ushort> row, int samples, bool swapped)
    {
        if (swapped)
            BinaryPrimitives.ReverseEndianness(row, row);
        for (int i = samples; i < row.Length; i++)
            row[i] += row[i - samples];
        if (swapped)
            BinaryPrimitives.ReverseEndianness(row, row);
    }
}
