namespace Fovea.Runs.Tests;

/// <summary>What the library may know of: no terminal and no command line.</summary>
public class ArchitectureTests
{
    [Fact]
    public void It_refers_to_Fovea_and_the_runtime_alone()
    {
        string[] others = [.. typeof(RunEvent).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name!).Where(name => !name.StartsWith("System.", StringComparison.Ordinal))];
        Assert.Equal(["Fovea", "Fovea.Imaging", "Fovea.Onnx"], others.Order());
        Assert.DoesNotContain(typeof(RunEvent).Assembly.GetReferencedAssemblies(), assembly => assembly.Name is "System.CommandLine" or "System.Console");
    }
}
