namespace Fovea.Kernels.Elementwise;

/// <summary>
/// A <see cref="BinaryFunction"/> of operands of different sizes, which repeat where they have one element and the output
/// has several. Neighbouring dimensions in which the same operands repeat are one, so that few and long tiles are left. Made
/// once; runs without allocating.
/// </summary>
internal sealed unsafe class BroadcastLoop
{
    private readonly int[] _sizes;
    private readonly int[] _leftSteps;
    private readonly int[] _rightSteps;
    private readonly int[] _outputSteps;
    private readonly int _leftLength;
    private readonly int _rightLength;
    private readonly int _outputLength;
    private readonly int _tiles;
    private readonly BinaryTile _tile;

    /// <param name="left">The left operand's sizes, aligned with the output's at the last.</param>
    /// <param name="right">The right operand's sizes, likewise.</param>
    /// <param name="output">The output's sizes, each an operand's.</param>
    /// <param name="lanes">How many samples lie side by side at every element.</param>
    public BroadcastLoop(ReadOnlySpan<int> left, ReadOnlySpan<int> right, ReadOnlySpan<int> output, int lanes)
    {
        // From the last dimension, the lanes, to the first.
        List<int> sizes = [lanes], leftSteps = [1], rightSteps = [1], outputSteps = [1];
        (_leftLength, _rightLength, _outputLength) = (lanes, lanes, lanes);
        for (int back = 1; back <= output.Length; back++)
        {
            int size = output[^back], ofLeft = back <= left.Length ? left[^back] : 1, ofRight = back <= right.Length ? right[^back] : 1;
            if (size > 1)
            {
                int leftStep = ofLeft == 1 ? 0 : _leftLength, rightStep = ofRight == 1 ? 0 : _rightLength;
                if (sizes[^1] == 1)
                    (sizes[^1], leftSteps[^1], rightSteps[^1], outputSteps[^1]) = (size, leftStep, rightStep, _outputLength);
                else if (leftStep == leftSteps[^1] * sizes[^1] && rightStep == rightSteps[^1] * sizes[^1])
                    sizes[^1] *= size;
                else
                {
                    sizes.Add(size);
                    leftSteps.Add(leftStep);
                    rightSteps.Add(rightStep);
                    outputSteps.Add(_outputLength);
                }
            }
            _leftLength = checked(_leftLength * ofLeft);
            _rightLength = checked(_rightLength * ofRight);
            _outputLength = checked(_outputLength * size);
        }
        bool hasRows = sizes.Count > 1;
        _tile = new BinaryTile
        {
            Run = sizes[0],
            Rows = hasRows ? sizes[1] : 1,
            LeftPitch = hasRows ? leftSteps[1] : 0,
            RightPitch = hasRows ? rightSteps[1] : 0,
            OutputPitch = hasRows ? outputSteps[1] : 0,
            Single = (leftSteps[0] == 0 ? Operands.Left : 0) | (rightSteps[0] == 0 ? Operands.Right : 0),
        };
        (_sizes, _leftSteps, _rightSteps, _outputSteps) = ([.. sizes.Skip(2)], [.. leftSteps.Skip(2)], [.. rightSteps.Skip(2)], [.. outputSteps.Skip(2)]);
        _tiles = _sizes.Aggregate(1, (product, size) => product * size);
    }

    /// <summary>output = f(left, right).</summary>
    /// <param name="function">f.</param>
    /// <param name="left">The left operand; may be the output where they are of one size.</param>
    /// <param name="right">The right operand.</param>
    /// <param name="output">Overwritten.</param>
    public void Forward(BinaryFunction function, ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> output)
    {
        CheckLengths(left, right, output);
        fixed (float* x = left, y = right, z = output)
            for (int tile = 0; tile < _tiles; tile++)
            {
                (int ofLeft, int ofRight, int ofOutput) = OffsetsOf(tile);
                function.Forward(x + ofLeft, y + ofRight, z + ofOutput, _tile);
            }
    }

    /// <summary>gradient = the output's gradient · ∂f of one operand, summed over the outputs that an element is repeated for.</summary>
    /// <param name="function">f.</param>
    /// <param name="ofLeft">Whether it is the left operand's.</param>
    /// <param name="left">The left operand.</param>
    /// <param name="right">The right operand.</param>
    /// <param name="outputGradient">The output's gradient.</param>
    /// <param name="gradient">The operand's, overwritten.</param>
    public void Gradient(BinaryFunction function, bool ofLeft, ReadOnlySpan<float> left, ReadOnlySpan<float> right, ReadOnlySpan<float> outputGradient, Span<float> gradient)
    {
        CheckLengths(left, right, outputGradient);
        ArgumentOutOfRangeException.ThrowIfNotEqual(gradient.Length, ofLeft ? _leftLength : _rightLength);
        bool repeats = gradient.Length < _outputLength;
        if (repeats)
            gradient.Clear();
        fixed (float* x = left, y = right, g = outputGradient, d = gradient)
            for (int tile = 0; tile < _tiles; tile++)
            {
                (int leftOffset, int rightOffset, int outputOffset) = OffsetsOf(tile);
                function.Gradient(ofLeft, x + leftOffset, y + rightOffset, g + outputOffset, d + (ofLeft ? leftOffset : rightOffset), repeats, _tile);
            }
    }

    private (int Left, int Right, int Output) OffsetsOf(int tile)
    {
        int left = 0, right = 0, output = 0;
        for (int i = 0; i < _sizes.Length; i++)
        {
            (tile, int index) = Math.DivRem(tile, _sizes[i]);
            left += index * _leftSteps[i];
            right += index * _rightSteps[i];
            output += index * _outputSteps[i];
        }
        return (left, right, output);
    }

    private void CheckLengths(ReadOnlySpan<float> left, ReadOnlySpan<float> right, ReadOnlySpan<float> output)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(left.Length, _leftLength);
        ArgumentOutOfRangeException.ThrowIfNotEqual(right.Length, _rightLength);
        ArgumentOutOfRangeException.ThrowIfNotEqual(output.Length, _outputLength);
    }
}
