using System.Globalization;
using System.Net;
using System.Text;

namespace Fovea.Runs.Pages;

/// <summary>One line of a chart.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Colour">Its colour in CSS.</param>
/// <param name="Points">From left to right; those that are no finite numbers are left out.</param>
/// <param name="Dashed">Whether it is an ideal and no measurement: dashes, without marks.</param>
/// <param name="Width">How thick it is; marks go with the usual 2.</param>
internal sealed record Line(string Name, string Colour, IEnumerable<(double X, double Y)> Points, bool Dashed = false, int Width = Line.UsualWidth)
{
    /// <summary>Neither thin nor bold.</summary>
    public const int UsualWidth = 2;
}

/// <summary>Lines over two axes as SVG.</summary>
internal static class LineChart
{
    private const int Width = 460, Height = 260, Left = 62, Right = 12, Top = 12, Bottom = 40, MaxTicks = 6, MaxMarks = 60;
    private const double Rounding = 1e-9;

    /// <summary>The chart.</summary>
    /// <param name="across">What the horizontal axis shows.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="label">How numbers of the vertical axis are written.</param>
    /// <param name="frame">The ranges of both axes; what the lines need if null.</param>
    public static string Svg(string across, IReadOnlyList<Line> lines, Func<double, string> label, (double MinX, double MaxX, double MinY, double MaxY)? frame = null)
    {
        (double X, double Y)[][] points = [.. lines.Select(line => line.Points.Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y)).ToArray())];
        (double minX, double maxX, double minY, double maxY) = frame ?? Frame([.. points.SelectMany(line => line)]);
        string X(double x) => Number(Left + (x - minX) / (maxX - minX) * (Width - Left - Right));
        string Y(double y) => Number(Height - Bottom - (y - minY) / (maxY - minY) * (Height - Top - Bottom));

        var svg = new StringBuilder();
        svg.Append($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\">");
        foreach (double y in Ticks(minY, maxY))
        {
            svg.Append($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(y)}\" y2=\"{Y(y)}\"/>");
            svg.Append($"<text x=\"{Left - 6}\" y=\"{Y(y)}\" dy=\"4\" text-anchor=\"end\">{Escape(label(y))}</text>");
        }
        foreach (double x in Ticks(minX, maxX))
            svg.Append($"<text x=\"{X(x)}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\">{Number(x)}</text>");
        svg.Append($"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 6}\" text-anchor=\"middle\">{Escape(across)}</text>");
        for (int i = 0; i < lines.Count; i++)
        {
            string path = string.Join(' ', points[i].Select(p => $"{X(p.X)},{Y(p.Y)}"));
            svg.Append($"<polyline points=\"{path}\" fill=\"none\" stroke=\"{lines[i].Colour}\" stroke-width=\"{lines[i].Width}\"{(lines[i].Dashed ? " stroke-dasharray=\"4 4\"" : "")}/>");
            if (lines[i] is { Dashed: false, Width: Line.UsualWidth } && points[i].Length <= MaxMarks)
                foreach ((double x, double y) in points[i])
                    svg.Append($"<circle cx=\"{X(x)}\" cy=\"{Y(y)}\" r=\"2.5\" fill=\"{lines[i].Colour}\"><title>{Number(x)}: {Escape(label(y))}</title></circle>");
        }
        svg.Append("</svg><p class=\"legend\">");
        foreach (Line line in lines)
            svg.Append($"<span style=\"color:{line.Colour}\">■ {Escape(line.Name)}</span> ");
        return svg.Append("</p>").ToString();
    }

    /// <summary>Text as it may stand in a page.</summary>
    public static string Escape(string text) => WebUtility.HtmlEncode(Printable.Escape(text));

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Round numbers within a range: multiples of 1, 2 or 5 times a power of ten.</summary>
    private static IEnumerable<double> Ticks(double min, double max)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10((max - min) / MaxTicks)));
        double step = power * new[] { 1.0, 2, 5, 10 }.First(times => (max - min) / (times * power) <= MaxTicks);
        for (double i = Math.Ceiling(min / step - Rounding); i * step <= max + Rounding * step; i++)
            yield return i == 0 ? 0 : i * step; // Not −0.
    }

    /// <summary>From nothing on to the most; but where nothing is far away, as with accuracies, from the least.</summary>
    private static (double MinX, double MaxX, double MinY, double MaxY) Frame((double X, double Y)[] points)
    {
        if (points.Length == 0)
            return (0, 1, 0, 1);
        double minX = Math.Min(0, points.Min(p => p.X)), maxX = points.Max(p => p.X), minY = points.Min(p => p.Y), maxY = points.Max(p => p.Y);
        minY = minY > maxY / 2 && maxY > minY ? minY : Math.Min(0, minY);
        // A range of one value has no width to draw in.
        return (minX, maxX > minX ? maxX : minX + 1, minY, maxY > minY ? maxY : minY + 1);
    }
}
