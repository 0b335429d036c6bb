using System.Runtime.Intrinsics;

namespace Fovea.Kernels.Quantized;

/// <summary>Bytes of floats and floats of bytes, row by row.</summary>
internal static unsafe class QuantizedRows
{
    private const int Most = QuantizedCorrelation.MaxActivation;

    /// <summary>byte = round(clamp(float · <paramref name="inverse"/> + <paramref name="zero"/>)), to even; NaN becomes 0.</summary>
    /// <param name="source">(<paramref name="length"/>).</param>
    /// <param name="length">A multiple of 16.</param>
    /// <param name="inverse">What floats are multiplied with.</param>
    /// <param name="zero">The zero point.</param>
    /// <param name="destination">(<paramref name="length"/>).</param>
    public static void FromFloats(float* source, int length, float inverse, float zero, byte* destination)
    {
        for (int i = 0; i < length; i += 16)
        {
            Vector256<short> values = Vector256.Narrow(Bytes(Vector256.Load(source + i), inverse, zero), Bytes(Vector256.Load(source + i + 8), inverse, zero));
            Vector128.Narrow(values.GetLower(), values.GetUpper()).AsByte().Store(destination + i);
        }
    }

    /// <summary>float = <paramref name="scale"/> · (byte − <paramref name="zero"/>).</summary>
    /// <param name="source">(<paramref name="length"/>).</param>
    /// <param name="length">A multiple of 16.</param>
    /// <param name="scale">The step.</param>
    /// <param name="zero">The zero point.</param>
    /// <param name="destination">(<paramref name="length"/>).</param>
    public static void ToFloats(byte* source, int length, float scale, int zero, float* destination)
    {
        for (int i = 0; i < length; i += 16)
        {
            (Vector128<ushort> lower, Vector128<ushort> upper) = Vector128.Widen(Vector128.Load(source + i));
            (Vector256<uint> a, Vector256<uint> b) = (Vector256.Create(Vector128.WidenLower(lower), Vector128.WidenUpper(lower)), Vector256.Create(Vector128.WidenLower(upper), Vector128.WidenUpper(upper)));
            (Vector256.ConvertToSingle(a.AsInt32() - Vector256.Create(zero)) * scale).Store(destination + i);
            (Vector256.ConvertToSingle(b.AsInt32() - Vector256.Create(zero)) * scale).Store(destination + i + 8);
        }
    }

    /// <summary>One row of an image: channel planes to four bytes of every pixel, missing channels the zero point.</summary>
    /// <param name="source">The row in the first plane.</param>
    /// <param name="plane">Floats from one channel to the next.</param>
    /// <param name="channels">0 to 4.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="inverse">What floats are multiplied with.</param>
    /// <param name="zero">The zero point.</param>
    /// <param name="destination">(width, <paramref name="stride"/>), the first four of each.</param>
    /// <param name="stride">Bytes from pixel to pixel, 4 or more.</param>
    public static void FromPlanes(float* source, nint plane, int channels, int width, float inverse, float zero, byte* destination, int stride)
    {
        int x = 0;
        int rest = 0;
        for (int c = channels; c < 4; c++)
            rest |= (int)zero << (8 * c);
        for (; x + 8 <= width; x += 8)
        {
            Vector256<int> pixels = Vector256.Create(rest);
            for (int c = 0; c < channels; c++)
                pixels |= Vector256.ShiftLeft(Bytes(Vector256.Load(source + c * plane + x), inverse, zero), 8 * c);
            if (stride == 4)
                pixels.AsByte().Store(destination + 4 * x);
            else
                for (int i = 0; i < Vector256<int>.Count; i++)
                    *(int*)(destination + (x + i) * stride) = pixels[i];
        }
        for (; x < width; x++)
            for (int c = 0; c < 4; c++)
                destination[x * stride + c] = (byte)(c < channels ? Bytes(Vector256.Create(source[c * plane + x]), inverse, zero).ToScalar() : (int)zero);
    }

    /// <summary>A row of maximum pooling: the largest of each window's bytes, channel by channel.</summary>
    /// <param name="window">The geometry.</param>
    /// <param name="input">(H, W, 16).</param>
    /// <param name="pitch">Bytes from row to row.</param>
    /// <param name="row">The output's row.</param>
    /// <param name="output">(W', 16).</param>
    public static void Max(in Window window, byte* input, int pitch, int row, byte* output)
    {
        const int block = QuantizedCorrelation.Block;
        WindowRange rows = window.Rows(row);
        int span = window.SpanWidth, inner = window.DilationWidth * block;
        for (int x = 0; x < window.OutputWidth; x++, output += block)
        {
            int first = x * window.StrideWidth - window.PadLeft, end = Math.Min(first + span, window.InputWidth);
            if (first < 0)
                first = window.Columns(x).First;
            Vector128<byte> most = Vector128<byte>.Zero;
            for (int y = rows.First; y < rows.End; y += rows.Step)
            {
                byte* last = input + (nint)y * pitch + end * block;
                for (byte* p = input + (nint)y * pitch + first * block; p < last; p += inner)
                    most = Vector128.Max(most, Vector128.Load(p));
            }
            most.Store(output);
        }
    }

    /// <summary>Adds up a block's pixels, channel by channel.</summary>
    /// <param name="input">(height, width, 16).</param>
    /// <param name="pitch">Bytes from row to row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="totals">(16).</param>
    public static void Sum(byte* input, int pitch, int height, int width, uint* totals)
    {
        Vector128<uint> a = default, b = default, c = default, d = default;
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
            {
                (Vector128<ushort> lower, Vector128<ushort> upper) = Vector128.Widen(Vector128.Load(input + (nint)y * pitch + x * QuantizedCorrelation.Block));
                a += Vector128.WidenLower(lower);
                b += Vector128.WidenUpper(lower);
                c += Vector128.WidenLower(upper);
                d += Vector128.WidenUpper(upper);
            }
        a.Store(totals);
        b.Store(totals + 4);
        c.Store(totals + 8);
        d.Store(totals + 12);
    }

    private static Vector256<int> Bytes(Vector256<float> values, float inverse, float zero)
    {
        Vector256<float> scaled = Vector256.FusedMultiplyAdd(values, Vector256.Create(inverse), Vector256.Create(zero));
        scaled = Vector256.ConditionalSelect(Vector256.GreaterThan(scaled, Vector256<float>.Zero), scaled, Vector256<float>.Zero);
        return Vector256.ConvertToInt32Native(Vector256.Round(Vector256.MinNative(scaled, Vector256.Create((float)Most))));
    }
}
