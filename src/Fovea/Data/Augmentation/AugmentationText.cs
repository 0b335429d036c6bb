using System.Globalization;
using System.Text.RegularExpressions;

namespace Fovea.Data.Augmentation;

/// <summary>
/// Augmentation as people write it: steps with commas between, each a name, its values after colons, and after an @ the
/// share of images that it happens to, such as <c>flip,rotate:10,blur:1@0.3</c>. A preset's name stands for its steps.
/// </summary>
public static partial class AugmentationText
{
    private static readonly Dictionary<string, string> PresetTexts = new(StringComparer.Ordinal)
    {
        ["none"] = "",
        // As a hand varies: slightly turned, slanted, moved, and bent as Simard et al. (2003) do.
        ["digits"] = "rotate:8,scale:0.9:1.1,shear:8,translate:0.06,elastic:34:5",
        ["photos"] = "flip,resized-crop:0.5,rotate:8,brightness:0.25,contrast:0.25,saturation:0.25,hue:0.03,border:mirror",
        ["cifar"] = "flip,translate:0.0625,cutout:8,border:mirror",
    };

    private static readonly Entry[] Entries =
    [
        new("flip", "flip[:horizontal|vertical|both]", values => values.Word(["horizontal", "vertical", "both"]) switch
        {
            "vertical" => new Flip(horizontal: false, vertical: true),
            "both" => new Flip(horizontal: true, vertical: true),
            _ => new Flip(),
        }),
        new("mirror", "mirror", _ => new Flip()),
        new("rotate", "rotate:DEGREES", values => new Rotate(values.Number("degrees"))),
        new("scale", "scale:LEAST:MOST", values => new Scale(values.Number("the smallest factor"), values.Number("the largest factor"))),
        new("translate", "translate:SHARE", values => new Translate(values.Number("a share of the side"))),
        new("shear", "shear:DEGREES[:VERTICAL]", Shear),
        new("skew", "skew:DEGREES[:VERTICAL]", Shear),
        new("crop", "crop:PIXELS", values => new PaddedCrop(values.Whole("pixels"))),
        new("resized-crop", "resized-crop[:LEAST[:MOST]]", values => new RandomResizedCrop(values.Number("the smallest area", 0.08), values.Number("the largest area", 1))),
        new("brightness", "brightness:STRENGTH", values => new Brightness(values.Number("a strength"))),
        new("contrast", "contrast:STRENGTH", values => new Contrast(values.Number("a strength"))),
        new("saturation", "saturation:STRENGTH", values => new Saturation(values.Number("a strength"))),
        new("hue", "hue:TURN", values => new Hue(values.Number("a share of the circle"))),
        new("noise", "noise:DEVIATION", values => new Noise(values.Number("a deviation"))),
        new("blur", "blur:SIGMA", values => new Blur(values.Number("a deviation in pixels"))),
        new("elastic", "elastic:ALPHA:SIGMA", values => new Elastic(values.Number("the strength"), values.Number("the smoothness"))),
        new("cutout", "cutout:PIXELS", values => new Cutout(values.Whole("pixels"))),
        new("erase", "erase[:LEAST[:MOST]]", values => new RandomErasing(values.Number("the smallest area", 0.02), values.Number("the largest area", 0.33))),
        new("randaugment", "randaugment[:COUNT[:STRENGTH]]", values => new RandAugment(values.Whole("a number of changes", 2), values.Number("a strength", 9))),
        new("mixup", "mixup:ALPHA", values => new MixUp(values.Number("alpha"))),
        new("cutmix", "cutmix:ALPHA", values => new CutMix(values.Number("alpha"))),
        new("border", "border:black|edge|mirror", values => values.Word(["black", "edge", "mirror"]) switch
        {
            "edge" => Border.Edge,
            "mirror" => Border.Mirror,
            "black" => Border.Black,
            _ => throw new ArgumentException("border needs black, edge or mirror, as in border:mirror"),
        }),
    ];

