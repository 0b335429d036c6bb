using System.IO.Compression;
using System.Text;
using Fovea.Data;
using Fovea.Serialization;
using Fovea.Tensors;
using Fovea.Tests.Data.Tables;

namespace Fovea.Tests.Serialization;

public class NumpyFileTests
{
    [Theory]
    [InlineData("|u1", 1, new byte[] { 200, 3 }, 200)]
    [InlineData("<i2", 2, new byte[] { 0xFE, 0xFF, 0, 0 }, -2)]
    [InlineData(">i4", 2, new byte[] { 0, 0, 1, 2, 0, 0, 0, 0 }, 258)]
    [InlineData("<f4", 3, new byte[] { 0, 0, 0xC0, 0x3F, 0, 0, 0, 0 }, 1.5)]
    [InlineData("<f2", 1, new byte[] { 0, 0x3E, 0, 0 }, 1.5)]
    [InlineData(">f8", 1, new byte[] { 0x3F, 0xF8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, 1.5)]
    public void Numbers_of_every_kind(string type, int version, byte[] content, double first)
    {
        NumpyArray array = Read(File($"{{'descr': '{type}', 'fortran_order': False, 'shape': (2,), }}", content, version));
        Assert.Equal([2], array.Sizes);
        Assert.Equal(first, array[0]);
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1, ), }", "a: ends after 4 of the 8 bytes")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", "elements of the type '|O'")]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (1,1)}", "Fortran's order")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999, 99999999, 99999999)}", "larger than the")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999,)}", "not understood at character")]
    [InlineData("{'descr': '<f4', 'fortran_order': False}", "not understood")]
    [InlineData("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "not understood")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x", "not understood")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (0,)}", "is empty")]
    public void What_is_wrong_is_said(string header, string message) =>
        Assert.Contains(message, Assert.Throws<DataFormatException>(() => Read(File(header, new byte[4]))).Message);

    [Fact]
    public void Archives_are_read_entry_by_entry()
    {
        var stream = new MemoryStream();
        using (var written = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        using (Stream entry = written.CreateEntry("x_train.npy").Open())
            entry.Write(File("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }", [7, 8]));
        using var archive = new ZipArchive(stream);
        Assert.Equal(8, NumpyFile.Entries(archive, "z")["x_train"]()[1]);
    }

    [Fact]
    public void Damaged_arrays_end_in_numbers_or_in_the_documented_exception()
    {
        List<byte[]> seeds = [File("{'descr': '|u1', 'fortran_order': False, 'shape': (3, 4), }", new byte[12]), File("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", new byte[16], 2)];
        var rng = new Rng(12);
        for (int i = 0; i < DamagedFiles.Count; i++)
            DamagedFiles.Try(seeds, ref rng, file => Read(file));
    }

    private static NumpyArray Read(byte[] file) => NumpyFile.Read(new MemoryStream(file), "a", file.Length);

    private static byte[] File(string header, byte[] content, int version = 1)
    {
        byte[] text = Encoding.UTF8.GetBytes(header + "\n");
        byte[] length = version == 1 ? BitConverter.GetBytes((ushort)text.Length) : BitConverter.GetBytes(text.Length);
        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. length, .. text, .. content];
    }
}
