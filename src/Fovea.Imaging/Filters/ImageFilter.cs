using System.Numerics.Tensors;
using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Imaging.Filters;

/// <summary>
/// Filters images by hand-made kernels, with the same convolution, rectifier and pooling that networks run: each
/// channel by itself. The image is cut into tiles, which are the samples of a batch, so that the memory needed beside
/// the result does not grow with the image.
/// </summary>
public static class ImageFilter
{
    /// <summary>Enough for every layer of a batch of tiles to stay in the second-level cache.</summary>
    private const int InputSide = 96;

    /// <summary>A multiple of the samples that a plan lays side by side.</summary>
    private const int Batch = 32;

    /// <summary>Filters a image.</summary>
    /// <param name="image">The image; unchanged. Where it is transparent, <see cref="FilterOptions.Background"/> is seen.</param>
    /// <param name="kernel">The matrix.</param>
    /// <param name="options">Stride, padding, what follows; defaults if null.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    /// <exception cref="ShapeException">The image is smaller than the filter, or the result than the pooling's window.</exception>
    public static FilteredImage Apply(Image image, FilterKernel kernel, FilterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(kernel);
        options ??= new FilterOptions();
        Require(options.Stride, "the stride");
        Require(options.PoolSize, "the pooling's window");
        image = ImageConversion.Flatten(image, options.Background);

        int pool = options.Pool == FilterPool.None ? 1 : options.PoolSize;
        var whole = new Shape(1, image.Height, image.Width);
        foreach (Layer layer in Layers(kernel, options, options.Padding))
            whole = layer.OutputShape(whole);
        Axis rows = Axis.Of(image.Height, whole.Height, kernel.Height, options.Stride, pool, options.Padding.Top, options.Padding.IsSame);
        Axis columns = Axis.Of(image.Width, whole.Width, kernel.Width, options.Stride, pool, options.Padding.Left, options.Padding.IsSame);

        var network = Network.Sequential(new Shape(1, rows.TileInput, columns.TileInput), [.. Layers(kernel, options, Padding.Valid)]);
        kernel.Cells.CopyTo(network.Parameters[0].Value.Span);
        Plan plan = network.Compile(new PlanOptions { Batch = Batch, Threads = options.Threads });

        var shape = new Shape(image.Channels, whole.Height, whole.Width);
        var values = new float[shape.Length];
        int tiles = rows.Tiles * columns.Tiles, samples = image.Channels * tiles;
        var inputs = new float[Batch * network.InputShape.Length];
        for (int first = 0; first < samples; first += Batch)
        {
            int count = Math.Min(Batch, samples - first);
            for (int n = 0; n < count; n++)
            {
                (int channel, int tile) = Math.DivRem(first + n, tiles);
                Span<float> input = inputs.AsSpan(n * network.InputShape.Length, network.InputShape.Length);
                Cut(image, channel, rows, tile / columns.Tiles, columns, tile % columns.Tiles, input);
            }
            ReadOnlySpan<float> outputs = plan.Forward(inputs.AsSpan(0, count * network.InputShape.Length));
            for (int n = 0; n < count; n++)
            {
                (int channel, int tile) = Math.DivRem(first + n, tiles);
                int top = rows.FirstOutput(tile / columns.Tiles), left = columns.FirstOutput(tile % columns.Tiles);
                ReadOnlySpan<float> output = outputs.Slice(n * rows.TileOutput * columns.TileOutput, rows.TileOutput * columns.TileOutput);
                for (int y = 0; y < rows.TileOutput; y++)
                    output.Slice(y * columns.TileOutput, columns.TileOutput).CopyTo(values.AsSpan((((channel * whole.Height) + top + y) * whole.Width) + left));
            }
        }
        // Last of all, so that sums of whole numbers are exact until here.
        if (kernel.Divisor != 1)
            TensorPrimitives.Divide(values, (float)kernel.Divisor, values);
        return new FilteredImage(shape, values);
    }

    private static IEnumerable<Layer> Layers(FilterKernel kernel, FilterOptions options, Padding padding)
    {
        yield return new Conv2d(1, 1, (kernel.Height, kernel.Width), options.Stride, padding, bias: false);
        if (options.ReLU)
            yield return new ReLU();
        if (options.Pool == FilterPool.Max)
            yield return new MaxPool2d(options.PoolSize);
        if (options.Pool == FilterPool.Average)
            yield return new AvgPool2d(options.PoolSize);
    }

    /// <summary>One tile of one channel; what lies beyond the image is padding, 0.</summary>
    private static void Cut(Image image, int channel, Axis rows, int tileRow, Axis columns, int tileColumn, Span<float> input)
    {
        input.Clear();
        int top = rows.FirstInput(tileRow), left = columns.FirstInput(tileColumn), channels = image.Channels;
        int from = Math.Max(0, -left), to = Math.Min(columns.TileInput, image.Width - left);
        for (int y = Math.Max(0, -top); y < Math.Min(rows.TileInput, image.Height - top); y++)
        {
            ReadOnlySpan<byte> source = image.Row(top + y);
            Span<float> target = input.Slice(y * columns.TileInput, columns.TileInput);
            for (int x = from; x < to; x++)
                target[x] = source[((left + x) * channels) + channel];
        }
    }

    private static void Require(int value, string what)
    {
        if (value is < 1 or > FilterOptions.MaxStride)
            throw new ArgumentException($"{what} must be from 1 to {FilterOptions.MaxStride} pixels, got {value}");
    }

    /// <summary>How one direction is cut. All tiles are of one size; the last one overlaps its neighbour.</summary>
    /// <param name="Outputs">Outputs in all.</param>
    /// <param name="TileOutput">Outputs of a tile.</param>
    /// <param name="TileInput">Pixels, padding among them, that these are made of.</param>
    /// <param name="Step">Pixels from one output to the next.</param>
    /// <param name="Before">Padding before the first pixel.</param>
    private readonly record struct Axis(int Outputs, int TileOutput, int TileInput, int Step, int Before)
    {
        public int Tiles => (Outputs + TileOutput - 1) / TileOutput;

        public int FirstOutput(int tile) => Math.Min(tile * TileOutput, Outputs - TileOutput);

        public int FirstInput(int tile) => (FirstOutput(tile) * Step) - Before;

        public static Axis Of(int input, int outputs, int kernel, int stride, int pool, int before, bool same)
        {
            int step = stride * pool, least = ((pool - 1) * stride) + kernel;
            int tile = Math.Clamp(((InputSide - least) / step) + 1, 1, outputs);
            if (same)
                before = Math.Max(0, ((((input + stride - 1) / stride) - 1) * stride) + kernel - input) / 2;
            return new Axis(outputs, tile, ((tile - 1) * step) + least, step, before);
        }
    }
}
