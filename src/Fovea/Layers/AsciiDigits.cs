using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// The centres of LeNet-5's output units: every digit as a stylised bitmap of 12 rows of 7 pixels, ink +1 and paper −1.
/// Centres that look like their characters lie near each other where the characters are easily confused, which helps
/// whatever corrects such confusions afterwards (LeCun et al., 1998, section II B; the bitmaps here are drawn anew).
/// </summary>
internal static class AsciiDigits
{
    /// <summary>Rows of a bitmap.</summary>
    public const int Height = 12;

    /// <summary>Columns of a bitmap.</summary>
    public const int Width = 7;

    /// <summary>Pixels of a bitmap: the 84 features of LeNet-5's layer F6.</summary>
    public const int Length = Height * Width;

    private const int Digits = 10;
    private const ulong CodeSeed = 1998;

    private static readonly string[] Rows =
    [
        "....... ....... ....... ....... ....... ....... ....... ....... ....... .......",
        "..###.. ...##.. .#####. ####### ....##. ####### ..####. ####### .#####. .#####.",
        ".##.##. ..###.. ##...## .....## ...###. ##..... .##.... ##...## ##...## ##...##",
        "##...## .####.. .....## ....##. ..####. ##..... ##..... .....## ##...## ##...##",
        "##...## ...##.. ....##. ...##.. .##.##. ######. ##.###. ....##. .#####. ##...##",
        "##...## ...##.. ...##.. ..####. ##..##. .....## ###..## ....##. ##...## .######",
        "##...## ...##.. ..##... .....## ####### .....## ##...## ...##.. ##...## .....##",
        "##...## ...##.. .##.... .....## ....##. .....## ##...## ...##.. ##...## .....##",
        ".##.##. ...##.. ##..... ##...## ....##. ##...## ##...## ..##... ##...## ....##.",
        "..###.. .###### ####### .#####. ....##. .#####. .#####. ..##... .#####. .####..",
        "....... ....... ....... ....... ....... ....... ....... ....... ....... .......",
        "....... ....... ....... ....... ....... ....... ....... ....... ....... .......",
    ];

    /// <summary>The centres of so many classes: the digits for 10, and fixed random codes of ±1 for any other number.</summary>
    /// <param name="classes">How many centres, 1 or more.</param>
    /// <returns>(classes, 84), each row a bitmap from left to right and top to bottom.</returns>
    /// <exception cref="ArgumentException"><paramref name="classes"/> is not positive.</exception>
    public static float[] Centers(int classes)
    {
        float[] centers = new float[checked(Guard.AtLeastOne(classes, "classes") * Length)];
        for (int c = 0; c < classes; c++)
        {
            var rng = new Rng(CodeSeed, (ulong)c);
            for (int i = 0; i < Length; i++)
                centers[c * Length + i] = classes == Digits ? Pixel(c, i / Width, i % Width) : rng.NextInt(2) * 2 - 1;
        }
        return centers;
    }

    private static float Pixel(int digit, int row, int column) => Rows[row][digit * (Width + 1) + column] == '#' ? 1 : -1;
}
