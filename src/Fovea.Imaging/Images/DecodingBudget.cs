namespace Fovea.Imaging;

/// <summary>
/// What reading a file may cost beyond one pass over its bytes and one copy of its pixels. The sums follow from the bytes
/// it has and the pixels it declares, so that a small file cannot ask for much of either.
/// </summary>
/// <param name="format">For messages.</param>
/// <param name="pixels">How many pixels the file declares.</param>
/// <param name="fileBytes">How long it is.</param>
internal sealed class DecodingBudget(string format, long pixels, long fileBytes)
{
    private readonly long _steps = (pixels / 2) + (8 * fileBytes);
    private readonly long _bytes = (16L << 20) + (4 * pixels) + (256 * fileBytes);

    /// <summary>How many steps have been spent.</summary>
    public long Spent { get; private set; }

    /// <summary>Pays for work that takes none of the file's bits. A step is a look at 64 samples.</summary>
    /// <exception cref="ImageFormatException">There were too many.</exception>
    public void Spend(long steps)
    {
        Spent += steps;
        if (Spent > _steps)
            throw new ImageFormatException($"{format}: a file of {fileBytes} bytes and {pixels} pixels may not make more than {_steps} steps of work, and this one means to");
    }

    /// <summary>Asks for memory, the image itself included.</summary>
    /// <exception cref="ImageFormatException">It is too much.</exception>
    public void CheckMemory(long bytes)
    {
        if (bytes > _bytes)
            throw new ImageFormatException($"{format}: a file of {fileBytes} bytes and {pixels} pixels would take {bytes >> 20} MiB to read, more than the {_bytes >> 20} MiB that it justifies");
    }
}
