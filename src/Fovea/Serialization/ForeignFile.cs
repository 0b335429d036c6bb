namespace Fovea.Serialization;

/// <summary>Knows by their first bytes the files that people most often take for a safetensors file.</summary>
internal static class ForeignFile
{
    /// <summary>What to do about a file of another kind.</summary>
    public const string Way = "right would be a safetensors file, which safetensors.torch.save_file writes from a state_dict";

    /// <summary>What to do about weights without their network.</summary>
    public const string Import = "right would be: fovea import FILE --preset NAME";

    /// <summary>What the file is and what would be right; null if it may be a safetensors file.</summary>
    public static string? Explain(ReadOnlySpan<byte> file)
    {
        // A safetensors file begins with its header's length, and the header with a brace.
        if (file.Length > 8 && file[8] == '{')
            return null;
        if (file.StartsWith("PK\x03\x04"u8))
            return $"a zip archive, as PyTorch writes .pt and .pth files, not a safetensors file; {Import}";
        if (file[0] == 0x80 && file[1] is >= 2 and <= 5)
            return $"a Python pickle, as old .pt, .pth and .pkl files are, not a safetensors file; {Import}";
        if (file[0] == 0x89 && file[1..].StartsWith("HDF\r\n"u8))
            return $"an HDF5 file, as Keras writes .h5 files, not a safetensors file; {Way}";
        if (file.StartsWith("GGUF"u8))
            return $"a GGUF file, not a safetensors file; {Way}";
        if (file[0] == 0x08 && file[1] is > 0 and < 16 && file[2] is 0x12 or 0x3A)
            return $"an ONNX file by its beginning, not a safetensors file; {Way}";
        if (file[0] == 0x1F && file[1] == 0x8B)
            return "a gzip file, not a safetensors file; unpack it first";
        if (file[0] == 0x89 && file[1..].StartsWith("PNG"u8) || file[0] == 0xFF && file[1] == 0xD8)
            return "an image, not a model";
        if (IsText(file))
            return $"a text file, not a safetensors file; {Way}";
        return file[0] == '{' ? "JSON, not a safetensors file" : null;
    }

    /// <summary>The length before a header has zeros in it, and text has none.</summary>
    private static bool IsText(ReadOnlySpan<byte> file)
    {
        foreach (byte value in file[..Math.Min(file.Length, 12)])
            if (value < ' ' && value is not ((byte)'\t' or (byte)'\n' or (byte)'\r'))
                return false;
        return file[0] != '{';
    }
}
