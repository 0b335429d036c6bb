using Fovea.Tensors;

namespace Fovea.Data.Synthetic;

/// <summary>Draws a face with an expression: an outline, brows, eyes and a mouth, each in one of several ways.</summary>
internal static class Face
{
    /// <summary>Draws the face of a class of <see cref="Smileys.Classes"/>.</summary>
    public static void Draw(ref Sketch sketch, int label, ref Rng rng)
    {
        double squareness = rng.NextInt(3) == 0 ? rng.NextDouble(2, 3.2) : 2;
        if (rng.NextInt(2) == 0)
            sketch.Skin(default, 1, 1, squareness);
        if (rng.NextInt(8) != 0)
            sketch.Ellipse(default, 1, 1, squareness);
        if (rng.NextInt(3) == 0)
            sketch.Line(new Point(0, -0.02), new Point(rng.NextDouble(-0.07, 0.07), rng.NextDouble(0.08, 0.16)));
        double eyes = rng.NextDouble(-0.26, -0.14), apart = rng.NextDouble(0.34, 0.42);
        double mouth = rng.NextDouble(0.42, 0.52);
        switch (label)
        {
            case 0: Happy(ref sketch, eyes, apart, mouth, ref rng); break;
            case 1: Sad(ref sketch, eyes, apart, mouth, ref rng); break;
            case 2: Neutral(ref sketch, eyes, apart, mouth, ref rng); break;
            case 3: Surprised(ref sketch, eyes, apart, mouth, ref rng); break;
            case 4: Angry(ref sketch, eyes, apart, mouth, ref rng); break;
            case 5: Fearful(ref sketch, eyes, apart, mouth, ref rng); break;
            default: Disgusted(ref sketch, eyes, apart, mouth, ref rng); break;
        }
    }

    /// <summary>Corners up, mouth closed or laughing; eyes open, or closed with joy.</summary>
    private static void Happy(ref Sketch sketch, double eyes, double apart, double mouth, ref Rng rng)
    {
        Brows(ref sketch, eyes - rng.NextDouble(0.28, 0.36), apart, slope: rng.NextDouble(-0.05, 0.05), arch: rng.NextDouble(0.05, 0.12));
        if (rng.NextInt(4) == 0)
            foreach (int side in (ReadOnlySpan<int>)[-1, 1])
                sketch.Curve(new Point(side * apart - 0.16, eyes + 0.06), new Point(side * apart, eyes - 0.2), new Point(side * apart + 0.16, eyes + 0.06));
        else
            Eyes(ref sketch, eyes, apart, ref rng);
        double width = rng.NextDouble(0.35, 0.55), bend = rng.NextDouble(0.3, 0.55);
        Mouth(ref sketch, mouth, width, bend);
        if (rng.NextInt(2) == 0)
            Mouth(ref sketch, mouth, width, rng.NextDouble(-0.05, 0.1), bend);
    }

    /// <summary>Corners down, the inner ends of the brows up; sometimes a tear.</summary>
    private static void Sad(ref Sketch sketch, double eyes, double apart, double mouth, ref Rng rng)
    {
        Brows(ref sketch, eyes - rng.NextDouble(0.26, 0.32), apart, slope: rng.NextDouble(-0.22, -0.11), arch: 0);
        Eyes(ref sketch, eyes, apart, ref rng);
        Mouth(ref sketch, mouth, rng.NextDouble(0.28, 0.48), -rng.NextDouble(0.25, 0.45));
        if (rng.NextInt(4) == 0)
            sketch.Dot(new Point((rng.NextInt(2) * 2 - 1) * (apart + 0.06), eyes + rng.NextDouble(0.3, 0.42)), 0.06, 0.1);
    }

    /// <summary>Brows and mouth are level.</summary>
    private static void Neutral(ref Sketch sketch, double eyes, double apart, double mouth, ref Rng rng)
    {
        Brows(ref sketch, eyes - rng.NextDouble(0.24, 0.32), apart, slope: rng.NextDouble(-0.04, 0.04), arch: rng.NextDouble(0, 0.06));
        Eyes(ref sketch, eyes, apart, ref rng);
        Mouth(ref sketch, mouth, rng.NextDouble(0.25, 0.45), rng.NextDouble(-0.06, 0.06));
    }

    /// <summary>A round mouth, high arched brows, wide eyes.</summary>
    private static void Surprised(ref Sketch sketch, double eyes, double apart, double mouth, ref Rng rng)
    {
        Brows(ref sketch, eyes - rng.NextDouble(0.38, 0.46), apart, slope: rng.NextDouble(-0.04, 0.04), arch: rng.NextDouble(0.1, 0.18));
        WideEyes(ref sketch, eyes, apart, ref rng);
        double width = rng.NextDouble(0.14, 0.24);
        Round(ref sketch, mouth, width, width * rng.NextDouble(1.05, 1.5), ref rng);
    }

    /// <summary>The inner ends of the brows down, near to the eyes; mouth pressed down, or teeth.</summary>
    private static void Angry(ref Sketch sketch, double eyes, double apart, double mouth, ref Rng rng)
    {
        Brows(ref sketch, eyes - rng.NextDouble(0.2, 0.27), apart, slope: rng.NextDouble(0.13, 0.24), arch: 0);
        Eyes(ref sketch, eyes + 0.03, apart, ref rng);
        double width = rng.NextDouble(0.3, 0.45);
        if (rng.NextInt(3) != 0)
        {
            Mouth(ref sketch, mouth, width, -rng.NextDouble(0.05, 0.4));
            return;
        }
        double height = rng.NextDouble(0.1, 0.15);
        sketch.Ellipse(new Point(0, mouth), width, height, 5);
        sketch.Line(new Point(-width, mouth), new Point(width, mouth));
        for (int k = -1; k <= 1; k++)
            sketch.Line(new Point(k * width / 2, mouth - height), new Point(k * width / 2, mouth + height));
    }

