using Fovea.Execution.Operators;
using Fovea.Layers;

namespace Fovea.Execution;

/// <summary>Which operator runs which layer: one line a layer.</summary>
internal static class OperatorTable
{
    /// <summary>Makes the operator of a node's layer.</summary>
    /// <exception cref="NotSupportedException">The layer is of a type that nothing here runs.</exception>
    public static Operator Create(OperatorContext context) => context.Node.Layer switch
    {
        Conv2d layer => new Conv2dOperator(layer, context),
        Linear layer => new LinearOperator(layer, context),
        Flatten => new IdentityOperator(context),
        MaxPool2d layer => new MaxPool2dOperator(layer, context),
        ReLU => new ReLUOperator(context),
        Softmax => new SoftmaxOperator(context),
        _ => throw new NotSupportedException($"no operator runs {context.Node.Layer.GetType().Name} of node '{context.Node.Name}'"),
    };
}
