using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Fovea.Diagnostics;

/// <summary>
/// What Fovea tells of its work to whoever listens, OpenTelemetry for example: an <see cref="ActivitySource"/> and a
/// <see cref="Meter"/>, both called <see cref="Name"/>. Nothing is computed or allocated for it while nobody listens.
/// <list type="table">
/// <item><term><c>fovea.prediction.images</c></term><description>counter: images that were classified.</description></item>
/// <item><term><c>fovea.prediction.duration</c></term><description>histogram, seconds: a run of the network, for one image or a batch.</description></item>
/// <item><term><c>fovea.training.samples</c></term><description>counter: samples that were learnt from.</description></item>
/// <item><term><c>fovea.training.epoch.duration</c></term><description>histogram, seconds: an epoch, validation included.</description></item>
/// <item><term><c>fovea.training.loss</c>, <c>fovea.validation.loss</c>, <c>fovea.validation.accuracy</c></term><description>gauges: of the last epoch.</description></item>
/// <item><term><c>fovea.train</c></term><description>activity: a training run, with an event for every epoch.</description></item>
/// <item><term><c>fovea.classify</c></term><description>activity: one image or a batch from its bytes to its ranked classes.</description></item>
/// </list>
/// </summary>
public static class Telemetry
{
    /// <summary>The name to listen to: <c>Fovea</c>.</summary>
    public const string Name = "Fovea";

    internal static readonly ActivitySource Activities = new(Name, typeof(Telemetry).Assembly.GetName().Version?.ToString(3) ?? "");

    private static readonly Meter Meter = new(Name, Activities.Version);
    private static readonly Counter<long> Images = Meter.CreateCounter<long>("fovea.prediction.images", "{image}", "Images that were classified");
    private static readonly Histogram<double> RunDuration = Meter.CreateHistogram<double>("fovea.prediction.duration", "s", "Time of a run of the network, for one image or a batch");
    private static readonly Counter<long> Samples = Meter.CreateCounter<long>("fovea.training.samples", "{sample}", "Samples that were learnt from");
    private static readonly Histogram<double> EpochDuration = Meter.CreateHistogram<double>("fovea.training.epoch.duration", "s", "Time of an epoch, validation included");
    private static readonly Gauge<double> Loss = Meter.CreateGauge<double>("fovea.training.loss", description: "Mean training loss of the last epoch");
    private static readonly Gauge<double> ValidationLoss = Meter.CreateGauge<double>("fovea.validation.loss", description: "Cross-entropy on the validation samples after the last epoch");
    private static readonly Gauge<double> ValidationAccuracy = Meter.CreateGauge<double>("fovea.validation.accuracy", description: "Share of the validation samples recognised after the last epoch");

    /// <summary>When a run of a network started, if anybody wants to know how long it takes; else 0.</summary>
    internal static long StartRun() => RunDuration.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <summary>Counts a run of a network.</summary>
    /// <param name="start">From <see cref="StartRun"/>.</param>
    /// <param name="images">How many images it was for.</param>
    internal static void EndRun(long start, int images)
    {
        Images.Add(images);
        if (start != 0)
            RunDuration.Record(Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    /// <summary>Counts samples of a training step.</summary>
    internal static void Learnt(int samples) => Samples.Add(samples);

    /// <summary>Tells of an epoch.</summary>
    internal static void CompleteEpoch(Activity? run, int epoch, double seconds, double loss, double? validationLoss, double? validationAccuracy)
    {
        EpochDuration.Record(seconds);
        Loss.Record(loss);
        if (validationLoss is { } ofValidation)
            ValidationLoss.Record(ofValidation);
        if (validationAccuracy is { } accuracy)
            ValidationAccuracy.Record(accuracy);
        run?.AddEvent(new ActivityEvent("epoch", tags: new ActivityTagsCollection
        {
            ["fovea.epoch"] = epoch,
            ["fovea.loss"] = loss,
            ["fovea.validation.loss"] = validationLoss,
            ["fovea.validation.accuracy"] = validationAccuracy,
        }));
    }
}
