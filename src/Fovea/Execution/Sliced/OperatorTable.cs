using Fovea.Execution.Sliced.Operators;
using Fovea.Layers;

namespace Fovea.Execution.Sliced;

/// <summary>Which operator runs which layer: one line a layer; users add theirs to <see cref="LayerRegistry"/>.</summary>
internal static class OperatorTable
{
    /// <summary>Makes the operator of a node's layer.</summary>
    /// <exception cref="NotSupportedException">The layer is of a type that nothing here runs.</exception>
    public static Operator Create(OperatorContext context) => context.Node.Layer switch
    {
        Conv2d layer => new Conv2dOperator(layer, context),
        ConvTranspose2d layer => new ConvTranspose2dOperator(layer, context),
        ConvReLUMaxPool layer => new ConvReLUMaxPoolOperator(layer, context),
        Linear layer => new LinearOperator(layer, context),
        Embedding layer => new EmbeddingOperator(layer, context),
        Flatten or Reshape => new CopyOperator(context),
        MaxPool2d layer => new MaxPool2dOperator(layer, context),
        AvgPool2d layer => SumPoolingOperator.For(layer, context),
        SumPool2d layer => SumPoolingOperator.For(layer, context),
        GlobalAvgPool2d => SumPoolingOperator.ForAll(context),
        AdaptiveAvgPool2d => new AdaptiveAvgPool2dOperator(context),
        Subsample2d layer => new Subsample2dOperator(layer, context),
        Upsample2d layer => new Upsample2dOperator(layer, context),
        BatchNorm2d layer => new BatchNorm2dOperator(layer, context),
        LayerNorm layer => GroupNormOperator.For(layer, context),
        GroupNorm layer => GroupNormOperator.For(layer, context),
        LocalResponseNorm layer => new LocalResponseNormOperator(layer, context),
        Dropout layer => new DropoutOperator(layer.P, units: context.Input.Length, context),
        Dropout2d layer => new DropoutOperator(layer.P, units: context.Input.Channels, context),
        Activation { Function: { } function } => new ElementwiseOperator(function, context),
        PReLU layer => new PReLUOperator(layer, context),
        Softmax layer => new SoftmaxOperator(layer, context),
        Rbf => new RbfOperator(context),
        Add when Array.TrueForAll(context.Inputs, input => input == context.Output) => new AddOperator(context),
        Arithmetic layer => new ArithmeticOperator(layer.Function, context),
        MatMul => new MatMulOperator(context),
        Concat layer => new ConcatOperator(rows: layer.AxisOf(context.Input).Before, context),
        Outputs => new ConcatOperator(rows: 1, context),
        Transpose layer => new TransposeOperator(layer, context),
        Narrow layer => new NarrowOperator(layer, context),
        Pad layer => new PadOperator(layer, context),
        Reduction layer => new ReductionOperator(layer, context),
        ConstantTensor => new ConstantTensorOperator(context),
        Part layer => new PartOperator(layer, context),
        _ => new AddedOperator(
            LayerRegistry.Create(context) ?? throw new NotSupportedException(
                $"no operator runs {context.Node.Layer.GetType().Name} of node '{context.Node.Name}'; a layer of your own needs LayerRegistry.Add"), context),
    };
}
