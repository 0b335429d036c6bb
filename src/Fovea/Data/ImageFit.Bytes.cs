using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fovea.Data;

/// <content>The same conversion for images of bytes, without a detour over whole images of floats.</content>
internal sealed partial class ImageFit
{
    private const float Unit = 1f / 255f;

    /// <summary>
    /// Converts one image of bytes: the sums of <see cref="Apply(ReadOnlySpan{float}, Span{float})"/> over bytes divided
    /// by 255, in the same order, and rounded to bytes once, at the end.
    /// </summary>
    /// <param name="source">(H, W, C) of <see cref="From"/>: the channels of a pixel side by side.</param>
    /// <param name="destination">(C, H, W), of shape <see cref="To"/>.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public void Apply(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (source.Length != From.Length || destination.Length != To.Length)
            throw new ArgumentException($"images of {From} and {To} take {From.Length} and {To.Length} bytes, got {source.Length} and {destination.Length}");
        int channels = Math.Min(From.Channels, To.Channels), plane = To.Height * To.Width;
        if (_rows is not null && _columns is not null)
            Scale(source, destination, _rows, _columns, channels);
        else
            Place(source, destination, channels);
        for (int c = channels; c < To.Channels; c++)
            destination[..plane].CopyTo(destination.Slice(c * plane, plane));
    }

    private void Place(ReadOnlySpan<byte> source, Span<byte> destination, int channels)
    {
        destination.Clear();
        int stride = From.Width * From.Channels;
        var line = new float[From.Channels == channels ? 0 : stride];
        var grey = new byte[line.Length == 0 ? 0 : From.Width];
        for (int h = 0; h < From.Height; h++)
        {
            ReadOnlySpan<byte> row = source.Slice(h * stride, stride);
            if (line.Length > 0)
            {
                ToGrey(row, line);
                PixelConversion.ToByte(line.AsSpan(0, From.Width), grey);
                row = grey;
            }
            ToPlanes(row, channels, destination, ((_top + h) * To.Width) + _left);
        }
    }

    /// <summary>Rows are narrowed two at a time, the channels of a pixel in one vector; then columns, whole rows at once.</summary>
    private void Scale(ReadOnlySpan<byte> source, Span<byte> destination, AxisScale rows, AxisScale columns, int channels)
    {
        // What is stored as a vector of four reaches one float beyond the last pixel of three.
        int stride = From.Width * From.Channels, narrow = To.Width * channels, pitch = narrow + 1;
        float[] buffer = ArrayPool<float>.Shared.Rent((From.Height * pitch) + stride + narrow);
        byte[] pair = ArrayPool<byte>.Shared.Rent((2 * (stride + 1)) + narrow);
        Span<float> lines = buffer.AsSpan(0, From.Height * pitch), line = buffer.AsSpan(lines.Length, stride), sums = buffer.AsSpan(lines.Length + stride, narrow);
        Span<byte> bytes = pair.AsSpan(2 * (stride + 1), narrow);
        for (int h = 0; h < From.Height; h += channels == 3 ? 2 : 1)
        {
            ReadOnlySpan<byte> row = source.Slice(h * stride, stride);
            if (channels == 3)
            {
                // The last row may be alone, and is then done twice.
                int next = Math.Min(h + 1, From.Height - 1);
                row.CopyTo(pair);
                source.Slice(next * stride, stride).CopyTo(pair.AsSpan(stride + 1));
                Narrow3(pair, stride + 1, lines[(h * pitch)..], lines[(next * pitch)..], columns);
                continue;
            }
            if (From.Channels == 3)
                ToGrey(row, line);
            else
                PixelConversion.ToFloat(row, line, Unit, 0);
            Narrow1(line, lines[(h * pitch)..], columns);
        }
        for (int h = 0; h < To.Height; h++)
        {
            ReadOnlySpan<float> weights = rows.Weights(h);
            int start = rows.Start(h);
            sums.Clear();
            for (int i = 0; i < weights.Length; i++)
                TensorPrimitives.MultiplyAdd(lines.Slice((start + i) * pitch, narrow), weights[i], sums, sums);
            PixelConversion.ToByte(sums, bytes);
            ToPlanes(bytes, channels, destination, h * To.Width);
        }
        ArrayPool<byte>.Shared.Return(pair);
        ArrayPool<float>.Shared.Return(buffer);
    }

    /// <summary>Two rows of colours made narrower or wider.</summary>
    /// <param name="pair">The rows, and a byte behind each.</param>
    /// <param name="stride">Bytes from one to the other.</param>
    /// <param name="first">The result of the first row, and a float behind it.</param>
    /// <param name="second">The result of the second row, and a float behind it.</param>
    /// <param name="columns">What new pixels are made of.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Narrow3(ReadOnlySpan<byte> pair, int stride, Span<float> first, Span<float> second, AxisScale columns)
    {
        ref byte row = ref MemoryMarshal.GetReference(pair), other = ref Unsafe.Add(ref row, stride);
        ref float to = ref MemoryMarshal.GetReference(first), toOther = ref MemoryMarshal.GetReference(second);
        Vector256<float> unit = Vector256.Create(Unit);
        for (int w = 0; w < To.Width; w++)
        {
            ReadOnlySpan<float> weights = columns.Weights(w);
            nuint at = 3 * (nuint)columns.Start(w);
            Vector256<float> sum = default;
            for (int i = 0; i < weights.Length; i++, at += 3)
            {
                ulong pixels = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref row, at)) | ((ulong)Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref other, at)) << 32);
                Vector256<int> wide = Vector256.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(pixels).AsByte()).ToVector256Unsafe()).AsInt32();
                sum += Vector256.Create(weights[i]) * (Vector256.ConvertToSingle(wide) * unit);
            }
            sum.GetLower().StoreUnsafe(ref to, 3 * (nuint)w);
            sum.GetUpper().StoreUnsafe(ref toOther, 3 * (nuint)w);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Narrow1(ReadOnlySpan<float> line, Span<float> result, AxisScale columns)
    {
        for (int w = 0; w < To.Width; w++)
        {
            ReadOnlySpan<float> weights = columns.Weights(w), taps = line.Slice(columns.Start(w), weights.Length);
            float sum = 0;
            for (int i = 0; i < weights.Length; i++)
                sum += weights[i] * taps[i];
            result[w] = sum;
        }
    }

    /// <summary>A row of colours to grey in [0, 1], in the first floats of a line as long as the row.</summary>
    private static void ToGrey(ReadOnlySpan<byte> row, Span<float> line)
    {
        PixelConversion.ToFloat(row, line, Unit, 0);
        for (int w = 0; w < row.Length / 3; w++)
            line[w] = 0.299f * line[3 * w] + 0.587f * line[(3 * w) + 1] + 0.114f * line[(3 * w) + 2];
    }

    /// <summary>A row of pixels to a place in every plane of the result.</summary>
    private void ToPlanes(ReadOnlySpan<byte> row, int channels, Span<byte> destination, int at)
    {
        int plane = To.Height * To.Width, width = row.Length / channels;
        if (channels == 1)
            row.CopyTo(destination[at..]);
        else
            PixelConversion.Deinterleave(row, destination.Slice(at, width), destination.Slice(plane + at, width), destination.Slice((2 * plane) + at, width));
    }
}
