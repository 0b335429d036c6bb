using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fovea.Kernels;

/// <summary>What lies outside a image.</summary>
internal enum WarpBorder
{
    /// <summary>Zeros.</summary>
    Zero,

    /// <summary>The nearest pixel of the edge.</summary>
    Edge,

    /// <summary>The image mirrored, the edge's pixels not doubled; beyond that the mirror's edge.</summary>
    Mirror,
}

/// <summary>
/// From where each pixel of a warped image comes: column xx · x + xy · y + x0 + dx(x, y), row
/// yx · x + yy · y + y0 + dy(x, y), in pixels of the source, whose first pixel has its centre at (0, 0).
/// </summary>
internal readonly record struct WarpMap(double XX, double XY, double X0, double YX, double YY, double Y0);

/// <summary>
/// Resamples images by bilinear interpolation. The positions are computed once for all channels. Eight pixels at a
/// time with AVX2, one at a time elsewhere, with the same bits. Neighbours in a row are loaded in pairs: gathering takes
/// 25 cycles for eight values where processors are kept from leaking data by it.
/// </summary>
internal static unsafe class BilinearWarp
{
    /// <summary>How many zeros a framed image has on the left and top; on the right and bottom it has one more.</summary>
    public const int Frame = 1;

    /// <summary>How many elements a framed image of these channels takes.</summary>
    public static int FramedLength(int channels, int height, int width) => checked(channels * (height + 2 * Frame + 1) * (width + 2 * Frame + 1));

    /// <summary>Copies a image into its frame of zeros, which must be there already.</summary>
    /// <param name="image">(C, H, W).</param>
    /// <param name="channels">C.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="framed">(C, H + 3, W + 3); the frame is left as it is.</param>
    public static void CopyIntoFrame(ReadOnlySpan<float> image, int channels, int height, int width, Span<float> framed)
    {
        int pitch = width + 2 * Frame + 1;
        for (int c = 0; c < channels; c++)
            for (int y = 0; y < height; y++)
                image.Slice((c * height + y) * width, width).CopyTo(framed[((c * (height + 2 * Frame + 1) + y + Frame) * pitch + Frame)..]);
    }

    /// <summary>Warps a image.</summary>
    /// <param name="framed">(C, H + 3, W + 3) with zeros around.</param>
    /// <param name="channels">C.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="map">Where pixels come from; finite.</param>
    /// <param name="dx">(H, W): what is added to the columns; empty for nothing.</param>
    /// <param name="dy">(H, W): what is added to the rows; empty for nothing.</param>
    /// <param name="border">What lies outside.</param>
    /// <param name="destination">(C, H, W).</param>
    /// <exception cref="ArgumentException">A buffer has another length.</exception>
    public static void Sample(
        ReadOnlySpan<float> framed, int channels, int height, int width, WarpMap map,
        ReadOnlySpan<float> dx, ReadOnlySpan<float> dy, WarpBorder border, Span<float> destination)
    {
        if (framed.Length < FramedLength(channels, height, width) || destination.Length != channels * height * width
            || dx.Length != dy.Length || (dx.Length != 0 && dx.Length != height * width))
            throw new ArgumentException($"a image of {channels} channels, {height} rows and {width} columns does not fit the buffers: {framed.Length}, {dx.Length}, {dy.Length}, {destination.Length}");
        bool eight = Avx2.IsSupported && width >= Vector256<float>.Count;
        fixed (float* source = framed, x = dx, y = dy, target = destination)
            for (int row = 0; row < height; row++)
            {
                var line = new Line(
                    source, channels, height, width, (float)map.XX, (float)map.YX, (float)(map.XY * row + map.X0), (float)(map.YY * row + map.Y0),
                    x is null ? null : x + row * width, y is null ? null : y + row * width, border, target + row * width);
                if (!eight)
                {
                    for (int column = 0; column < width; column++)
                        SampleOne(line, column);
                    continue;
                }
                int left = 0;
                for (; left < width - Vector256<float>.Count; left += Vector256<float>.Count)
                    SampleEight(line, left);
                // The last eight may overlap those before: they are computed again.
                SampleEight(line, width - Vector256<float>.Count);
            }
    }

