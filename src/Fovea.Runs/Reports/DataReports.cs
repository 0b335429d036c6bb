using Fovea.Training;

namespace Fovea.Runs.Reports;

/// <summary>One line of <c>data list --json</c>.</summary>
public sealed record DatasetReport(
    string Name, string Description, int[] Image, IReadOnlyList<string> Classes, int Train, int Test, string? Folder, long DownloadBytes, bool BuiltIn);

/// <summary>What <c>filter --json</c> prints: sizes are (C, H, W), the kernel's rows are from above.</summary>
public sealed record FilterReport(
    string Image, string Kernel, IReadOnlyList<float[]> Cells, double Divisor, int[] Output, float Minimum, float Maximum,
    double ShareOutside, bool Normalized, string Out);

/// <summary>What <c>find-lr --json</c> prints: the rates tried with their losses, and two suggestions, null if the loss never fell.</summary>
public sealed record RateReport(
    string Dataset, string Model, string Optimizer, double? TenthOfMinimum, double? Steepest, bool Exploded, IReadOnlyList<RatePoint> Points);

/// <summary>What <c>data get --json</c> and <c>data export --json</c> print.</summary>
public sealed record FolderReport(string Name, string Folder, int? Images);
