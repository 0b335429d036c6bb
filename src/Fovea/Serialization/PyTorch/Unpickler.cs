using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Fovea.Serialization.PyTorch;

/// <summary>
/// Reads a pickle of protocols 2 to 5 as far as files of PyTorch need it. Python's pickles are programs that may call any
/// function; this one knows the fixed constructions of <see cref="TorchGlobals"/> and nothing else. It calls itself
/// nowhere, and its memory follows from the pickle's bytes: an operation makes at most one small object, and what is
/// copied besides is counted (<see cref="Spend"/>).
/// </summary>
internal sealed class Unpickler
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlyMemory<byte> _pickle;
    private readonly Func<PickleTuple, object?>? _persistent;
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly List<object?> _memo = [];
    private int _position;
    private long _spent;

    private Unpickler(ReadOnlyMemory<byte> pickle, Func<PickleTuple, object?>? persistent)
    {
        _pickle = pickle;
        _persistent = persistent;
    }

    /// <summary>Reads one pickle.</summary>
    /// <param name="bytes">It, and what may follow.</param>
    /// <param name="persistent">Gives what lies outside of the pickle, which are storages; null if nothing may.</param>
    /// <param name="length">How many bytes it had.</param>
    /// <exception cref="ModelFormatException">It is damaged, or refers to what is not known.</exception>
    public static object? Read(ReadOnlyMemory<byte> bytes, Func<PickleTuple, object?>? persistent, out int length)
    {
        var unpickler = new Unpickler(bytes, persistent);
        object? value = unpickler.Run();
        length = unpickler._position;
        return value;
    }

    /// <summary>Counts what is copied beyond one object an operation: not more than the pickle has bytes.</summary>
    /// <exception cref="ModelFormatException">It was more.</exception>
    public void Spend(long count)
    {
        if ((_spent += count) > _pickle.Length)
            throw Damaged("it repeats its own parts without end");
    }

    /// <summary>The error of a pickle that does not follow the rules.</summary>
    public ModelFormatException Damaged(string what) => new($"the file is damaged: {what}, at byte {_position} of its pickle");

    private object? Run()
    {
        while (true)
        {
            byte code = Take(1)[0];
            if (code == (byte)'.')
                return Pop();
            if (!ReadConstant(code) && !ReadContainer(code) && !ReadReference(code))
                throw Damaged($"0x{code:X2} is no operation that PyTorch writes");
        }
    }

    /// <summary>Numbers, texts and bytes.</summary>
    private bool ReadConstant(byte code)
    {
        switch (code)
        {
            case (byte)'N':
                Push(null);
                return true;
            case 0x88 or 0x89:
                Push(code == 0x88);
                return true;
            case (byte)'K':
                Push((long)Take(1)[0]);
                return true;
            case (byte)'M':
                Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)));
                return true;
            case (byte)'J':
                Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)));
                return true;
            case 0x8A or 0x8B:
                var number = new BigInteger(Take(ReadLength(code == 0x8A ? 1 : 4)));
                Push(number >= long.MinValue && number <= long.MaxValue ? (long)number : (object)number);
                return true;
            case (byte)'G':
                Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
                return true;
            case 0x8C or (byte)'X' or 0x8D:
                Push(ReadText(ReadLength(code == 0x8C ? 1 : code == 0x8D ? 8 : 4)));
                return true;
            case (byte)'U' or (byte)'T':
                // Python 2's strings are bytes.
                Push(Encoding.Latin1.GetString(Take(ReadLength(code == (byte)'U' ? 1 : 4))));
                return true;
            case (byte)'C' or (byte)'B' or 0x8E or 0x96:
                int length = ReadLength(code == (byte)'C' ? 1 : code == (byte)'B' ? 4 : 8);
                Take(length);
                Push(_pickle.Slice(_position - length, length));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Tuples, lists, dictionaries and sets.</summary>
    private bool ReadContainer(byte code)
    {
        switch (code)
        {
            case (byte)'(':
                _marks.Add(_stack.Count);
                return true;
            case (byte)')':
                Push(PickleTuple.Empty);
                return true;
            case 0x85 or 0x86 or 0x87:
                Push(new PickleTuple(Pop(code - 0x84)));
                return true;
            case (byte)'t':
                Push(new PickleTuple(PopMarked()));
                return true;
            case (byte)']':
                Push(new PickleList());
                return true;
            case (byte)'l':
                object?[] items = PopMarked();
                Push(new PickleList());
                Append(items);
                return true;
            case (byte)'a':
                Append(Pop(1));
                return true;
            case (byte)'e':
                Append(PopMarked());
                return true;
            case (byte)'}':
                Push(new PickleDict());
                return true;
            case (byte)'d':
                object?[] entries = PopMarked();
                Push(new PickleDict());
                Set(entries);
                return true;
            case (byte)'s':
                Set(Pop(2));
                return true;
            case (byte)'u':
                Set(PopMarked());
                return true;
            case 0x8F:
                Push(PickleOpaque.Instance);
                return true;
            case 0x90:
                PopMarked();
                return true;
            case 0x91:
                PopMarked();
                Push(PickleOpaque.Instance);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The stack, the memo, and what is constructed.</summary>
    private bool ReadReference(byte code)
    {
        switch (code)
        {
            case 0x80:
                if (Take(1)[0] is var protocol and (< 2 or > 5))
                    throw Damaged($"protocol {protocol} is none of 2 to 5");
                return true;
            case 0x95:
                ReadLength(8);
                return true;
            case (byte)'0':
                Pop();
                return true;
            case (byte)'1':
                PopMarked();
                return true;
            case (byte)'2':
                Push(Top);
                return true;
            case (byte)'q':
                Memorize(Take(1)[0]);
                return true;
            case (byte)'r':
                Memorize(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
                return true;
            case 0x94:
                Memorize((uint)_memo.Count);
                return true;
            case (byte)'h':
                Push(Recall(Take(1)[0]));
                return true;
            case (byte)'j':
                Push(Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))));
                return true;
            case (byte)'c':
                string module = ReadLine();
                Push(TorchGlobals.Find(module, ReadLine()));
                return true;
            case 0x93:
                Push(Pop(2) is [string from, string name] ? TorchGlobals.Find(from, name) : throw Damaged("a global is named by two texts"));
                return true;
            case (byte)'R' or 0x81:
                Push(Pop(2) is [PickleGlobal made, PickleTuple arguments] ? made.Make(arguments, this) : throw Damaged("a construction needs what to make, and a tuple"));
                return true;
            case 0x92:
                Push(Pop(3) is [PickleGlobal named, PickleTuple values, PickleDict] ? named.Make(values, this) : throw Damaged("a construction needs what to make, a tuple and a dictionary"));
                return true;
            case (byte)'b':
                object? state = Pop();
                TorchGlobals.SetState(Top, state, this);
                return true;
            case (byte)'Q':
                Push(Pop() is PickleTuple identity && _persistent is not null ? _persistent(identity) : throw Damaged("a storage is out of place"));
                return true;
            default:
                return false;
        }
    }

    private object? Top => _stack.Count > Floor ? _stack[^1] : throw Damaged("its stack is empty");

    /// <summary>Where the part of the stack begins that the last mark opened.</summary>
    private int Floor => _marks.Count > 0 ? _marks[^1] : 0;

    private void Push(object? value) => _stack.Add(value);

    private object? Pop()
    {
        object? value = Top;
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object?[] Pop(int count)
    {
        int start = _stack.Count - count;
        if (start < Floor)
            throw Damaged("its stack is empty");
        var values = new object?[count];
        _stack.CopyTo(start, values, 0, count);
        _stack.RemoveRange(start, count);
        return values;
    }

    private object?[] PopMarked()
    {
        if (_marks.Count == 0)
            throw Damaged("a mark is missing");
        object?[] values = Pop(_stack.Count - Floor);
        _marks.RemoveAt(_marks.Count - 1);
        return values;
    }

    private void Append(object?[] items)
    {
        if (Top is not PickleList list)
            throw Damaged("only a list is appended to");
        list.Items.AddRange(items);
    }

    private void Set(object?[] entries)
    {
        if (Top is not PickleDict dict || entries.Length % 2 != 0)
            throw Damaged("only a dictionary has entries, of a key and a value");
        for (int i = 0; i < entries.Length; i += 2)
            dict.Set(entries[i], entries[i + 1]);
    }

    private void Memorize(uint index)
    {
        // Whatever is kept was made by an operation of its own.
        if (index >= _pickle.Length)
            throw Damaged($"the memo has no place {index}");
        while (_memo.Count <= index)
            _memo.Add(Missing);
        _memo[(int)index] = Top;
    }

    private object? Recall(uint index) =>
        index < _memo.Count && _memo[(int)index] is var value && value != Missing ? value : throw Damaged($"the memo has nothing at {index}");

    private static readonly object Missing = new();

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _pickle.Length - _position)
            throw Damaged("it ends too early");
        _position += count;
        return _pickle.Span.Slice(_position - count, count);
    }

    /// <summary>A length of so many bytes, which lies within the pickle.</summary>
    private int ReadLength(int bytes)
    {
        ReadOnlySpan<byte> field = Take(bytes);
        ulong length = bytes switch { 1 => field[0], 4 => BinaryPrimitives.ReadUInt32LittleEndian(field), _ => BinaryPrimitives.ReadUInt64LittleEndian(field) };
        return length <= (ulong)(_pickle.Length - _position) ? (int)length : throw Damaged("it ends too early");
    }

    private string ReadText(int length)
    {
        try
        {
            return Strict.GetString(Take(length));
        }
        catch (DecoderFallbackException)
        {
            throw Damaged("a text is not UTF-8");
        }
    }

    private string ReadLine()
    {
        int length = _pickle.Span[_position..].IndexOf((byte)'\n');
        if (length < 0)
            throw Damaged("it ends too early");
        string line = ReadText(length);
        Take(1);
        return line;
    }
}
