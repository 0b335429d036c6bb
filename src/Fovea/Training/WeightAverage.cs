using Fovea.Execution.Workers;
using Fovea.Networks;
using Fovea.Optimizers;

namespace Fovea.Training;

/// <summary>
/// The exponential moving average of a network's parameters over the steps of a run (Polyak and Juditsky, 1992), running
/// statistics included: after update t, from 1, a ← a + (1 − d)(w − a) with d = min(decay, (1 + t) / (10 + t)), so that
/// the first weights are soon forgotten. It smooths what single batches did to the weights and is mostly the better
/// network. An update allocates nothing.
/// </summary>
internal sealed class WeightAverage : IWork
{
    private const int PieceLength = 1 << 15;

    private readonly record struct Piece(int Parameter, int Start, int Length);

    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly double _decay;
    private readonly int _threads;
    private readonly Piece[] _pieces;
    private float _newShare;

    /// <param name="network">Whose parameters are averaged.</param>
    /// <param name="decay">What is kept of the average at every update, in the long run.</param>
    /// <param name="threads">The most threads to use.</param>
    /// <param name="values">The average so far, taken over by reference; the network's parameters as they are if null.</param>
    public WeightAverage(Network network, double decay, int threads, float[][]? values)
    {
        (_parameters, _decay, _threads) = (network.Parameters, decay, threads);
        Values = values ?? [.. _parameters.Select(parameter => parameter.Value.Values.ToArray())];
        if (!Values.Select(array => array.Length).SequenceEqual(_parameters.Select(parameter => parameter.Value.Length)))
            throw new ArgumentException($"the averages are not of the parameters of network '{network.Name}'");
        var pieces = new List<Piece>();
        for (int p = 0; p < Values.Length; p++)
            for (int start = 0, length = _parameters[p].IsFrozen ? 0 : Values[p].Length; start < length; start += PieceLength)
                pieces.Add(new Piece(p, start, Math.Min(PieceLength, length - start)));
        _pieces = [.. pieces];
    }

    /// <summary>The averages of all parameters, in the network's order.</summary>
    public float[][] Values { get; }

    /// <summary>Takes the parameters as they are now into the average.</summary>
    /// <param name="update">How many updates the parameters have had, from 1.</param>
    public void Add(long update)
    {
        _newShare = (float)(1 - Math.Min(_decay, (1.0 + update) / (10.0 + update)));
        WorkerPool.Shared.Run(this, _pieces.Length, _threads);
    }

    /// <summary>Exchanges averages and parameters; a second time puts both back, bit by bit.</summary>
    public void Swap()
    {
        for (int p = 0; p < Values.Length; p++)
        {
            Span<float> average = Values[p], value = _parameters[p].Value.Span;
            for (int i = 0; i < average.Length; i++)
                (average[i], value[i]) = (value[i], average[i]);
        }
    }

    void IWork.Do(int item, int worker)
    {
        Piece piece = _pieces[item];
        UpdateLoop.Run(
            new Approach(_newShare), Values[piece.Parameter].AsSpan(piece.Start, piece.Length),
            _parameters[piece.Parameter].Value.Values.Slice(piece.Start, piece.Length), [], []);
    }
}
