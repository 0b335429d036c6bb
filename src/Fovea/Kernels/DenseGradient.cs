namespace Fovea.Kernels;

/// <summary>
/// The gradient of a full connection's weights, over all samples of a batch at once: long sums stay in registers, and
/// no gradient is written before it is complete. So that this can happen when all slices are through, each slice leaves
/// a trace: its inputs, sample by sample and in blocks of columns, and the gradients of its outputs.
/// </summary>
internal static unsafe class DenseGradient
{
    /// <summary>Four of the widest vectors.</summary>
    private const int MaxColumns = 64;

    private const int MaxRows = 60;
    private const int RowsOfTile = 6;
    private const int Vector = 16;

    /// <summary>Where everything lies, made once per layer.</summary>
    internal sealed class Tables
    {
        public Tables(int inputs, int outputs, int lanes, int slices)
        {
            (Inputs, Outputs, Lanes, Slices) = (inputs, outputs, lanes, slices);
            Columns = Math.Min(MaxColumns, RoundUp(inputs, Vector));
            Blocks = (inputs + Columns - 1) / Columns;
            RowParts = (outputs + MaxRows - 1) / MaxRows;
            Rows = RoundUp((outputs + RowParts - 1) / RowParts, RowsOfTile);
            OutputPart = checked(Blocks * lanes * Columns);
            TraceLength = RoundUp(checked(OutputPart + outputs * lanes), Vector);
            _ = checked(TraceLength * slices);
            InputTaps = Samples(Columns);
            OutputTaps = Samples(1);
            OutputRows = Steps(outputs, lanes);
            GradientRows = Steps(outputs, inputs);
            ScratchRows = Steps(outputs, Columns);

            int[] Samples(int step) => [.. Enumerable.Range(0, slices * lanes).Select(n => n / lanes * TraceLength + n % lanes * step)];

            static int[] Steps(int count, int step) => [.. Enumerable.Range(0, count).Select(i => i * step)];
        }

        public int Inputs { get; }
        public int Outputs { get; }
        public int Lanes { get; }
        public int Slices { get; }

        /// <summary>Columns of a block; the last block may have fewer.</summary>
        public int Columns { get; }
        public int Blocks { get; }

        /// <summary>Rows of a task, and how many such parts there are.</summary>
        public int Rows { get; }

        /// <inheritdoc cref="Rows"/>
        public int RowParts { get; }

        /// <summary>Where a trace's output gradients begin.</summary>
        public int OutputPart { get; }

        /// <summary>Floats of a slice's trace.</summary>
        public int TraceLength { get; }

        /// <summary>The samples' inputs in the first block of columns.</summary>
        public int[] InputTaps { get; }

        /// <summary>The samples' gradients of the first output.</summary>
        public int[] OutputTaps { get; }
        public int[] OutputRows { get; }
        public int[] GradientRows { get; }
        public int[] ScratchRows { get; }

        /// <summary>Parts that can be computed independently.</summary>
        public int Tasks => Blocks * RowParts;

        /// <summary>Floats of scratch of a task.</summary>
        public int Scratch => Outputs * Columns;

        private static int RoundUp(int length, int step) => checked(length + step - 1) / step * step;
    }

    /// <summary>Keeps what the gradient needs of a slice.</summary>
    /// <param name="t">The tables.</param>
    /// <param name="input">(inputs, lanes).</param>
    /// <param name="outputGradient">(outputs, lanes).</param>
    /// <param name="trace">The slice's trace, overwritten.</param>
    public static void Keep(Tables t, ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> trace)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(input.Length, t.Inputs * t.Lanes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(outputGradient.Length, t.Outputs * t.Lanes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(trace.Length, t.TraceLength);
        fixed (float* source = input, destination = trace)
            for (int block = 0; block < t.Blocks; block++)
            {
                int first = block * t.Columns, count = Math.Min(t.Columns, t.Inputs - first);
                float* rows = destination + block * t.Lanes * t.Columns;
                Transposition.Run(source + first * t.Lanes, t.Lanes, count, t.Lanes, rows, t.Columns);
                for (int lane = 0; lane < t.Lanes; lane++)
                    new Span<float>(rows + lane * t.Columns + count, t.Columns - count).Clear();
            }
        outputGradient.CopyTo(trace[t.OutputPart..]);
    }

    /// <summary>Computes a part of weightGradient = Σ outputGradient · inputᵀ over the samples of all slices.</summary>
    /// <param name="t">The tables.</param>
    /// <param name="task">The part, below <see cref="Tables.Tasks"/>.</param>
    /// <param name="traces">The slices' traces, one after the other.</param>
    /// <param name="weightGradient">(outputs, inputs), overwritten in part.</param>
    /// <param name="scratch">At least <see cref="Tables.Scratch"/> floats.</param>
    public static void Run(Tables t, int task, ReadOnlySpan<float> traces, Span<float> weightGradient, Span<float> scratch)
    {
        int slices = traces.Length / t.TraceLength;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slices, t.Slices);
        ArgumentOutOfRangeException.ThrowIfNotEqual(traces.Length, slices * t.TraceLength);
        ArgumentOutOfRangeException.ThrowIfNotEqual(weightGradient.Length, t.Inputs * t.Outputs);
        ArgumentOutOfRangeException.ThrowIfLessThan(scratch.Length, t.Scratch);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(task, t.Tasks);
        int block = task % t.Blocks, column = block * t.Columns, columns = Math.Min(t.Columns, t.Inputs - column);
        int row = task / t.Blocks * t.Rows, rows = Math.Min(t.Rows, t.Outputs - row);
        if (rows <= 0)
            return;
        int run = (columns + Vector - 1) / Vector * Vector;
        // A last vector that passes the row's end would spoil the next row, so such rows are computed in scratch.
        bool inPlace = run == columns;
        fixed (float* trace = traces, gradient = weightGradient, sums = scratch)
        fixed (int* inputTaps = t.InputTaps, outputTaps = t.OutputTaps, outputRows = t.OutputRows, gradientRows = inPlace ? t.GradientRows : t.ScratchRows)
            Correlation.Run(new Correlation.Operands
            {
                Weights = trace + t.OutputPart,
                WeightRows = outputRows + row,
                WeightTaps = outputTaps,
                Input = trace + block * t.Lanes * t.Columns,
                InputTaps = inputTaps,
                Output = inPlace ? gradient + column : sums,
                OutputRows = inPlace ? gradientRows + row : gradientRows,
                Rows = rows,
                Taps = slices * t.Lanes,
                Run = run,
            });
        if (!inPlace)
            for (int r = 0; r < rows; r++)
                scratch.Slice(r * t.Columns, columns).CopyTo(weightGradient[((row + r) * t.Inputs + column)..]);
    }
}
