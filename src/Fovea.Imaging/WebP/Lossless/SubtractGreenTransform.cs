using System.Numerics;
using System.Runtime.InteropServices;

namespace Fovea.Imaging.WebP.Lossless;

/// <summary>Red and blue are written as differences to green.</summary>
internal sealed class SubtractGreenTransform : Transform
{
    public override void Undo(Span<uint> row, int y)
    {
        Span<Vector<uint>> vectors = MemoryMarshal.Cast<uint, Vector<uint>>(row);
        foreach (ref Vector<uint> pixels in vectors)
        {
            Vector<uint> green = (pixels >> 8) & new Vector<uint>(0xFF);
            Vector<byte> added = Vector.AsVectorByte(green | (green << 16));
            pixels = Vector.AsVectorUInt32(Vector.AsVectorByte(pixels) + added);
        }
        for (int x = vectors.Length * Vector<uint>.Count; x < row.Length; x++)
        {
            uint pixel = row[x], green = (pixel >> 8) & 0xFF;
            row[x] = (pixel & 0xFF00FF00) | (((pixel & 0x00FF00FF) + (green | (green << 16))) & 0x00FF00FF);
        }
    }
}
