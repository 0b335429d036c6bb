using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using Fovea.Imaging;
using Fovea.Imaging.Filters;
using Fovea.Layers;

namespace Fovea.Cli.Options;

/// <summary>The options of <c>fovea filter</c>, and what they stand for.</summary>
internal sealed class FilterChoices
{
    private const int MaxPadding = 1024;
    private const string BySum = "sum";

    private readonly Option<FilterKernel> _kernel = Kernel();

    private readonly Option<int?> _stride = Numbers.Make<int?>("--stride", "Pixels from one output to the next (default: 1)", "N",
        text => Whole(text, 1, FilterOptions.MaxStride), $"a whole number from 1 to {FilterOptions.MaxStride}", Numbers.Hint);

    private readonly Option<Padding?> _padding = Numbers.Make<Padding?>("--padding", "Black pixels around the image; same: as many as keep its size (default: 0)", "N|same",
        text => text == "same" ? Padding.Same : Whole(text, 0, MaxPadding) is { } size ? size : null, $"same or a whole number from 0 to {MaxPadding}", Numbers.Hint);

    private readonly Option<bool> _relu = new("--relu") { Description = "Make what is below zero zero" };

    private readonly Option<(FilterPool Kind, int Size)?> _pool = Numbers.Make("--pool", "Keep the largest value (or the mean) of every window of NxN, such as max:2", "max:N|avg:N",
        ParsePool, $"max:N or avg:N with N from 1 to {FilterOptions.MaxStride}");

    // 0 stands for the sum of the cells, which may not be known yet.
    private readonly Option<double?> _divide = Numbers.Make<double?>("--divide", "Divide every result; sum: by the sum of the cells, so that brightness stays (default: 1, for blur 9)", "X|sum",
        text => text == BySum ? 0 : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) && value > 0 ? value : null,
        "sum or a positive number", Numbers.Hint);

    private readonly Option<Colour?> _background = CommonOptions.Background("What is behind transparent parts of the image: white, black, grey or #rrggbb (default: white)");
    private readonly Option<bool> _normalize = new("--normalize") { Description = "Scale the results to 0 to 255 instead of cutting off what is below or above" };
    private readonly Option<int?> _threads = CommonOptions.Threads();

    /// <summary>Gives a command these options.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_kernel, _stride, _padding, _relu, _pool, _divide, _background, _normalize, _threads])
            command.Add(option);
    }

    /// <summary>Whether results are scaled to what a image can show.</summary>
    public bool Normalizes(ParseResult line) => line.GetValue(_normalize);

    /// <summary>The kernel with the divisor asked for.</summary>
    /// <exception cref="CommandException">The cells' sum is to divide, and is not positive.</exception>
    public FilterKernel KernelOf(ParseResult line)
    {
        FilterKernel kernel = line.GetRequiredValue(_kernel);
        return line.GetValue(_divide) switch
        {
            null => kernel,
            0 when kernel.Sum > 0 => kernel.DividedBy(kernel.Sum),
            0 => throw CommandException.Usage(string.Create(CultureInfo.InvariantCulture, $"the kernel's cells sum to {kernel.Sum:0.####}, and --divide sum needs a sum above 0; try --normalize")),
            { } divisor => kernel.DividedBy(divisor),
        };
    }

    /// <summary>Whether the divisor was asked for rather than the kernel's own.</summary>
    public bool Divides(ParseResult line) => line.GetValue(_divide) is not null;

    /// <summary>The rest.</summary>
    public FilterOptions OptionsOf(ParseResult line)
    {
        (FilterPool pool, int size) = line.GetValue(_pool) ?? (FilterPool.None, 1);
        return new FilterOptions
        {
            Stride = line.GetValue(_stride) ?? 1,
            Padding = line.GetValue(_padding) ?? Padding.Valid,
            ReLU = line.GetValue(_relu),
            Pool = pool,
            PoolSize = size,
            Background = line.GetValue(_background) ?? Colour.White,
            Threads = line.GetValue(_threads) ?? Environment.ProcessorCount,
        };
    }

    private static Option<FilterKernel> Kernel()
    {
        var option = new Option<FilterKernel>("--kernel")
        {
            Description = $"A matrix, rows parted by semicolons, or one of {string.Join(", ", FilterPresets.Names)}",
            HelpName = "NAME|MATRIX",
            Required = true,
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result =>
            {
                try
                {
                    return FilterKernel.Parse(result.Tokens[0].Value);
                }
                catch (FormatException error)
                {
                    result.AddError($"--kernel: {error.Message}");
                    return null;
                }
            },
        };
        option.CompletionSources.Add(_ => FilterPresets.Names.Select(name => new CompletionItem(name)));
        return option;
    }

    private static int? Whole(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most ? value : null;

    private static (FilterPool, int)? ParsePool(string text)
    {
        string[] parts = text.Split(':');
        FilterPool kind = parts[0] switch { "max" => FilterPool.Max, "avg" => FilterPool.Average, _ => FilterPool.None };
        return kind != FilterPool.None && parts.Length == 2 && Whole(parts[1], 1, FilterOptions.MaxStride) is { } size ? (kind, size) : null;
    }
}
