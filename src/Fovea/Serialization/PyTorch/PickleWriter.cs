using System.Buffers.Binary;
using System.Text;

namespace Fovea.Serialization.PyTorch;

/// <summary>Writes a pickle of protocol 2, operation by operation.</summary>
internal sealed class PickleWriter
{
    private readonly List<byte> _bytes = [0x80, 2];

    public void BeginDict() => _bytes.AddRange("}("u8);

    public void EndDict() => _bytes.Add((byte)'u');

    public void BeginTuple() => _bytes.Add((byte)'(');

    public void EndTuple() => _bytes.Add((byte)'t');

    public void False() => _bytes.Add(0x89);

    /// <summary>Names a function or class of a module.</summary>
    public void Global(string module, string name) => _bytes.AddRange(Encoding.ASCII.GetBytes($"c{module}\n{name}\n"));

    /// <summary>Calls the function below the tuple with it.</summary>
    public void Call() => _bytes.Add((byte)'R');

    /// <summary>Fetches what the tuple names from outside of the pickle.</summary>
    public void Persistent() => _bytes.Add((byte)'Q');

    public void Whole(int number) => Add((byte)'J', number);

    public void Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Add((byte)'X', bytes.Length);
        _bytes.AddRange(bytes);
    }

    public void Tuple(ReadOnlySpan<int> numbers)
    {
        BeginTuple();
        foreach (int number in numbers)
            Whole(number);
        EndTuple();
    }

    public byte[] End() => [.. _bytes, (byte)'.'];

    private void Add(byte code, int number)
    {
        Span<byte> field = stackalloc byte[1 + sizeof(int)];
        field[0] = code;
        BinaryPrimitives.WriteInt32LittleEndian(field[1..], number);
        _bytes.AddRange(field);
    }
}
