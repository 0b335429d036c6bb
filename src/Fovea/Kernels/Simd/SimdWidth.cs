using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fovea.Kernels.Simd;

/// <summary>
/// Which width the kernels run at, chosen once: the widest that the processor accelerates, or the one that the
/// environment variable <c>FOVEA_SIMD</c> names (512, 256, 128, or 32 for scalar) if the processor has it.
/// </summary>
internal static class SimdWidth
{
    /// <summary>The width in bits: 512, 256, 128 or 32. A constant to the JIT, so that dispatch costs nothing.</summary>
    public static readonly int Bits = Choose(Environment.GetEnvironmentVariable("FOVEA_SIMD"));

    /// <summary>How many floats a vector of this width holds.</summary>
    public static int Floats => Bits / 32;

    /// <summary>How many floats a vector may hold for a run of this many to be whole vectors.</summary>
    public static int FloatsFor(int run)
    {
        int floats = Floats;
        while (run % floats != 0)
            floats = floats > 4 ? floats / 2 : 1;
        return floats;
    }

    /// <summary>Throws if the environment asks for a width that there is none of: the results would be those of another.</summary>
    /// <exception cref="ArgumentException">It does.</exception>
    public static void RequireKnown() => RequireKnown(Environment.GetEnvironmentVariable("FOVEA_SIMD"));

    internal static void RequireKnown(string? wanted)
    {
        if (wanted is not (null or "" or "512" or "256" or "128" or "32"))
            throw new ArgumentException($"FOVEA_SIMD must be 512, 256, 128 or 32, got {Printable.Escape(wanted)}");
    }

    internal static int Choose(string? wanted)
    {
        // The runtime does not call 512 bits accelerated on Xeons that lower their clock for them, but our kernels are
        // long runs of multiply-adds, which gain twice what the clock loses (Cascade Lake: 106 against 51 GF/s).
        int widest = Avx512F.IsSupported || Vector512.IsHardwareAccelerated ? 512
            : Vector256.IsHardwareAccelerated ? 256
            : Vector128.IsHardwareAccelerated ? 128
            : 32;
        return wanted switch
        {
            "512" or "256" or "128" or "32" => Math.Min(widest, int.Parse(wanted, System.Globalization.CultureInfo.InvariantCulture)),
            _ => widest,
        };
    }
}
