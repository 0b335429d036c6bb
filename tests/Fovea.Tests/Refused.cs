namespace Fovea.Tests;

/// <summary>Asserts that something is refused with exactly this line.</summary>
internal static class Refused
{
    public static void With(string message, Func<object?> action) =>
        Assert.Equal(message, Assert.ThrowsAny<ArgumentException>(action).Message);

    public static void With(string message, Action action) =>
        Assert.Equal(message, Assert.ThrowsAny<ArgumentException>(action).Message);
}
