using Fovea.Execution.Graph;
using Fovea.Kernels.Blocked;
using Fovea.Kernels.Elementwise;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>
/// Runs an <see cref="Arithmetic"/> of two inputs of one shape, or of maps and a number for each, block by block of channels. The
/// gradients of such numbers are summed over the maps, by one task and in one order.
/// </summary>
internal sealed unsafe class ArithmeticOperator : BlockedOperator
{
    private const int Block = BlockedCorrelation.Block;

    private readonly BinaryFunction _function;

    /// <summary>Which input has one pixel for all of the output's.</summary>
    private readonly Operands _pixel;

    public ArithmeticOperator(BinaryFunction function, BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output)
        : base(context, group, nodes, inputs, output)
    {
        _function = function;
        _pixel = PixelsOf(inputs[0]) < PixelsOf(output) ? Operands.Left : PixelsOf(inputs[1]) < PixelsOf(output) ? Operands.Right : Operands.None;
    }

    public override string Algorithm => _pixel == Operands.None ? "element by element" : "channel by channel";

    /// <summary>Whether this operator runs a node: what fills up the last block must stay finite, and elements must meet in their blocks.</summary>
    /// <param name="layer">The node's layer.</param>
    /// <param name="inputs">Its inputs' shapes, which a map that is a view's need not have.</param>
    public static bool Suits(Arithmetic layer, Shape[] inputs) => inputs is [var left, var right] && layer.Function.IsFinite
        && (left == right || Broadcasting.IsPerChannel(left, right) || Broadcasting.IsPerChannel(right, left));

    public override int ForwardTasks(int phase, int count) => count * Output.Blocks;

    public override void Forward(int phase, int task, int count, int worker)
    {
        int n = task / Output.Blocks, block = task % Output.Blocks;
        float* left = Inputs[0].Sample(n) + block * Inputs[0].Plane, right = Inputs[1].Sample(n) + block * Inputs[1].Plane;
        float* output = Output.Sample(n) + block * Output.Plane;
        (BinaryTile tile, int tiles) = Tiles;
        for (int i = 0; i < tiles; i++)
            _function.Forward(left + StepOf(Operands.Left, i), right + StepOf(Operands.Right, i), output + i * Output.Pitch, tile);
    }

    public override int BackwardTasks(int phase, int count) => count * Output.Blocks;

    public override void Backward(int phase, int task, int count, int worker)
    {
        int n = task / Output.Blocks, block = task % Output.Blocks;
        float* left = Inputs[0].Sample(n) + block * Inputs[0].Plane, right = Inputs[1].Sample(n) + block * Inputs[1].Plane;
        float* outputGradient = Output.SampleGradient(n) + block * Output.Plane;
        (BinaryTile tile, int tiles) = Tiles;
        // Of two inputs that are one, the last writes first.
        for (int input = 1; input >= 0; input--)
        {
            if (Targets[input] == GradientTarget.None)
                continue;
            Operands side = input == 0 ? Operands.Left : Operands.Right;
            bool adds = Targets[input] == GradientTarget.Add;
            float* gradient = Inputs[input].SampleGradient(n) + block * Inputs[input].Plane;
            if (side == _pixel && !adds)
            {
                new Span<float>(gradient, Block).Clear();
                adds = true;
            }
            for (int i = 0; i < tiles; i++)
                _function.Gradient(
                    input == 0, left + StepOf(Operands.Left, i), right + StepOf(Operands.Right, i), outputGradient + i * Output.Pitch, gradient + StepOf(side, i), adds, tile);
        }
    }

    /// <summary>The tiles of a block: its rows of pixels at once, or, where every pixel meets the same one, pixels at once, row by row if there are frames.</summary>
    private (BinaryTile Tile, int Count) Tiles
    {
        get
        {
            if (_pixel == Operands.None)
                return (new BinaryTile { Rows = Output.Height, Run = Output.Width * Block, LeftPitch = Inputs[0].Pitch, RightPitch = Inputs[1].Pitch, OutputPitch = Output.Pitch }, 1);
            BlockedMap maps = Inputs[_pixel == Operands.Left ? 1 : 0];
            bool hasFrame = maps.Halo > 0 || Output.Halo > 0;
            var tile = new BinaryTile
            {
                Rows = hasFrame ? Output.Width : Output.Height * Output.Width,
                Run = Block,
                LeftPitch = _pixel == Operands.Left ? 0 : Block,
                RightPitch = _pixel == Operands.Right ? 0 : Block,
                OutputPitch = Block,
            };
            return (tile, hasFrame ? Output.Height : 1);
        }
    }

    /// <summary>Floats from an input's first tile to the i-th.</summary>
    private int StepOf(Operands side, int i) => side == _pixel ? 0 : i * Inputs[side == Operands.Left ? 0 : 1].Pitch;

    private static int PixelsOf(BlockedMap map) => map.Height * map.Width;
}
