using Fovea.Layers;
using Fovea.Networks;
using Fovea.Optimizers;

namespace Fovea.Execution;

/// <summary>
/// Moves the parameters against their gradients, in pieces that threads share. The pieces depend on the network
/// alone, and so do all sums.
/// </summary>
internal sealed class ParameterUpdate : IWork
{
    private const int PieceLength = 8192;

    private readonly record struct Piece(int Parameter, int Start, int Length, int GradientOffset);

    private enum Task
    {
        SquareGradients,
        Move,
    }

    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly Runner _runner;
    private readonly Piece[] _pieces;
    private readonly double[] _squares;
    private Task _task;
    private Optimizer? _optimizer;
    private float _scale = 1;

    public ParameterUpdate(Network network, Runner runner)
    {
        _parameters = network.TrainableParameters;
        _runner = runner;
        var pieces = new List<Piece>();
        for (int p = 0; p < _parameters.Count; p++)
            for (int start = 0, length = _parameters[p].Value.Length; start < length; start += PieceLength)
                pieces.Add(new Piece(p, start, Math.Min(PieceLength, length - start), runner.ParameterOffsets[p] + start));
        _pieces = [.. pieces];
        _squares = new double[_pieces.Length];
    }

    public ReadOnlySpan<float> Gradient(int parameter) =>
        _runner.ParameterGradients[0].Span.Slice(_runner.ParameterOffsets[parameter], _parameters[parameter].Value.Length);

    /// <summary>Moves all parameters; see <see cref="Plan.Update"/>.</summary>
    public double Apply(Optimizer optimizer, double maxNorm)
    {
        double norm = 0;
        _scale = 1;
        if (!double.IsPositiveInfinity(maxNorm))
        {
            Run(Task.SquareGradients);
            foreach (double square in _squares)
                norm += square;
            norm = Math.Sqrt(norm);
            _scale = norm > maxNorm ? (float)(maxNorm / norm) : 1;
        }
        _optimizer = optimizer;
        optimizer.BeginStep();
        Run(Task.Move);
        return norm;
    }

    private void Run(Task task)
    {
        _task = task;
        WorkerPool.Shared.Run(this, _pieces.Length, _runner.Options.Threads);
    }

    void IWork.Do(int item, int worker)
    {
        Piece piece = _pieces[item];
        ReadOnlySpan<float> gradient = _runner.ParameterGradients[0].Span.Slice(piece.GradientOffset, piece.Length);
        switch (_task)
        {
            case Task.SquareGradients:
                double sum = 0;
                foreach (float value in gradient)
                    sum += (double)value * value;
                _squares[item] = sum;
                break;
            case Task.Move:
                Parameter parameter = _parameters[piece.Parameter];
                _optimizer!.Update(
                    piece.Parameter, piece.Start, parameter.Value.Span.Slice(piece.Start, piece.Length), gradient, _scale,
                    decay: parameter.Spec.Role == ParameterRole.Weight);
                break;
        }
    }
}