    /// <summary>The inner ends of the brows high up, wide eyes, a mouth that trembles or is drawn wide.</summary>
    private static void Fearful(ref Sketch sketch, double eyes, double apart, double mouth, ref Rng rng)
    {
        Brows(ref sketch, eyes - rng.NextDouble(0.4, 0.46), apart, slope: rng.NextDouble(-0.2, -0.11), arch: 0);
        WideEyes(ref sketch, eyes, apart, ref rng);
        double width = rng.NextDouble(0.36, 0.5);
        if (rng.NextInt(3) == 0)
        {
            sketch.Ellipse(new Point(0, mouth), width, rng.NextDouble(0.11, 0.16), 3);
            return;
        }
        int waves = rng.NextInt(2) + 4;
        double swing = rng.NextDouble(0.07, 0.11) * (rng.NextInt(2) * 2 - 1), step = 2 * width / waves;
        for (int k = 0; k < waves; k++)
        {
            double x = -width + k * step, turn = k % 2 == 0 ? 2 * swing : -2 * swing;
            sketch.Curve(new Point(x, mouth), new Point(x + step / 2, mouth + turn), new Point(x + step, mouth));
        }
    }

    /// <summary>Eyes squeezed, a wrinkled nose, and a crooked mouth or the tongue out.</summary>
    private static void Disgusted(ref Sketch sketch, double eyes, double apart, double mouth, ref Rng rng)
    {
        Brows(ref sketch, eyes - rng.NextDouble(0.22, 0.28), apart, slope: rng.NextDouble(0.04, 0.1), arch: 0);
        bool isArrow = rng.NextInt(2) == 0;
        foreach (int side in (ReadOnlySpan<int>)[-1, 1])
        {
            Point inner = new(side * (apart - 0.15), eyes), outer = new(side * (apart + 0.13), eyes);
            var lift = new Point(0, isArrow ? 0.11 : 0.03);
            sketch.Line(inner, outer - lift);
            sketch.Line(inner, outer + lift);
        }
        double wrinkle = rng.NextDouble(0.07, 0.1);
        foreach (int side in (ReadOnlySpan<int>)[-1, 1])
            sketch.Line(new Point(side * wrinkle, 0.02), new Point(side * (wrinkle + 0.09), 0.14));
        double width = rng.NextDouble(0.3, 0.45);
        int turned = rng.NextInt(2) * 2 - 1;
        if (rng.NextInt(2) == 0)
        {
            // One half of the upper lip is lifted.
            sketch.Curve(new Point(-turned * width, mouth + 0.1), new Point(-turned * width * 0.4, mouth - 0.12), new Point(0, mouth));
            sketch.Curve(new Point(0, mouth), new Point(turned * width * 0.5, mouth + 0.16), new Point(turned * width, mouth - rng.NextDouble(0.12, 0.2)));
            return;
        }
        Mouth(ref sketch, mouth - 0.05, width, -rng.NextDouble(0.02, 0.15));
        double tongue = rng.NextDouble(0.09, 0.14), middle = turned * rng.NextDouble(0.02, 0.12);
        sketch.Dot(new Point(middle, mouth + 0.08), tongue, rng.NextDouble(0.15, 0.2));
    }

    /// <summary>Two brows; a positive slope puts their inner ends down, an arch bends them up.</summary>
    private static void Brows(ref Sketch sketch, double height, double apart, double slope, double arch)
    {
        foreach (int side in (ReadOnlySpan<int>)[-1, 1])
            sketch.Curve(
                new Point(side * (apart - 0.19), height + slope), new Point(side * apart, height - 2 * arch),
                new Point(side * (apart + 0.19), height - slope));
    }

    /// <summary>Open eyes: dots, or small rings with pupils.</summary>
    private static void Eyes(ref Sketch sketch, double height, double apart, ref Rng rng)
    {
        double width = rng.NextDouble(0.07, 0.1), tall = width * rng.NextDouble(1, 1.4);
        bool isRing = rng.NextInt(3) == 0;
        foreach (int side in (ReadOnlySpan<int>)[-1, 1])
        {
            sketch.Dot(new Point(side * apart, height), isRing ? 0.05 : width, isRing ? 0.05 : tall);
            if (isRing)
                sketch.Ellipse(new Point(side * apart, height), 0.16, 0.12);
        }
    }

    /// <summary>Eyes whose white shows all around.</summary>
    private static void WideEyes(ref Sketch sketch, double height, double apart, ref Rng rng)
    {
        double size = rng.NextDouble(0.18, 0.22), pupil = rng.NextDouble(0.05, 0.08);
        foreach (int side in (ReadOnlySpan<int>)[-1, 1])
        {
            sketch.Ellipse(new Point(side * apart, height), size, size * 1.1);
            sketch.Dot(new Point(side * apart, height), pupil, pupil);
        }
    }

    /// <summary>A line from corner to corner; a positive bend puts its middle below them.</summary>
    private static void Mouth(ref Sketch sketch, double height, double width, double bend, double level)
    {
        double corner = height - level / 2;
        sketch.Curve(new Point(-width, corner), new Point(0, corner + 2 * bend), new Point(width, corner));
    }

    private static void Mouth(ref Sketch sketch, double height, double width, double bend) => Mouth(ref sketch, height, width, bend, bend);

    private static void Round(ref Sketch sketch, double height, double width, double tall, ref Rng rng)
    {
        if (rng.NextInt(2) == 0)
            sketch.Dot(new Point(0, height), width, tall);
        else
            sketch.Ellipse(new Point(0, height), width, tall);
    }
}
