using System.Buffers.Binary;
using System.Text;
using Fovea.Serialization;
using Fovea.Tensors;

namespace Fovea.Tests.Serialization;

public class SafeTensorsTests
{
    [Fact]
    public void A_file_of_another_program_is_read()
    {
        SafeTensors file = SafeTensors.Parse(GoldenTensors.Read("types"));
        Assert.Equal("zwei\nZeilen", file.Metadata["note"]);
        Assert.Equal(11, file.Tensors.Count);
        float third = 1 / 3f;
        Assert.Equal([0f, -0f, 1f, -2.5f, third, 1e-8f, 65504f, 1e30f], file.Find("f32")!.ToFloats());
        Assert.Equal([0f, -0f, 1f, -2.5f, third, 1e-8f, 65504f, 1e30f], file.Find("f64")!.ToFloats());
        Assert.Equal([0f, -0f, 1f, -2.5f, 0.33325195f, 0f, 65504f, float.PositiveInfinity], file.Find("f16")!.ToFloats());
        Assert.Equal([0f, -0f, 1f, -2.5f, 0.333984375f], file.Find("bf16")!.ToFloats()[..5]);
        Assert.Equal(1e30f, file.Find("bf16")!.ToFloats()[7], 1e30f / 256);
        Assert.True(float.IsNegative(file.Find("f16")!.ToFloats()[1]));
        Assert.Equal([2, 4], file.Find("f16")!.Shape.ToArray());
        Assert.Equal([0x7FC00123u, 0xFF800000u, 1u], file.Find("special")!.ToFloats().Select(BitConverter.SingleToUInt32Bits));
        Assert.Equal(1L << 40, BinaryPrimitives.ReadInt64LittleEndian(file.Find("i64")!.Data.Span[8..]));
        Assert.Equal([1, 2, 255], file.Find("bytes")!.Data.ToArray());
        Assert.Empty(file.Find("none")!.ToFloats());
        Assert.Equal([42f], file.Find("größe 尺寸")!.ToFloats());
        Assert.Null(file.Find("f8"));
    }

    [Fact]
    public void Whole_numbers_are_no_floats() =>
        Assert.Contains("'i64' must be of F32", Assert.Throws<ModelFormatException>(() => SafeTensors.Parse(GoldenTensors.Read("types")).Find("i64")!.ToFloats()).Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_written_is_read_bit_by_bit_and_lies_on_64_bytes()
    {
        float[] odd = [float.NaN, BitConverter.UInt32BitsToSingle(0xFFC12345), -0f, float.Epsilon, float.NegativeInfinity];
        var metadata = new Dictionary<string, string> { ["z"] = "\"quoted\" \\ \n", ["a"] = "größe" };
        byte[] bytes = Write([new("b", new Shape(5), odd), new("a", new Shape(1, 2), new float[] { 1, 2 }), new("s", new Shape([]), new float[] { 3 })], metadata);
        Assert.Equal(0, (bytes.Length - 8 * sizeof(float)) % 64);
        Assert.Equal(bytes, Write([new("b", new Shape(5), odd), new("a", new Shape(1, 2), new float[] { 1, 2 }), new("s", new Shape([]), new float[] { 3 })], metadata.Reverse().ToDictionary()));

        SafeTensors file = SafeTensors.Parse(bytes);
        Assert.Equal(["b", "a", "s"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal(odd.Select(BitConverter.SingleToUInt32Bits), file.Find("b")!.ToFloats().Select(BitConverter.SingleToUInt32Bits));
        Assert.Equal([1f, 2f], file.Find("a")!.ToFloats());
        Assert.Equal(0, file.Find("s")!.Shape.Length);
        Assert.Equal(metadata, file.Metadata);
    }

    [Fact]
    public void The_writer_refuses_what_no_reader_would_take()
    {
        Assert.Throws<ArgumentException>(() => Write([new("a", new Shape(1), new float[1]), new("a", new Shape(1), new float[1])], new Dictionary<string, string>()));
        Assert.Throws<ArgumentException>(() => Write([new("a", new Shape(2), new float[1])], new Dictionary<string, string>()));
        Assert.Throws<ArgumentException>(() => Write([new("__metadata__", new Shape(1), new float[1])], new Dictionary<string, string>()));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, null)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"e":{"dtype":"F32","shape":[9,0],"data_offsets":[8,8]}}""", 8, null)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}    """, 8, null)]
    [InlineData("""{}""", 0, null)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "lies at (0, 8)")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 12, "12 bytes of data")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "begins at byte 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "begins at byte 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16, "header")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "larger than the file")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}""", 8, "takes 4 bytes, but 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}""", 8, "larger than the file")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807,2],"data_offsets":[0,8]}}""", 8, "larger than the file")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,8]}}""", 8, "whole numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "whole numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8, "whole numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "lies at (8, 0)")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", 8, "two offsets")]
    [InlineData("""{"a":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}""", 8, "'F33'")]
    [InlineData("""{"a\n":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}""", 8, "'a\\n'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", 8, "data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[[2]],"data_offsets":[0,8]}}""", 8, "header")]
    [InlineData("""{"a":7}""", 8, "dtype")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "strings")]
    [InlineData("""{"__metadata__":"a"}""", 0, "strings")]
    [InlineData("""{"a\ud800":7}""", 0, "header")]
    [InlineData("""[]""", 0, "no safetensors file")]
    [InlineData(""" {}""", 0, "no safetensors file")]
    [InlineData("""{}{}""", 0, "header")]
    [InlineData("", 0, "no safetensors file")]
    public void Headers_are_checked(string header, int dataBytes, string? complaint)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] file = [.. BitConverter.GetBytes((long)text.Length), .. text, .. new byte[dataBytes]];
        if (complaint is null)
            Assert.NotNull(SafeTensors.Parse(file));
        else
            Assert.Contains(complaint, Assert.Throws<ModelFormatException>(() => SafeTensors.Parse(file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void A_file_without_room_for_the_length_is_refused(int bytes) =>
        Assert.Throws<ModelFormatException>(() => SafeTensors.Parse(new byte[bytes]));

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    [InlineData(100_000_001UL)]
    [InlineData(3UL)]
    public void A_header_longer_than_the_file_is_refused(ulong length)
    {
        byte[] file = [0, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}'];
        BinaryPrimitives.WriteUInt64LittleEndian(file, length);
        Assert.Contains("header", Assert.Throws<ModelFormatException>(() => SafeTensors.Parse(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_write_leaves_the_file_as_it_was()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.safetensors");
        SafeTensorsWriter.Write(path, [new("a", new Shape(1), new float[] { 5 })], new Dictionary<string, string>());
        byte[] before = File.ReadAllBytes(path);
        Assert.Throws<ArgumentException>(() => SafeTensorsWriter.Write(path, [new("a", new Shape(2), new float[1])], new Dictionary<string, string>()));
        Assert.Throws<IOException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write(new byte[100]);
            throw new IOException("the disk is full");
        }));
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal(["a.safetensors"], folder.Names);
        string nowhere = folder.File("no/such/folder.safetensors");
        Assert.Contains("does not exist", Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.Write(nowhere, _ => { })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Complaints_name_the_file()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("broken.safetensors");
        File.WriteAllBytes(path, new byte[20]);
        Assert.StartsWith(path + ": ", Assert.Throws<ModelFormatException>(() => SafeTensors.Read(path)).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => SafeTensors.Read(folder.File("absent")));
    }

    private static byte[] Write(IReadOnlyList<NamedTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var stream = new MemoryStream();
        SafeTensorsWriter.Write(stream, tensors, metadata);
        return stream.ToArray();
    }
}
