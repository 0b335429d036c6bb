using Fovea.Initializers;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.Initializers;

public class SymmetricEigenTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(12)]
    [InlineData(27)]
    public void Values_and_vectors_put_the_matrix_together_again(int n)
    {
        var rng = new Rng(5, (ulong)n);
        float[] random = Numbers.Gaussian(ref rng, n * n);
        double[] matrix = new double[n * n];
        for (int row = 0; row < n; row++)
            for (int column = 0; column < n; column++)
                matrix[row * n + column] = random[row * n + column] + random[column * n + row];
        (double[] values, double[] vectors) = SymmetricEigen.Decompose(matrix, n);
        Assert.Equal(values.OrderDescending(), values);
        for (int row = 0; row < n; row++)
            for (int column = 0; column < n; column++)
            {
                double sum = 0, product = 0;
                for (int i = 0; i < n; i++)
                {
                    sum += values[i] * vectors[i * n + row] * vectors[i * n + column];
                    product += vectors[row * n + i] * vectors[column * n + i];
                }
                Assert.Equal(matrix[row * n + column], sum, 1e-12 * n);
                Assert.Equal(row == column ? 1 : 0, product, 1e-13 * n);
            }
    }

    [Fact]
    public void Known_values_come_out()
    {
        // Eigenvalues 3 and 1 along the diagonals.
        (double[] values, double[] vectors) = SymmetricEigen.Decompose([2, 1, 1, 2], 2);
        Assert.Equal([3, 1], values.Select(value => Math.Round(value, 14)));
        Assert.Equal(vectors[0], vectors[1], 1e-15);
        Assert.Equal(vectors[2], -vectors[3], 1e-15);

        (values, _) = SymmetricEigen.Decompose([1, 0, 0, 0, 1, 0, 0, 0, 1], 3);
        Assert.Equal([1, 1, 1], values);
        (values, _) = SymmetricEigen.Decompose(new double[9], 3);
        Assert.Equal([0, 0, 0], values);
    }

    [Fact]
    public void What_is_no_matrix_is_refused()
    {
        Assert.Throws<ArgumentException>(() => SymmetricEigen.Decompose([1, 2, 3], 2));
        Assert.Throws<ArgumentException>(() => SymmetricEigen.Decompose([], 0));
        Assert.Throws<ArgumentException>(() => SymmetricEigen.Decompose([1, double.NaN, 0, 1], 2));
    }
}
