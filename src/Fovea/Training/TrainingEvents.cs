namespace Fovea.Training;

/// <summary>What is known after a step.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Epochs">Epochs of the run.</param>
/// <param name="Batch">The batch within the epoch, from 1.</param>
/// <param name="Batches">Batches of an epoch.</param>
/// <param name="Samples">Samples of this batch.</param>
/// <param name="Loss">Mean loss of the batch.</param>
/// <param name="EpochLoss">Mean loss of the epoch so far.</param>
/// <param name="EpochAccuracy">Share of the epoch's samples so far that were recognised while training.</param>
/// <param name="LearningRate">The step's learning rate.</param>
public readonly record struct BatchResult(
    int Epoch, int Epochs, int Batch, int Batches, int Samples, double Loss, double EpochLoss, double EpochAccuracy, float LearningRate);

/// <summary>What is known after an epoch; a row of the history.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Loss">Mean training loss over the epoch.</param>
/// <param name="Accuracy">Share of training samples that were recognised while the weights were still changing.</param>
/// <param name="ValidationLoss">Cross-entropy on the validation samples; null without any.</param>
/// <param name="ValidationAccuracy">Share of validation samples recognised; null without any.</param>
/// <param name="LearningRate">The last step's learning rate.</param>
/// <param name="Seconds">Time of the epoch, validation included.</param>
/// <param name="IsBest">Whether no epoch before was as good on the validation samples.</param>
public sealed record EpochResult(
    int Epoch, double Loss, double Accuracy, double? ValidationLoss, double? ValidationAccuracy, float LearningRate, double Seconds, bool IsBest);

/// <summary>Why a run ended.</summary>
public enum TrainingEnd
{
    /// <summary>All epochs were made.</summary>
    Completed,

    /// <summary>The validation result had not improved for as long as <see cref="TrainingOptions.Patience"/> says.</summary>
    StoppedEarly,

    /// <summary>It was cancelled; <see cref="Trainer.State"/> says where to go on.</summary>
    Cancelled,
}

/// <summary>Training went astray: the loss is no longer a number. The message says what to try.</summary>
public sealed class TrainingDivergedException : Exception
{
    /// <summary>With the message that says what to try.</summary>
    public TrainingDivergedException(string message) : base(message) { }

    /// <summary>With the message and the error that led here.</summary>
    public TrainingDivergedException(string message, Exception inner) : base(message, inner) { }

    /// <summary>With a general message.</summary>
    public TrainingDivergedException() : base("training diverged; try a smaller learning rate") { }
}
