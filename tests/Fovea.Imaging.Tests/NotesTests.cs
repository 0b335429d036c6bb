using Fovea.Imaging.Jpeg;
using Fovea.Imaging.Png;
using Fovea.Imaging.Preparing;
using Fovea.Imaging.Tests.Bmp;
using Fovea.Imaging.Tests.Gif;
using Fovea.Imaging.Tests.Jpeg;
using Fovea.Imaging.Tests.Png;
using Fovea.Imaging.Tests.Tiff;
using Fovea.Imaging.Tests.WebP;
using Fovea.Tensors;

namespace Fovea.Imaging.Tests;

/// <summary>What readers pass over is said, and nothing is said of files that are right. PNG's faults are with its tests.</summary>
public class NotesTests
{
    private const string EndIsMissing = "the end of the file is missing";

    [Fact]
    public void Of_files_that_are_right_nothing_is_said()
    {
        foreach ((string name, byte[] file) in (IEnumerable<(string, byte[])>)
            [
                .. JpegGolden.Files.Select(golden => (golden.Name, golden.File)),
                .. WebPBuilder.Golden.Select(golden => (golden.Name, golden.File)),
                .. TiffBuilder.Golden.Select(golden => (golden.Name, golden.File)),
                .. GifBuilder.Golden().Select((golden, i) => ($"GIF {i}", golden.File)),
                .. Enumerable.Range(1, 4).Select(channels => ($"PNG {channels}", PngEncoder.Encode(TestData.Image(9, 7, channels)))),
            ])
            Assert.Equal((name, ""), (name, string.Join('|', ImageFile.Decode(file).Notes)));
    }

    public static TheoryData<string, byte[]> FaultyFiles()
    {
        byte[] restarts = [.. JpegGolden.File("restart-444")];
        for (int i = restarts.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, JpegMarker.Scan]) + 1; i < restarts.Length; i++)
            if (restarts[i - 1] == 0xFF && restarts[i] is >= JpegMarker.FirstRestart and <= JpegMarker.LastRestart)
                restarts[i] = JpegMarker.LastRestart;

        byte[] frame = GifBuilder.Frame(0, 0, 4, 1, [0, 1, 2, 3], 2), four = GifBuilder.Colours(4), two = GifBuilder.Colours(2);
        byte[] grey = BmpBuilder.Palette(256, 4, grey: true);
        byte[] lossy = WebPBuilder.Of("lossy-33x50-q75"), image = WebPBuilder.ChunkOf(lossy, "VP8 ");
        const string beyond = "colours beyond the palette are black", longRuns = "run lengths reach beyond their row: the rest is left out";
        byte[] exif = [.. JpegGolden.File("orientation-6")];
        exif.AsSpan(exif.AsSpan().IndexOf("Exif\0\0"u8) + 10, 4).Fill(0xFF);
        const string noExif = "what the camera noted (EXIF) is damaged: it is left out";
        return new()
        {
            { noExif, exif },
            { noExif, PngBuilder.File(PngBuilder.Header(1, 1, 8, 0), PngBuilder.Chunk("eXIf", 1, 2), PngBuilder.Data(0, 1), PngBuilder.End()) },
            { noExif, WebPBuilder.File(WebPBuilder.Extended(8, 33, 50), image, WebPBuilder.Chunk("EXIF", 1, 2)) },
            { "the restart markers are numbered wrongly: their order counts", restarts },
            { EndIsMissing, JpegGolden.File("baseline-420-17")[..^2] },
            { EndIsMissing, JpegGolden.File("progressive-420-17")[..^2] },
            { "bytes between blocks are passed over", GifBuilder.File(4, 1, four, [9, 8, 7], frame) },
            { beyond, GifBuilder.File(4, 1, two, frame) },
            { beyond, GifBuilder.File(4, 1, [], frame) },
            { "", GifBuilder.File(4, 1, four, GifBuilder.Control(200), frame) },
            { "the image is larger than its screen: all of it is shown", GifBuilder.File(3, 1, four, frame) },
            { EndIsMissing, GifBuilder.File(4, 1, four, frame)[..^1] },
            { beyond, BmpBuilder.File(3, 1, 8, BmpBuilder.Palette(2, 4), [0, 1, 2, 0], colours: 2) },
            { beyond, BmpBuilder.File(3, 1, 8, BmpBuilder.Palette(2, 4), [3, 2, 0, 1], 1, colours: 2) },
            { "", BmpBuilder.File(3, 1, 8, BmpBuilder.Palette(2, 4), [0, 1, 1, 0], colours: 2) },
            { longRuns, BmpBuilder.File(3, 1, 8, grey, [5, 1, 0, 1], 1) },
            { EndIsMissing, BmpBuilder.File(3, 1, 8, grey, [3, 1], 1) },
            { "", BmpBuilder.File(3, 2, 8, grey, [3, 1, 0, 1], 1) },
            { "alpha is 0 everywhere: it is left out", BmpBuilder.File(2, 1, 32, [], new byte[8], 0, 108, [0xFF0000, 0xFF00, 0xFF, 0xFF000000]) },
            { EndIsMissing, WebPBuilder.File(WebPBuilder.Extended(8, 33, 50), image, WebPBuilder.Chunk("EXIF", WebPBuilder.Exif(6)))[..^5] },
            { "ALPH without a VP8X chunk before is left out", WebPBuilder.File(WebPBuilder.Chunk("ALPH", 0, 1), image) },
            { beyond, TiffBuilder.Grey(2, 1, [0, 1], (262, [3]), (320, [1, 2, 3, 4, 5, 6])) },
            { "the directory is cut off: some fields are missing", TiffBuilder.Grey(2, 1, [0, 1], (700, [1]))[..^8] },
        };
    }

    [Theory]
    [MemberData(nameof(FaultyFiles))]
    public void Faults_are_named(string note, byte[] file)
    {
        Assert.Equal(note, string.Join('|', ImageFile.Decode(file).Notes));
        Assert.Equal(note, string.Join('|', ImageFile.DecodeReduced(file, 1, 1, out _).Notes));
    }

    [Fact]
    public void A_fault_that_comes_thousands_of_times_is_named_once_and_takes_no_memory()
    {
        byte[] text = PngBuilder.Chunk("tEXt", 1, 2), header = PngBuilder.Header(2, 2, 8, 0), data = PngBuilder.Data(0, 1, 2, 0, 3, 4), end = PngBuilder.End();
        text[^1] ^= 1;
        byte[][] texts = [.. Enumerable.Repeat(text, 20_000)];
        byte[] file = PngBuilder.File([header, .. texts, data, end]);
        ImageFile.Decode(file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Image image = ImageFile.Decode(file);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000);
        Assert.Equal(["the tEXt chunk is damaged: it is left out"], image.Notes);
    }

    [Fact]
    public void What_is_prepared_says_it_too()
    {
        byte[] file = PngEncoder.Encode(TestData.Image(20, 10, 1))[..^12];
        Assert.Equal([EndIsMissing, "scaled from 20×10 to 5×5"], ModelInput.Prepare(file, new Shape(1, 5, 5)).Notes);
        Image drawing = new(60, 60, 1);
        for (int y = 10; y < 50; y++)
            drawing.Row(y).Slice(25, 8).Fill(255);
        IReadOnlyList<string> notes = ModelInput.Prepare(PngEncoder.Encode(drawing).AsSpan()[..^12], new Shape(1, 28, 28), new PreparationOptions { LightOnDark = true }).Notes;
        Assert.Equal(EndIsMissing, notes[0]);
        Assert.Single(notes, note => note == EndIsMissing);
    }
}