    private static void SampleEight(in Line line, int left)
    {
        Vector256<float> column = Vector256.Create(0f, 1, 2, 3, 4, 5, 6, 7) + Vector256.Create((float)left);
        Vector256<float> x = column * line.StepX + Vector256.Create(line.X), y = column * line.StepY + Vector256.Create(line.Y);
        if (line.Dx is not null)
        {
            x += Vector256.Load(line.Dx + left);
            y += Vector256.Load(line.Dy + left);
        }
        x = Inside(x, line.Width, line.Border) + Vector256.Create((float)Frame);
        y = Inside(y, line.Height, line.Border) + Vector256.Create((float)Frame);
        Vector256<int> x0 = Avx.ConvertToVector256Int32WithTruncation(x), y0 = Avx.ConvertToVector256Int32WithTruncation(y);
        Vector256<float> fx = x - Avx.ConvertToVector256Single(x0), fy = y - Avx.ConvertToVector256Single(y0);
        Vector256<int> index = y0 * line.Pitch + x0;
        float* plane = line.Source;
        float* target = line.Target + left;
        for (int c = 0; c < line.Channels; c++, plane += line.SourcePlane, target += line.TargetPlane)
        {
            Neighbours(plane, (int*)&index, out Vector256<float> upper, out Vector256<float> upperRight);
            Neighbours(plane + line.Pitch, (int*)&index, out Vector256<float> lower, out Vector256<float> lowerRight);
            upper += fx * (upperRight - upper);
            lower += fx * (lowerRight - lower);
            (upper + fy * (lower - upper)).Store(target);
        }
    }

    /// <summary>The eight values at these places, and those on their right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Neighbours(float* source, int* places, out Vector256<float> left, out Vector256<float> right)
    {
        Vector256<float> even = Vector256.Create(Pairs(source, places), Pairs(source, places + 4)).AsSingle();
        Vector256<float> odd = Vector256.Create(Pairs(source, places + 2), Pairs(source, places + 6)).AsSingle();
        left = Avx.Shuffle(even, odd, 0b10_00_10_00);
        right = Avx.Shuffle(even, odd, 0b11_01_11_01);
    }

    /// <summary>Two pairs of neighbours, each loaded as one double is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> Pairs(float* source, int* places) =>
        Sse2.LoadHigh(Sse2.LoadScalarVector128((double*)(source + places[0])), (double*)(source + places[1]));

    /// <summary>
    /// Positions brought to where the framed image has values: at most one pixel outside. A position that is no number
    /// becomes the least, since the instruction gives its second operand then.
    /// </summary>
    private static Vector256<float> Inside(Vector256<float> position, int size, WarpBorder border)
    {
        Vector256<float> last = Vector256.Create((float)(size - 1));
        if (border == WarpBorder.Zero)
            return Avx.Min(Avx.Max(position, Vector256.Create(-1f)), last + Vector256<float>.One);
        if (border == WarpBorder.Mirror)
            position = last - Vector256.Abs(last - Vector256.Abs(position));
        return Avx.Min(Avx.Max(position, Vector256<float>.Zero), last);
    }

    /// <summary>The same for one pixel, operation by operation.</summary>
    private static void SampleOne(in Line line, int column)
    {
        float x = column * line.StepX + line.X, y = column * line.StepY + line.Y;
        if (line.Dx is not null)
        {
            x += line.Dx[column];
            y += line.Dy[column];
        }
        x = Inside(x, line.Width, line.Border) + Frame;
        y = Inside(y, line.Height, line.Border) + Frame;
        int x0 = (int)x, y0 = (int)y;
        float fx = x - x0, fy = y - y0;
        float* plane = line.Source + y0 * line.Pitch + x0;
        float* target = line.Target + column;
        for (int c = 0; c < line.Channels; c++, plane += line.SourcePlane, target += line.TargetPlane)
        {
            float upper = plane[0] + fx * (plane[1] - plane[0]);
            float lower = plane[line.Pitch] + fx * (plane[line.Pitch + 1] - plane[line.Pitch]);
            *target = upper + fy * (lower - upper);
        }
    }

    private static float Inside(float position, int size, WarpBorder border)
    {
        float last = size - 1;
        if (border == WarpBorder.Zero)
            return MathF.Min(float.MaxNumber(position, -1), last + 1);
        if (border == WarpBorder.Mirror)
            position = last - MathF.Abs(last - MathF.Abs(position));
        return MathF.Min(float.MaxNumber(position, 0), last);
    }

    /// <summary>What is the same for all pixels of a row.</summary>
    private readonly struct Line(
        float* source, int channels, int height, int width, float stepX, float stepY, float x, float y, float* dx, float* dy, WarpBorder border, float* target)
    {
        public readonly float* Source = source, Dx = dx, Dy = dy, Target = target;
        public readonly int Channels = channels, Height = height, Width = width, Pitch = width + 2 * Frame + 1;
        public readonly int SourcePlane = (height + 2 * Frame + 1) * (width + 2 * Frame + 1), TargetPlane = height * width;
        public readonly float StepX = stepX, StepY = stepY, X = x, Y = y;
        public readonly WarpBorder Border = border;
    }
}
