namespace Fovea.Initializers;

/// <summary>
/// Eigenvalues and eigenvectors of symmetric matrices by Jacobi's rotations (1846), cyclically as in Golub and Van Loan,
/// "Matrix computations", 8.5: slow for large matrices, and as exact as doubles are for the small ones that occur here.
/// </summary>
internal static class SymmetricEigen
{
    private const int MaxSweeps = 64;

    /// <summary>Takes a symmetric matrix apart: matrix = Σ values[i] · vectorᵢ vectorᵢᵀ, the largest value first.</summary>
    /// <param name="matrix">(n, n), row by row; only its symmetric part counts if rounding has left another.</param>
    /// <param name="n">The number of rows.</param>
    /// <returns>n values, and n vectors of length 1, row by row. The largest component of a vector is positive.</returns>
    /// <exception cref="ArgumentException">The matrix is not (n, n), or not finite.</exception>
    public static (double[] Values, double[] Vectors) Decompose(ReadOnlySpan<double> matrix, int n)
    {
        if (n < 1 || matrix.Length != n * n)
            throw new ArgumentException($"a matrix of {n} rows has {n * n} elements, got {matrix.Length}", nameof(matrix));
        var a = new double[n, n];
        var v = new double[n, n];
        double norm = 0;
        for (int row = 0; row < n; row++)
        {
            v[row, row] = 1;
            for (int column = 0; column < n; column++)
            {
                a[row, column] = (matrix[row * n + column] + matrix[column * n + row]) / 2;
                norm += a[row, column] * a[row, column];
            }
        }
        if (!double.IsFinite(norm))
            throw new ArgumentException("the matrix must be finite", nameof(matrix));
        for (int sweep = 0; sweep < MaxSweeps && OffDiagonal(a) > 1e-30 * norm; sweep++)
            for (int p = 0; p < n - 1; p++)
                for (int q = p + 1; q < n; q++)
                    Rotate(a, v, p, q);
        return Sorted(a, v);
    }

    /// <summary>Turns the plane of two axes until the element they share is zero.</summary>
    private static void Rotate(double[,] a, double[,] v, int p, int q)
    {
        if (a[p, q] == 0)
            return;
        int n = a.GetLength(0);
        double theta = (a[q, q] - a[p, p]) / (2 * a[p, q]);
        // The smaller of both angles, which keeps the axes' order near what it was.
        double tangent = (theta < 0 ? -1 : 1) / (Math.Abs(theta) + Math.Sqrt(theta * theta + 1));
        double cosine = 1 / Math.Sqrt(tangent * tangent + 1), sine = tangent * cosine;
        for (int i = 0; i < n; i++)
            (a[i, p], a[i, q]) = (cosine * a[i, p] - sine * a[i, q], sine * a[i, p] + cosine * a[i, q]);
        for (int i = 0; i < n; i++)
            (a[p, i], a[q, i]) = (cosine * a[p, i] - sine * a[q, i], sine * a[p, i] + cosine * a[q, i]);
        for (int i = 0; i < n; i++)
            (v[i, p], v[i, q]) = (cosine * v[i, p] - sine * v[i, q], sine * v[i, p] + cosine * v[i, q]);
    }

    private static double OffDiagonal(double[,] a)
    {
        double sum = 0;
        int n = a.GetLength(0);
        for (int row = 0; row < n; row++)
            for (int column = 0; column < n; column++)
                sum += row == column ? 0 : a[row, column] * a[row, column];
        return sum;
    }

    private static (double[] Values, double[] Vectors) Sorted(double[,] a, double[,] v)
    {
        int n = a.GetLength(0);
        int[] order = [.. Enumerable.Range(0, n).OrderByDescending(i => a[i, i])];
        double[] vectors = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            int column = order[i], largest = Enumerable.Range(0, n).MaxBy(row => Math.Abs(v[row, column]));
            double sign = v[largest, column] < 0 ? -1 : 1;
            for (int row = 0; row < n; row++)
                vectors[i * n + row] = sign * v[row, column];
        }
        return ([.. order.Select(i => a[i, i])], vectors);
    }
}
