using System.Reflection;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Runtime.Loader;
using Fovea.Kernels.Simd;

namespace Fovea.Tests.Kernels.Simd;

/// <summary>Which width is chosen, and that a forced one is the one that runs.</summary>
public class SimdWidthTests
{
    private static readonly int Widest =
        Avx512F.IsSupported || Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 32;

    [Theory]
    [InlineData("512", 512)]
    [InlineData("256", 256)]
    [InlineData("128", 128)]
    [InlineData("32", 32)]
    public void A_width_that_the_processor_has_is_obeyed(string wanted, int bits) =>
        Assert.Equal(Math.Min(bits, Widest), SimdWidth.Choose(wanted));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("64")]
    [InlineData("1024")]
    [InlineData(" 256")]
    [InlineData("avx2")]
    [InlineData("-32")]
    public void Anything_else_means_the_widest(string? wanted) => Assert.Equal(Widest, SimdWidth.Choose(wanted));

    /// <summary>
    /// The width is read once a process; so each width gets copies of the assemblies of its own, with statics of their
    /// own, and runs the whole dispatch there.
    /// </summary>
    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    [InlineData(32)]
    public void Every_width_runs_the_whole_dispatch(int bits)
    {
        // The tests beside this one must not see the variable.
        Assert.NotEqual(0, SimdWidth.Bits);
        string? kept = Environment.GetEnvironmentVariable("FOVEA_SIMD");
        Func<int> run;
        try
        {
            Environment.SetEnvironmentVariable("FOVEA_SIMD", bits.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Type probe = new OwnCopies().LoadFromAssemblyName(typeof(WidthProbe).Assembly.GetName()).GetType(typeof(WidthProbe).FullName!)!;
            Assert.NotSame(typeof(WidthProbe), probe);
            int chosen = (int)probe.GetMethod(nameof(WidthProbe.ChosenWidth), BindingFlags.Static | BindingFlags.Public)!.Invoke(null, null)!;
            Assert.Equal(Math.Min(bits, Widest), chosen);
            run = probe.GetMethod(nameof(WidthProbe.Run), BindingFlags.Static | BindingFlags.Public)!.CreateDelegate<Func<int>>();
        }
        finally
        {
            Environment.SetEnvironmentVariable("FOVEA_SIMD", kept);
        }
        Assert.Equal(Math.Min(bits, Widest), run());
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData("256", true)]
    [InlineData("77", false)]
    [InlineData("512 ", false)]
    public void Only_widths_that_there_are_can_be_asked_for(string? wanted, bool isKnown)
    {
        if (isKnown)
            SimdWidth.RequireKnown(wanted);
        else
            Assert.Contains("FOVEA_SIMD must be 512, 256, 128 or 32", Assert.Throws<ArgumentException>(() => SimdWidth.RequireKnown(wanted)).Message, StringComparison.Ordinal);
    }

    private sealed class OwnCopies() : AssemblyLoadContext("one width")
    {
        protected override Assembly? Load(AssemblyName assemblyName) => assemblyName.Name is "Fovea" or "Fovea.Tests"
            ? LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, assemblyName.Name + ".dll"))
            : null;
    }
}
