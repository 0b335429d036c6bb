using Fovea.Initializers;
using Fovea.Tensors;

namespace Fovea.Networks;

/// <summary>
/// The first values of one parameter, yet to be drawn. A parameter has a stream of its own, and a large one a stream for
/// every piece, so that VGG's 100 million weights keep all cores busy and are still the same on any number of them.
/// </summary>
/// <param name="Parameter">What is filled.</param>
/// <param name="Initializer">What fills it.</param>
/// <param name="Stream">The parameter's number in its network.</param>
internal sealed record ParameterDraw(Parameter Parameter, Initializer Initializer, ulong Stream)
{
    private const int PieceLength = 1 << 20;

    private int Pieces => Initializer.FillsInPieces ? (Parameter.Value.Length + PieceLength - 1) / PieceLength : 1;

    /// <summary>Draws all parameters of a network.</summary>
    public static void RunAll(IReadOnlyList<ParameterDraw> draws, ulong seed)
    {
        (ParameterDraw Draw, int Piece)[] pieces = [.. draws.SelectMany(draw => Enumerable.Range(0, draw.Pieces).Select(piece => (draw, piece)))];
        // Small networks are done before another thread would have begun.
        if (draws.Sum(draw => (long)draw.Parameter.Value.Length) <= PieceLength)
            foreach ((ParameterDraw draw, int piece) in pieces)
                draw.Run(seed, piece);
        else
            Parallel.ForEach(pieces, item => item.Draw.Run(seed, item.Piece));
    }

    private void Run(ulong seed, int piece)
    {
        Span<float> values = Parameter.Value.Span;
        if (Initializer.FillsInPieces)
            values = values.Slice(piece * PieceLength, Math.Min(PieceLength, values.Length - piece * PieceLength));
        var rng = new Rng(seed, stream: 1, substream: Stream + ((ulong)piece << 32));
        Initializer.Fill(values, Parameter.Spec.FanIn, Parameter.Spec.FanOut, ref rng);
    }
}
