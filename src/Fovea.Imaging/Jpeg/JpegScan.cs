namespace Fovea.Imaging.Jpeg;

/// <summary>A scan header (SOS): which components, and which of their coefficients and bits, the data behind it hold.</summary>
internal sealed record JpegScan(JpegComponent[] Components, HuffmanTable[] Dc, HuffmanTable[] Ac, int First, int Last, int High, int Low)
{
    /// <summary>14 scans can send all bits of a coefficient one by one; damaged files that others can read repeat some.</summary>
    private const int MaxScans = 32;

    /// <exception cref="ImageFormatException">The header does not fit the frame or what scans before it have sent.</exception>
    public static JpegScan Parse(ReadOnlySpan<byte> data, JpegFrame frame, JpegTables tables)
    {
        int count = data.IsEmpty ? 0 : data[0];
        if (data.Length < 4 + (2 * count) || count is < 1 or > 4)
            throw new ImageFormatException($"JPEG: a scan header of {count} components has {data.Length} bytes of content; 4 and 2 a component, 1 to 4, would be right");
        ReadOnlySpan<byte> end = data[(1 + (2 * count))..];
        int first = frame.Progressive ? end[0] : 0, last = frame.Progressive ? end[1] : 63;
        int high = frame.Progressive ? end[2] >> 4 : 0, low = frame.Progressive ? end[2] & 15 : 0;
        bool legal = first == 0 ? !frame.Progressive || last == 0 : first <= last && last <= 63 && count == 1;
        if (!legal || low > 13 || (high != 0 && high != low + 1))
            throw new ImageFormatException($"JPEG: a progressive scan of {count} components cannot send coefficients {first} to {last}, bit {low} after bit {high}");

        var components = new JpegComponent[count];
        HuffmanTable[] dc = new HuffmanTable[count], ac = new HuffmanTable[count];
        for (int i = 0; i < count; i++)
        {
            int id = data[1 + (2 * i)], tableDc = data[2 + (2 * i)] >> 4, tableAc = data[2 + (2 * i)] & 15;
            JpegComponent component = Array.Find(frame.Components, other => other.Id == id)
                ?? throw new ImageFormatException($"JPEG: a scan has the component {id}, which the frame header does not name");
            if (Array.IndexOf(components, component) >= 0)
                throw new ImageFormatException($"JPEG: a scan has the component {id} twice");
            if (tableDc > 3 || tableAc > 3)
                throw new ImageFormatException($"JPEG: a scan has the Huffman tables {tableDc} and {tableAc}; 0 to 3 would be right");
            components[i] = component;
            component.Quantization ??= tables.Quantization(component.Table);
            if (first == 0 && high == 0)
                dc[i] = tables.Huffman(0, tableDc);
            if (last > 0)
                ac[i] = tables.Huffman(1, tableAc);
        }
        return new JpegScan(components, dc, ac, first, last, high, low);
    }

    /// <summary>Notes what the scan sends.</summary>
    /// <exception cref="ImageFormatException">It has been sent before, or so often that the file only means to make work.</exception>
    public void Record(bool progressive)
    {
        foreach (JpegComponent component in Components)
            for (int i = First; i <= Last; i++)
            {
                component.MissingBits[i] = (sbyte)Low;
                if (++component.TimesSent[i] > (progressive ? MaxScans : 1))
                    throw new ImageFormatException($"JPEG: coefficient {i} of component {component.Id} is sent {component.TimesSent[i]} times");
            }
    }
}
