namespace Fovea.Tensors;

/// <summary>
/// Floats whose first element lies on a 64-byte boundary (a cache line and a 512-bit vector) and stays there:
/// the array is pinned for its whole life, so kernels may take its address without pinning it again.
/// </summary>
internal sealed class AlignedBuffer
{
    private const int AlignmentInFloats = 16;
    private readonly float[] _array;
    private readonly int _offset;

    public AlignedBuffer(int length)
    {
        Length = length;
        _array = GC.AllocateArray<float>(checked(length + AlignmentInFloats), pinned: true);
        _offset = OffsetToAlignment(_array);
    }

    public int Length { get; }

    public Span<float> Span => _array.AsSpan(_offset, Length);

    public Memory<float> Memory => _array.AsMemory(_offset, Length);

    private static unsafe int OffsetToAlignment(float[] array)
    {
        const int bytes = AlignmentInFloats * sizeof(float);
        nint address = (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref array[0]);
        return (int)((bytes - address % bytes) % bytes) / sizeof(float);
    }
}
