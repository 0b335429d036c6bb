using Fovea.Imaging.Jpeg;

namespace Fovea.Imaging.Tests.Jpeg;

/// <summary>What small files can make the reader do is bounded by their bytes and pixels.</summary>
public class JpegBudgetTests
{
    private const int Side = 1024;

    /// <summary>Blocks beyond which the file's budget does not reach: 32 looks at each.</summary>
    private const int Scans = 63 * 32;

    private static Image Decode(byte[] file) => new JpegDecoder().Decode(file, ImageLimits.Default);

    [Fact]
    public void Scans_that_say_nothing_are_passed_over()
    {
        // Every coefficient is refined as often as is allowed, which would be 2,016 looks at every block.
        Image image = Decode(Progressive(Enumerable.Range(0, Scans).Select(i => Scan(1 + (i / 32), "0" + new string('0', 14)))));
        Assert.Equal(-1, image.Pixels.IndexOfAnyExcept((byte)128));
    }

    [Fact]
    public void Scans_that_look_at_all_blocks_again_and_again_are_refused()
    {
        // The first scan gives a block of every row a coefficient; each one after it refines these, and looks at all other blocks.
        string row = "101" + "110" + new string('1', 6);
        byte[][] scans = [.. Enumerable.Range(0, Scans).Select(i => Scan(1 + (i / 32), i % 32 == 0 ? string.Concat(Enumerable.Repeat(row, Side / 8)) : "0" + new string('0', 14 + (Side / 8))))];
        Assert.Contains("steps of work", Assert.Throws<ImageFormatException>(() => Decode(Progressive(scans))).Message, StringComparison.Ordinal);
        // A usual number of them is read.
        Assert.Equal(Side, Decode(Progressive(scans[..14])).Width);
    }

    [Fact]
    public void Scans_that_look_at_one_row_cost_one_row()
    {
        byte[][] scans = [.. Enumerable.Range(0, Scans).Select(i => Scan(1 + (i / 32), i % 32 == 0 ? "101" + "0" + new string('0', 14) : "0" + new string('0', 15)))];
        Assert.Equal(Side, Decode(Progressive(scans)).Width);
    }

    [Fact]
    public void Only_a_band_of_coefficients_is_kept()
    {
        byte[] file = Progressive([Scan(1, "0" + new string('0', 14))]);
        Decode(file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Decode(file);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (Side * Side) + 100_000);
    }

    [Fact]
    public void Tables_that_scans_use_side_by_side_are_counted()
    {
        IEnumerable<byte[]> WithTables(int count) => Enumerable.Range(0, count).Select(i => (byte[])
            [.. Segment(JpegMarker.HuffmanTables, [0x10, 1, 1, 1, .. new byte[13], 0xE0, 0x01, (byte)(0x60 + (i & 15))]), .. Scan(1 + (i / 32), "0" + new string('0', 14))]);
        Assert.Equal(Side, Decode(Progressive(WithTables(1000))).Width);
        Assert.Contains("1024 Huffman tables", Assert.Throws<ImageFormatException>(() => Decode(Progressive(WithTables(1025)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_that_are_defined_again_and_again_take_no_memory()
    {
        byte[] tables = Segment(JpegMarker.HuffmanTables, [.. Enumerable.Range(0, 3000).SelectMany(_ => (byte[])[0x10, 2, .. new byte[15], 0xE0, 1])]);
        byte[] steps = Segment(JpegMarker.QuantizationTables, [.. Enumerable.Range(0, 900).SelectMany(_ => Steps)]);
        byte[] plain = Progressive([]), file = [.. plain[..2], .. tables, .. tables, .. steps, .. steps, .. plain[2..]];
        Decode(file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Decode(plain);
        long least = GC.GetAllocatedBytesForCurrentThread() - before;
        before = GC.GetAllocatedBytesForCurrentThread();
        Decode(file);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, least + 20_000);
    }

    [Fact]
    public void Memory_follows_from_pixels_and_bytes()
    {
        var budget = new DecodingBudget("X", pixels: 1000, fileBytes: 10);
        budget.CheckMemory((16 << 20) + 4000 + 2560);
        Assert.Contains("16 MiB", Assert.Throws<ImageFormatException>(() => budget.CheckMemory((16 << 20) + 4000 + 2561)).Message, StringComparison.Ordinal);
        budget.Spend(580);
        Assert.Equal(580, budget.Spent);
        Assert.Throws<ImageFormatException>(() => budget.Spend(1));
    }

    private static byte[] Steps => [0, .. Enumerable.Repeat((byte)1, 64)];

    /// <summary>A grey image whose DC coefficients are all 0, and further scans.</summary>
    private static byte[] Progressive(IEnumerable<byte[]> scans) =>
    [
        0xFF, JpegMarker.Start,
        .. Segment(JpegMarker.QuantizationTables, Steps),
        .. Segment(JpegMarker.ProgressiveFrame, [8, Side >> 8, 0, Side >> 8, 0, 1, 1, 0x11, 0]),
        // DC: 0 for "no difference". AC: 0 for a run of 2¹⁴ and more empty blocks, 10 for a new coefficient, 110 for 2⁶ and more.
        .. Segment(JpegMarker.HuffmanTables, [0x00, 1, .. new byte[15], 0]),
        .. Segment(JpegMarker.HuffmanTables, [0x10, 1, 1, 1, .. new byte[13], 0xE0, 0x01, 0x60]),
        .. Segment(JpegMarker.Scan, [1, 1, 0, 0, 0, 0]), .. new byte[Side / 8 * Side / 8 / 8],
        .. scans.SelectMany(scan => scan),
        0xFF, JpegMarker.End,
    ];

    /// <summary>A scan with one more bit of a coefficient.</summary>
    private static byte[] Scan(int coefficient, string bits)
    {
        bits = bits.PadRight((bits.Length + 7) / 8 * 8, '0');
        return [.. Segment(JpegMarker.Scan, [1, 1, 0, (byte)coefficient, (byte)coefficient, 0x10]), .. bits.Chunk(8).Select(eight => Convert.ToByte(new string(eight), 2))];
    }

    private static byte[] Segment(byte marker, byte[] content) => [0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content];
}
