using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fovea.Data;

/// <content>The same conversion for images of bytes, without a detour over whole images of floats.</content>
public sealed partial class ImageFit
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
        int plane = To.Height * To.Width, stride = From.Width * From.Channels;
        var line = new float[From.Width * From.Channels];
        for (int h = 0; h < From.Height; h++)
        {
            ReadOnlySpan<byte> row = source.Slice(h * stride, stride);
            for (int c = 0; c < channels; c++)
            {
                Span<byte> target = destination.Slice((c * plane) + ((_top + h) * To.Width) + _left, From.Width);
                if (From.Channels == channels)
                {
                    for (int w = 0; w < target.Length; w++)
                        target[w] = row[(w * channels) + c];
                    continue;
                }
                ToFloats(row, line);
                for (int w = 0; w < target.Length; w++)
                    target[w] = ToByte(line[w]);
            }
        }
    }

    /// <summary>Rows are narrowed one after the other, the channels of a pixel in one vector; then columns, whole rows at once.</summary>
    private void Scale(ReadOnlySpan<byte> source, Span<byte> destination, AxisScale rows, AxisScale columns, int channels)
    {
        // A vector of four reaches one float beyond the last pixel of three.
        int stride = From.Width * From.Channels, narrow = To.Width * channels;
        float[] buffer = ArrayPool<float>.Shared.Rent((From.Height * narrow) + 1 + stride + 1 + narrow);
        Span<float> lines = buffer.AsSpan(0, (From.Height * narrow) + 1), line = buffer.AsSpan(lines.Length, stride + 1), sums = buffer.AsSpan(lines.Length + line.Length, narrow);
        line[stride] = 0;
        for (int h = 0; h < From.Height; h++)
        {
            ToFloats(source.Slice(h * stride, stride), line);
            if (channels == 3)
                Narrow3(line, lines[(h * narrow)..], columns, To.Width);
            else
                Narrow1(line, lines[(h * narrow)..], columns, To.Width);
        }
        int plane = To.Height * To.Width;
        for (int h = 0; h < To.Height; h++)
        {
            ReadOnlySpan<float> weights = rows.Weights(h);
            int start = rows.Start(h);
            sums.Clear();
            for (int i = 0; i < weights.Length; i++)
                TensorPrimitives.MultiplyAdd(lines.Slice((start + i) * narrow, narrow), weights[i], sums, sums);
            for (int c = 0; c < channels; c++)
            {
                Span<byte> target = destination.Slice((c * plane) + (h * To.Width), To.Width);
                for (int w = 0; w < target.Length; w++)
                    target[w] = ToByte(sums[(w * channels) + c]);
            }
        }
        ArrayPool<float>.Shared.Return(buffer);
    }

    private static void Narrow3(ReadOnlySpan<float> line, Span<float> result, AxisScale columns, int width)
    {
        ref float from = ref MemoryMarshal.GetReference(line), to = ref MemoryMarshal.GetReference(result);
        for (int w = 0; w < width; w++)
        {
            ReadOnlySpan<float> weights = columns.Weights(w);
            nuint at = 3 * (nuint)columns.Start(w);
            Vector128<float> sum = default;
            foreach (float weight in weights)
            {
                sum += Vector128.Create(weight) * Vector128.LoadUnsafe(ref from, at);
                at += 3;
            }
            sum.StoreUnsafe(ref to, 3 * (nuint)w);
        }
    }

    private static void Narrow1(ReadOnlySpan<float> line, Span<float> result, AxisScale columns, int width)
    {
        for (int w = 0; w < width; w++)
        {
            ReadOnlySpan<float> weights = columns.Weights(w), taps = line.Slice(columns.Start(w), weights.Length);
            float sum = 0;
            for (int i = 0; i < weights.Length; i++)
                sum += weights[i] * taps[i];
            result[w] = sum;
        }
    }

    /// <summary>A row in [0, 1]; grey if that is wanted of a row of colours.</summary>
    private void ToFloats(ReadOnlySpan<byte> row, Span<float> line)
    {
        int i = 0;
        for (; i <= row.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Create(row.Slice(i, Vector128<byte>.Count)));
            (Vector256<uint> first, Vector256<uint> second) = Vector256.Widen(Vector256.Create(low, high));
            (Vector256.ConvertToSingle(first.AsInt32()) * Unit).CopyTo(line[i..]);
            (Vector256.ConvertToSingle(second.AsInt32()) * Unit).CopyTo(line[(i + Vector256<float>.Count)..]);
        }
        for (; i < row.Length; i++)
            line[i] = row[i] * Unit;
        if (From.Channels == To.Channels || From.Channels == 1)
            return;
        for (int w = 0; w < From.Width; w++)
            line[w] = 0.299f * line[3 * w] + 0.587f * line[(3 * w) + 1] + 0.114f * line[(3 * w) + 2];
    }

    private static byte ToByte(float value) => (byte)Math.Clamp((value * 255) + 0.5f, 0, 255);
}
