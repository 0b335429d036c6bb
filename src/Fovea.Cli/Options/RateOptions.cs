using System.CommandLine;
using Fovea.Optimizers;
using Fovea.Runs.Settings;
using Fovea.Schedules;

namespace Fovea.Cli.Options;

/// <summary>The options that say what moves the weights, how far, and how that changes over a run.</summary>
internal sealed class RateOptions
{
    private const double DefaultMomentum = 0.9;

    private readonly Option<double?> _rate = Numbers.Positive("--lr", "Base learning rate, which the schedule scales");
    private readonly Option<string?> _optimizer = Numbers.OneOf("--optimizer", "The rule that updates the weights", OptimizerFactory.Names);
    private readonly Option<double?> _momentum = Numbers.BelowOne("--momentum", "Momentum (sgd, rmsprop)");
    private readonly Option<bool> _nesterov = new("--nesterov") { Description = "Nesterov momentum (sgd)" };
    private readonly Option<double?> _beta1 = Numbers.BelowOne("--beta1", "Decay rate of the mean of the gradients (adam, adamw; default: 0.9)");
    private readonly Option<double?> _beta2 = Numbers.BelowOne("--beta2", "Decay rate of the mean of the squared gradients (adam, adamw; default: 0.999)");
    private readonly Option<double?> _weightDecay = Numbers.NotNegative("--weight-decay", "Strength of weight decay; biases and normalisation are left out");
    private readonly Option<int?> _lookahead = Numbers.Whole("--lookahead", "Let slow weights follow half the way every N steps, around any optimizer (5 is usual)");
    private readonly Option<string?> _schedule = Numbers.OneOf("--schedule", "How the learning rate changes over the run", ScheduleFactory.Names);
    private readonly Option<double?> _warmUp = Numbers.NotNegative("--warmup", "Epochs in which the learning rate rises in a line, before any schedule but one-cycle and triangle, which rise themselves");
    private readonly Option<double?> _peakAt = Numbers.BelowOne("--peak-at", "Share of the run in which the learning rate rises (one-cycle: 0.3, triangle: 0.2)");
    private readonly Option<double?> _start = Numbers.UpToOne("--start-factor", "Share of the learning rate at the start (one-cycle: 0.04, triangle: 0.2)");
    private readonly Option<double?> _final = Numbers.BelowOne("--end-factor", "Share of the learning rate at the end (cosine, warm-restarts: 0, one-cycle: 4e-6, triangle: 0.05)");
    private readonly Option<double?> _gamma = Numbers.Positive("--gamma", "Factor of the learning rate from stair to stair (step: 0.1) or over an epoch (exponential: 0.9)");
    private readonly Option<int?> _stair = Numbers.Whole("--stair", "Epochs of a stair (step: 10)");
    private readonly Option<double?> _period = Numbers.Positive("--period", "Epochs until the first restart (warm-restarts: 10)");
    private readonly Option<double?> _growth = Numbers.Positive("--growth", "How many times longer every period is than the one before (warm-restarts: 2)");

    /// <summary>All of them in the order of the help, each with what a run's settings have for it.</summary>
    public IEnumerable<(Option Option, Func<TrainSettings, object?> Setting)> All =>
    [
        (_rate, run => run.LearningRate), (_optimizer, run => run.Optimizer), (_momentum, run => run.OptimizerOptions.Momentum),
        (_nesterov, run => run.OptimizerOptions.Nesterov), (_beta1, run => run.OptimizerOptions.Beta1),
        (_beta2, run => run.OptimizerOptions.Beta2), (_weightDecay, run => run.OptimizerOptions.WeightDecay),
        (_lookahead, run => run.OptimizerOptions.Lookahead), (_schedule, run => run.Schedule),
        (_warmUp, run => run.ScheduleOptions.WarmUpEpochs), (_peakAt, run => run.ScheduleOptions.PeakAt),
        (_start, run => run.ScheduleOptions.Start), (_final, run => run.ScheduleOptions.Final), (_gamma, run => run.ScheduleOptions.Gamma),
        (_stair, run => run.ScheduleOptions.Epochs), (_period, run => run.ScheduleOptions.Period),
        (_growth, run => run.ScheduleOptions.Growth),
    ];

    /// <summary>The settings, changed by what was asked for. Another optimiser's or schedule's are those of its own kind.</summary>
    public TrainSettings Apply(ParseResult line, TrainSettings recipe)
    {
        string optimizer = line.GetValue(_optimizer) ?? recipe.Optimizer, schedule = line.GetValue(_schedule) ?? recipe.Schedule;
        bool sameOptimizer = optimizer == recipe.Optimizer;
        OptimizerOptions o = sameOptimizer ? recipe.OptimizerOptions : new OptimizerOptions { Momentum = optimizer == "sgd" ? DefaultMomentum : null };
        ScheduleOptions s = schedule == recipe.Schedule ? recipe.ScheduleOptions : new ScheduleOptions();
        return recipe with
        {
            LearningRate = line.GetValue(_rate) ?? (sameOptimizer ? recipe.LearningRate : optimizer == "sgd" ? 0.01 : 0.001),
            Optimizer = optimizer,
            OptimizerOptions = o with
            {
                Momentum = line.GetValue(_momentum) ?? o.Momentum,
                Nesterov = line.GetValue(_nesterov) ? true : o.Nesterov,
                Beta1 = line.GetValue(_beta1) ?? o.Beta1,
                Beta2 = line.GetValue(_beta2) ?? o.Beta2,
                WeightDecay = line.GetValue(_weightDecay) ?? o.WeightDecay,
                Lookahead = line.GetValue(_lookahead) ?? o.Lookahead,
            },
            Schedule = schedule,
            ScheduleOptions = s with
            {
                WarmUpEpochs = line.GetValue(_warmUp) ?? s.WarmUpEpochs,
                PeakAt = line.GetValue(_peakAt) ?? s.PeakAt,
                Start = line.GetValue(_start) ?? s.Start,
                Final = line.GetValue(_final) ?? s.Final,
                Gamma = line.GetValue(_gamma) ?? s.Gamma,
                Epochs = line.GetValue(_stair) ?? s.Epochs,
                Period = line.GetValue(_period) ?? s.Period,
                Growth = line.GetValue(_growth) ?? s.Growth,
            },
        };
    }
}
