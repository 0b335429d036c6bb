using Fovea.Execution.Blocked.Operators;
using Fovea.Execution.Graph;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked;

/// <summary>Makes a group's operator.</summary>
/// <param name="context">What the operators of the plan share.</param>
/// <param name="group">What runs.</param>
/// <param name="nodes">Its nodes.</param>
/// <param name="inputs">What it reads; what is added, if anything, comes last.</param>
/// <param name="output">What it writes.</param>
internal delegate BlockedOperator OperatorFactory(BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output);

/// <summary>Which operator runs which group in floats, by the layer at its head: one line an operator.</summary>
internal static class BlockedOperatorTable
{
    /// <summary>What makes the operator of a group; null if none here runs it.</summary>
    public static OperatorFactory? Find(ExecutionGraph graph, FusionGroup group)
    {
        PlanOptions options = graph.Options;
        Shape[] inputs = graph.InputShapesOf(group.Head);
        Shape output = graph.ShapeOf(group.Head);
        return graph.Network.Nodes[group.Head].Layer switch
        {
            Conv2d { Connections: null } layer when options.HasGradients && ConvolutionCost.TrainingTile(layer, inputs[0], options) is var tile =>
                (c, g, n, i, o) => new TrainedConvolutionOperator(c, g, n, i, o, Epilogue.Of(g, n, i), tile),
            Conv2d when group.Producer is { } producer && producer.NodesOf(graph.Network) is var expanding =>
                (c, g, n, i, o) => new ExpandedDepthwiseOperator(c, g, expanding, Epilogue.Of(producer, expanding, []), n, i, o, Epilogue.Of(g, n, i)),
            Conv2d layer when ConvolutionCost.Tile(layer, inputs[0], options) is > 0 and var tile => (c, g, n, i, o) => new WinogradOperator(c, g, n, i, o, Epilogue.Of(g, n, i), tile),
            Conv2d { Groups: 1, Connections: null } => (c, g, n, i, o) => new ConvolutionOperator(c, g, n, i, o, Epilogue.Of(g, n, i)),
            Conv2d { IsDepthwise: true, Connections: null } => (c, g, n, i, o) => new DepthwiseOperator(c, g, n, i, o, Epilogue.Of(g, n, i)),
            Conv2d { Connections: null } => (c, g, n, i, o) => new GroupedConvolutionOperator(c, g, n, i, o, Epilogue.Of(g, n, i)),
            BatchNorm2d when group.Pools => (c, g, n, i, o) => new NormalizedPoolingOperator(c, g, n, i, o, g.Lower, g.Upper),
            BatchNorm2d => (c, g, n, i, o) => new NormalizationOperator(c, g, n, i, o, g.Lower, g.Upper),
            Linear when output.Rank == 1 => (c, g, n, i, o) => new DenseOperator(c, g, n, i, o, g.Lower),
            Flatten when !options.HasGradients => (c, g, n, i, o) => new FlattenOperator(c, g, n, i, o),
            Add when graph.InputsAreOfOneShape(group.Head) => (c, g, n, i, o) => new AddClampOperator(c, g, n, i, o, g.Lower, g.Upper),
            Arithmetic layer when ArithmeticOperator.Suits(layer, inputs) => (c, g, n, i, o) => new ArithmeticOperator(layer.Function, c, g, n, i, o),
            Activation { Function: { } function } => (c, g, n, i, o) => new ElementwiseOperator(function, c, g, n, i, o),
            PReLU => (c, g, n, i, o) => new PReLUOperator(c, g, n, i, o),
            Dropout layer => (c, g, n, i, o) => new DropoutOperator(layer.P, dropsMaps: false, c, g, n, i, o),
            Dropout2d layer => (c, g, n, i, o) => new DropoutOperator(layer.P, dropsMaps: true, c, g, n, i, o),
            Softmax layer when output is { Height: 1, Width: 1 } && layer.IsOverAll(output) => (c, g, n, i, o) => new SoftmaxOperator(c, g, n, i, o),
            Softmax layer when ChannelSoftmaxOperator.Suits(layer, output) => (c, g, n, i, o) => new ChannelSoftmaxOperator(c, g, n, i, o),
            MaxPool2d => (c, g, n, i, o) => new MaxPoolingOperator(c, g, n, i, o),
            GlobalAvgPool2d => (c, g, n, i, o) => new GlobalAverageOperator(c, g, n, i, o),
            _ => null,
        };
    }
}
