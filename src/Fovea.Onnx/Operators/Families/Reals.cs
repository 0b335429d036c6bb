namespace Fovea.Onnx.Operators.Families;

/// <summary>Functions of real numbers that .NET lacks, to the last digits of a double or near.</summary>
internal static class Reals
{
    /// <summary>eˣ - 1 without loss near zero (Kahan's correction).</summary>
    public static double ExpMinusOne(double x)
    {
        double e = Math.Exp(x);
        if (e == 1)
            return x;
        double less = e - 1;
        return less == -1 || double.IsInfinity(e) || Math.Abs(x) > 1 ? less : less * x / Math.Log(e);
    }

    public static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    /// <summary>log(1 + eˣ).</summary>
    public static double Softplus(double x) => Math.Max(x, 0) + LogOnePlus(Math.Exp(-Math.Abs(x)));

    /// <summary>log(1 + x) without loss near zero.</summary>
    public static double LogOnePlus(double x)
    {
        double sum = 1 + x;
        return sum == 1 || double.IsInfinity(sum) ? x : Math.Log(sum) * x / (sum - 1);
    }

    /// <summary>erf(x).</summary>
    public static double ErrorFunction(double x)
    {
        if (double.IsNaN(x))
            return x;
        if (Math.Abs(x) > 2.5)
            return x > 0 ? 1 - ErrorFunctionComplement(x) : ErrorFunctionComplement(-x) - 1;
        // Abramowitz and Stegun 7.1.6, whose terms are all of one sign: no cancellation.
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    /// <summary>1 - erf(x), with all digits where that is small.</summary>
    public static double ErrorFunctionComplement(double x)
    {
        if (!(x > 2.5))
            return 1 - ErrorFunction(x);
        if (x > 27)
            return 0;
        // The continued fraction of Abramowitz and Stegun 7.1.14, from its end.
        double fraction = 0;
        for (int n = 60; n >= 1; n--)
            fraction = n / 2.0 / (x + fraction);
        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / (x + fraction);
    }
}
