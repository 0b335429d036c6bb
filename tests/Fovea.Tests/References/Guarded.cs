namespace Fovea.Tests.References;

/// <summary>
/// A buffer between two strips of guards, all of it a NaN of our own until written: who writes outside is found out,
/// who reads outside or reads what nobody wrote computes NaN.
/// </summary>
internal sealed class Guarded
{
    private const int Strip = 64;
    private const int Pattern = 0x7FC0BEEF;
    private static readonly float Canary = BitConverter.Int32BitsToSingle(Pattern);

    private readonly float[] _memory;
    private readonly int _length;

    public Guarded(int length)
    {
        _length = length;
        _memory = new float[length + 2 * Strip];
        Array.Fill(_memory, Canary);
    }

    public Guarded(ReadOnlySpan<float> content) : this(content.Length) => content.CopyTo(Span);

    public Span<float> Span => _memory.AsSpan(Strip, _length);

    public void AssertGuardsUntouched(string what)
    {
        for (int i = 0; i < _memory.Length; i++)
            if ((i < Strip || i >= Strip + _length) && BitConverter.SingleToInt32Bits(_memory[i]) != Pattern)
                Assert.Fail($"{what}: wrote {_memory[i]} at {i - Strip} of a buffer of {_length}");
    }
}
