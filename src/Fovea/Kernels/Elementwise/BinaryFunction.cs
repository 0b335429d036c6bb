namespace Fovea.Kernels.Elementwise;

/// <summary>An <see cref="IBinary"/> whose type is not known where it is used: what every engine's arithmetic calls.</summary>
internal abstract unsafe class BinaryFunction
{
    /// <summary>Makes one of a struct.</summary>
    public static BinaryFunction Of<TFunction>()
        where TFunction : struct, IBinary => new Typed<TFunction>();

    /// <inheritdoc cref="IBinary.IsFinite"/>
    public abstract bool IsFinite { get; }

    /// <inheritdoc cref="BinaryLoop.Forward{TFunction}(float*, float*, float*, in BinaryTile)"/>
    public abstract void Forward(float* x, float* y, float* z, in BinaryTile tile);

    /// <inheritdoc cref="BinaryGradient.Run{TFunction}(bool, float*, float*, float*, float*, bool, in BinaryTile)"/>
    public abstract void Gradient(bool left, float* x, float* y, float* g, float* d, bool adds, in BinaryTile tile);

    private sealed class Typed<TFunction> : BinaryFunction
        where TFunction : struct, IBinary
    {
        public override bool IsFinite => TFunction.IsFinite;

        public override void Forward(float* x, float* y, float* z, in BinaryTile tile) => BinaryLoop.Forward<TFunction>(x, y, z, tile);

        public override void Gradient(bool left, float* x, float* y, float* g, float* d, bool adds, in BinaryTile tile) =>
            BinaryGradient.Run<TFunction>(left, x, y, g, d, adds, tile);
    }
}
