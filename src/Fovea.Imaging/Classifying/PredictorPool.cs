using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Imaging.Classifying;

/// <summary>
/// Predictors of one model that wait for their next call: a predictor serves one caller at a time, and compiling one
/// takes longer than many predictions. Threads that come at once get one each; all share the network's parameters.
/// </summary>
internal sealed class PredictorPool(Model model, int? threads, TestTimeViews? views)
{
    /// <summary>More than the processors can keep busy are not kept, whatever their batch.</summary>
    private static readonly int MaxWaiting = 2 * Environment.ProcessorCount + 2;

    private readonly List<Predictor> _waiting = [];

    /// <summary>Takes a predictor out, or makes one.</summary>
    /// <param name="batch">The most images in a call.</param>
    public Lease Take(int batch)
    {
        lock (_waiting)
        {
            int index = _waiting.FindLastIndex(predictor => predictor.Batch == batch);
            if (index >= 0)
            {
                Predictor found = _waiting[index];
                _waiting.RemoveAt(index);
                return new Lease(this, found);
            }
        }
        return new Lease(this, new Predictor(model, batch, threads, views));
    }

    /// <summary>The one that has waited longest goes if there are too many.</summary>
    private void Return(Predictor predictor)
    {
        lock (_waiting)
        {
            if (_waiting.Count == MaxWaiting)
                _waiting.RemoveAt(0);
            _waiting.Add(predictor);
        }
    }

    /// <summary>A predictor that is in use; disposal gives it back.</summary>
    public readonly struct Lease(PredictorPool pool, Predictor predictor) : IDisposable
    {
        public Predictor Predictor => predictor;

        public void Dispose() => pool.Return(predictor);
    }
}