    /// <summary>How each step is written: <c>rotate:DEGREES</c>.</summary>
    public static IReadOnlyList<string> Forms { get; } = [.. Entries.Select(entry => entry.Form)];

    /// <summary>Names that stand for several steps, and what they stand for.</summary>
    public static IReadOnlyDictionary<string, string> Presets => PresetTexts;

    /// <summary>The augmentation that a text describes.</summary>
    /// <exception cref="ArgumentException">It describes none; the message says what would be right.</exception>
    public static Augmenter Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        // No step's name begins with a digit.
        if (DecimalComma().IsMatch(text))
            throw new ArgumentException($"commas part steps, and the decimal sign is a point: right would be {DecimalComma().Replace(text, ".")}, got {text}");
        var steps = new List<AugmentationStep>();
        var mixing = new List<MixingStep>();
        Border border = Border.Black;
        foreach (string item in Items(text))
            switch (ParseStep(item))
            {
                case AugmentationStep step: steps.Add(step); break;
                case MixingStep step: mixing.Add(step); break;
                case Border chosen: border = chosen; break;
            }
        return new Augmenter(steps, mixing, border);
    }

    /// <summary>The steps' texts, presets replaced by theirs.</summary>
    private static IEnumerable<string> Items(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries).SelectMany(item => PresetTexts.TryGetValue(item, out string? steps)
            ? steps.Split(',', StringSplitOptions.RemoveEmptyEntries)
            : [item]);

    private static object ParseStep(string item)
    {
        string[] parts = item.Split('@');
        string[] words = parts[0].Split(':');
        Entry entry = Array.Find(Entries, entry => entry.Name == words[0])
            ?? throw new ArgumentException($"unknown augmentation '{words[0]}'{Nearest.Question(words[0], [.. Entries.Select(entry => entry.Name), .. PresetTexts.Keys])}; known are {string.Join(", ", Entries.Select(entry => entry.Name))}, and the presets {string.Join(", ", PresetTexts.Keys)}");
        var values = new Values(entry, words.AsSpan(1).ToArray());
        object step = entry.Create(values);
        values.RequireEnd();
        if (parts.Length == 1)
            return step;
        if (parts.Length > 2 || step is Border)
            throw new ArgumentException($"'{item}' is no augmentation; right would be {entry.Form}");
        double probability = values.Parse(parts[1], "a share of the images after the @");
        return step is AugmentationStep single ? single with { Probability = probability } : (MixingStep)step with { Probability = probability };
    }

    private static Shear Shear(Values values) => new(values.Number("degrees"), values.Number("vertical degrees", 0));

    [GeneratedRegex(@"(?<=\d),(?=\d)")]
    private static partial Regex DecimalComma();

    private sealed record Entry(string Name, string Form, Func<Values, object> Create);

    /// <summary>The values behind a step's name, taken one after the other.</summary>
    private sealed class Values(Entry entry, string[] words)
    {
        private int _next;

        public double Number(string what, double? standard = null)
        {
            if (_next == words.Length)
                return standard ?? throw new ArgumentException($"{entry.Name} needs {what}; right would be {entry.Form}");
            return Parse(words[_next++], what);
        }

        public int Whole(string what, int? standard = null)
        {
            double value = Number(what, standard);
            return value == (int)value ? (int)value : throw Wrong("a whole number", words[_next - 1]);
        }

        public string? Word(string[] known)
        {
            if (_next == words.Length)
                return null;
            string word = words[_next++];
            return known.Contains(word) ? word : throw Wrong($"one of {string.Join(", ", known)}", word);
        }

        public double Parse(string word, string what) =>
            double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
                ? value : throw Wrong($"{what}, a number", word);

        public void RequireEnd()
        {
            if (_next < words.Length)
                throw new ArgumentException($"{entry.Name} has {words.Length - _next} {(words.Length - _next == 1 ? "value" : "values")} too many; right would be {entry.Form}");
        }

        private ArgumentException Wrong(string right, string got) => new($"{entry.Name} takes {right}, got '{got}'; right would be {entry.Form}");
    }
}
