namespace Fovea.Kernels.Elementwise;

/// <summary>An <see cref="IElementwise"/> whose type is not known where it is used: what every engine's element-wise operator calls.</summary>
internal abstract unsafe class ElementwiseFunction
{
    /// <summary>Makes one of a struct.</summary>
    public static ElementwiseFunction Of<TFunction>(TFunction function)
        where TFunction : struct, IElementwise => new Typed<TFunction>(function);

    /// <inheritdoc cref="ElementwiseLoop.Forward{TFunction}(TFunction, float*, float*, int)"/>
    public abstract void Forward(float* x, float* y, int length);

    /// <inheritdoc cref="ElementwiseLoop.Backward{TFunction}(TFunction, float*, float*, float*, float*, bool, int)"/>
    public abstract void Backward(float* x, float* y, float* g, float* d, bool adds, int length);

    /// <inheritdoc cref="ElementwiseLoop.Forward{TFunction}(TFunction, ReadOnlySpan{float}, Span{float})"/>
    public abstract void Forward(ReadOnlySpan<float> input, Span<float> output);

    /// <inheritdoc cref="ElementwiseLoop.Backward{TFunction}(TFunction, ReadOnlySpan{float}, ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float})"/>
    public abstract void Backward(ReadOnlySpan<float> input, ReadOnlySpan<float> output, ReadOnlySpan<float> outputGradient, Span<float> inputGradient);

    private sealed class Typed<TFunction>(TFunction function) : ElementwiseFunction
        where TFunction : struct, IElementwise
    {
        public override void Forward(float* x, float* y, int length) => ElementwiseLoop.Forward(function, x, y, length);

        public override void Backward(float* x, float* y, float* g, float* d, bool adds, int length) =>
            ElementwiseLoop.Backward(function, x, y, g, d, adds, length);

        public override void Forward(ReadOnlySpan<float> input, Span<float> output) => ElementwiseLoop.Forward(function, input, output);

        public override void Backward(ReadOnlySpan<float> input, ReadOnlySpan<float> output, ReadOnlySpan<float> outputGradient, Span<float> inputGradient) =>
            ElementwiseLoop.Backward(function, input, output, outputGradient, inputGradient);
    }
}
