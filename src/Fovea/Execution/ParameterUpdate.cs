using Fovea.Execution.Graph;
using Fovea.Execution.Workers;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Optimizers;
using Fovea.Tensors;

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
        Gather,
        Move,
    }

    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly Runner _runner;
    private readonly Piece[] _pieces;
    private readonly double[] _squares;
    private Task _task;
    private Optimizer? _optimizer;
    private float _scale = 1;

    /// <summary>What was gathered over several batches, laid out like the gradients, and the sum of the batches' weights.</summary>
    private AlignedBuffer? _gathered;
    private double _gatheredWeight;
    private float _weight;

    public ParameterUpdate(Network network, Runner runner)
    {
        _parameters = network.TrainableParameters;
        _runner = runner;
        var pieces = new List<Piece>();
        for (int p = 0; p < _parameters.Count; p++)
            for (int start = 0, length = _parameters[p].Learns ? _parameters[p].Value.Length : 0; start < length; start += PieceLength)
                pieces.Add(new Piece(p, start, Math.Min(PieceLength, length - start), runner.ParameterOffsets[p] + start));
        _pieces = [.. pieces];
        _squares = new double[_pieces.Length];
    }

    public ReadOnlySpan<float> Gradient(int parameter) =>
        _runner.ParameterGradients[0].Span.Slice(_runner.ParameterOffsets[parameter], _parameters[parameter].Value.Length);

    /// <summary>Moves all parameters; see <see cref="Plan.Update"/>.</summary>
    public double Apply(Optimizer optimizer, double maxNorm)
    {
        double norm = 0, mean = _gatheredWeight > 0 ? 1 / _gatheredWeight : 1;
        _scale = (float)mean;
        if (!double.IsPositiveInfinity(maxNorm))
        {
            Run(Task.SquareGradients);
            foreach (double square in _squares)
                norm += square;
            norm = Math.Sqrt(norm) * mean;
            _scale = (float)(norm > maxNorm ? maxNorm / norm * mean : mean);
        }
        _optimizer = optimizer;
        optimizer.BeginStep();
        Run(Task.Move);
        _gatheredWeight = 0;
        return norm;
    }

    /// <summary>Adds the gradients, times a weight, to those that the next update takes the mean of; see <see cref="Plan.Accumulate"/>.</summary>
    public void Gather(double weight)
    {
        _gathered ??= new AlignedBuffer(_runner.ParameterGradients[0].Span.Length);
        if (_gatheredWeight == 0)
            _gathered.Span.Clear();
        _gatheredWeight += weight;
        _weight = (float)weight;
        Run(Task.Gather);
    }

    private void Run(Task task)
    {
        _task = task;
        WorkerPool.Shared.Run(this, _pieces.Length, _runner.Options.Threads);
    }

    void IWork.Do(int item, int worker)
    {
        Piece piece = _pieces[item];
        bool gathered = _task != Task.Gather && _gatheredWeight > 0;
        ReadOnlySpan<float> gradient = (gathered ? _gathered! : _runner.ParameterGradients[0]).Span.Slice(piece.GradientOffset, piece.Length);
        switch (_task)
        {
            case Task.Gather:
                UpdateLoop.Run(new Gather(_weight), _gathered!.Span.Slice(piece.GradientOffset, piece.Length), gradient, [], []);
                break;
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
