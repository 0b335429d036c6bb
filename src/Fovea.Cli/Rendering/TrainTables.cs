using Fovea.Runs.Evaluation;
using Fovea.Runs.Text;
using Fovea.Runs.Training;
using Fovea.Training;

namespace Fovea.Cli.Rendering;

/// <summary>Shows how a training run ended, and what to do with the model.</summary>
internal static class TrainTables
{
    /// <summary>Prints the epochs, the test, some guesses and the next commands.</summary>
    public static void Print(Terminal terminal, TrainReport report)
    {
        var epochs = new TextTable(">epoch", ">loss", ">accuracy", ">validation loss", ">validation accuracy", ">learning rate", ">time");
        EpochResult? best = report.History.LastOrDefault(epoch => epoch.IsBest);
        foreach (EpochResult epoch in report.History)
            epochs.Add(
                $"{epoch.Epoch}{(epoch == best ? "*" : "")}", Format.Loss(epoch.Loss), Format.Percent(epoch.Accuracy),
                epoch.ValidationLoss is { } loss ? Format.Loss(loss) : "–", epoch.ValidationAccuracy is { } accuracy ? Format.Percent(accuracy) : "–",
                Format.Rate(epoch.LearningRate), Format.Time(epoch.Seconds));
        epochs.Print(terminal);
        if (best is not null)
            terminal.Print($"* the best epoch, whose weights are kept{(report.End == TrainingEnd.StoppedEarly ? "; stopped early" : "")}");
        terminal.Print();
        foreach (SampleReport sample in report.Samples)
        {
            string verdict = sample.Guesses[0].Class == sample.Truth ? "right" : "wrong";
            terminal.Print($"sample {sample.Index}: a {sample.Truth}, taken for {sample.Guesses[0].Class} ({verdict})");
            GuessLines.Write(terminal, sample.Guesses);
        }
        terminal.Print();
        if (report.Test is { } test)
            terminal.Print($"accuracy on {test.Dataset}: {Format.Percent(test.Accuracy)} of {Format.Count(test.Samples)} samples");
        if (report.TestWithViews is { } viewed)
            terminal.Print($"with --tta {report.Settings.Views}: {Format.Percent(viewed.Accuracy)}");
        string model = Format.Path(report.Model);
        terminal.Print($"model: {report.Model}");
        terminal.Print($"report: {Path.Combine(report.Folder, "report.html")}");
        terminal.Print();
        terminal.Print($"fovea predict {model} {(report.IsText ? "\"a sentence\"" : "IMAGE...")}");
        terminal.Print($"fovea evaluate {model} {Format.Path(report.Settings.Dataset)}{(report.Settings.Views is { } views ? $" --tta {views}" : "")}");
    }
}
