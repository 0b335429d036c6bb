using Fovea.Initializers;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Tests.Networks;

/// <summary>Parameters of more than one piece, which are drawn by several threads.</summary>
public class InitializeTests
{
    private const int Piece = 1 << 20;

    /// <summary>2.5 pieces of weights.</summary>
    private static Network Large(ulong seed, Initializer weights)
    {
        Network network = Network.Sequential(new Shape(2048), new Linear(2048, 1280));
        network.Initialize(seed, weights);
        return network;
    }

    [Fact]
    public void The_same_seed_gives_the_same_values_piece_by_piece()
    {
        float[] once = Large(1, new He()).Parameters[0].Value.Span.ToArray();
        Assert.Equal(once, Large(1, new He()).Parameters[0].Value.Span.ToArray());
        Assert.NotEqual(once, Large(2, new He()).Parameters[0].Value.Span.ToArray());
        Assert.NotEqual(once[..1000], once[Piece..(Piece + 1000)]);
        Assert.NotEqual(once[Piece..(Piece + 1000)], once[(2 * Piece)..(2 * Piece + 1000)]);
        for (int start = 0; start < once.Length; start += Piece)
            Assert.InRange(Math.Sqrt(once[start..Math.Min(start + Piece, once.Length)].Average(value => (double)value * value)), 0.99 / 32, 1.01 / 32);
    }

    [Fact]
    public void The_first_piece_is_drawn_from_the_parameters_own_stream()
    {
        float[] expected = new float[Piece];
        var rng = new Rng(5, stream: 1, substream: 0);
        new He().Fill(expected, 2048, 1280, ref rng);
        Assert.Equal(expected, Large(5, new He()).Parameters[0].Value.Span[..Piece].ToArray());
    }

    [Fact]
    public void Given_values_are_given_whole()
    {
        float[] values = [.. Enumerable.Range(0, 2048 * 1280).Select(i => (float)i)];
        Assert.Equal(values, Large(1, new Values(values)).Parameters[0].Value.Span.ToArray());
    }
}
