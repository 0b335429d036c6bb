namespace Fovea.Imaging.Jpeg;

/// <summary>The second byte of JPEG's markers (ISO/IEC 10918-1, table B.1); the first is 0xFF.</summary>
internal static class JpegMarker
{
    public const byte Temporary = 0x01;
    public const byte BaselineFrame = 0xC0;
    public const byte ExtendedFrame = 0xC1;
    public const byte ProgressiveFrame = 0xC2;
    public const byte HuffmanTables = 0xC4;
    public const byte ArithmeticConditioning = 0xCC;
    public const byte LastFrame = 0xCF;
    public const byte FirstRestart = 0xD0;
    public const byte LastRestart = 0xD7;
    public const byte Start = 0xD8;
    public const byte End = 0xD9;
    public const byte Scan = 0xDA;
    public const byte QuantizationTables = 0xDB;
    public const byte LineCount = 0xDC;
    public const byte RestartInterval = 0xDD;
    public const byte Jfif = 0xE0;
    public const byte Exif = 0xE1;
    public const byte Adobe = 0xEE;

    /// <summary>The name the standard gives a marker, for messages.</summary>
    public static string Name(byte marker) => marker switch
    {
        HuffmanTables => "DHT",
        QuantizationTables => "DQT",
        RestartInterval => "DRI",
        Scan => "SOS",
        >= BaselineFrame and <= LastFrame => $"SOF{marker - BaselineFrame}",
        >= FirstRestart and <= LastRestart => $"RST{marker - FirstRestart}",
        >= Jfif and <= 0xEF => $"APP{marker - Jfif}",
        _ => $"0xFF{marker:X2}",
    };
}
