using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fovea.Runs.Reports;
using Fovea.Runs.Series;

namespace Fovea.Runs.Tests.Reports;

/// <summary>Numbers that are none, in everything that is written as JSON.</summary>
public sealed class ReportJsonTests
{
    public static TheoryData<Type, Type> Types
    {
        get
        {
            var types = new TheoryData<Type, Type>();
            foreach (Type context in typeof(ReportJson).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(JsonSerializerContext))))
                foreach (CustomAttributeData attribute in context.GetCustomAttributesData().Where(attribute => attribute.AttributeType == typeof(JsonSerializableAttribute)))
                    types.Add(context, (Type)attribute.ConstructorArguments[0].Value!);
            return types;
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Numbers_that_are_not_finite_are_null(Type context, Type type)
    {
        var json = (JsonSerializerContext)context.GetProperty("Default")!.GetValue(null)!;
        foreach (double none in (double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity])
        {
            int made = 0;
            object value = Make(type, none, ref made, 0)!;
            using var written = JsonDocument.Parse(JsonSerializer.Serialize(value, json.GetTypeInfo(type)!));
            Assert.Equal(made, Nulls(written.RootElement));
        }
    }

    [Fact]
    public void Null_is_read_as_no_number()
    {
        var point = JsonSerializer.Deserialize("""[{"epoch":1,"loss":null,"accuracy":0.5,"validationLoss":null,"validationAccuracy":null,"learningRate":null,"seconds":1,"isBest":false}]""", SeriesJson.Default.EpochResultArray)!;
        Assert.True(double.IsNaN(point[0].Loss) && float.IsNaN(point[0].LearningRate));
        Assert.Null(point[0].ValidationLoss);
    }

    /// <summary>An object whose numbers are all none; counts them.</summary>
    private static object? Make(Type type, double none, ref int made, int depth)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return Make(inner, none, ref made, depth);
        if (type == typeof(double) || type == typeof(float))
        {
            made++;
            return type == typeof(double) ? (object)none : (float)none;
        }
        if (type == typeof(string))
            return "text";
        if (type.IsPrimitive || type.IsEnum)
            return Activator.CreateInstance(type);
        Type? element = type.IsArray ? type.GetElementType()
            : type.IsGenericType && type.GetGenericTypeDefinition() is var generic && (generic == typeof(IReadOnlyList<>) || generic == typeof(IEnumerable<>)) ? type.GetGenericArguments()[0] : null;
        if (element is not null)
        {
            var array = Array.CreateInstance(element, 1);
            array.SetValue(Make(element, none, ref made, depth + 1), 0);
            return array;
        }
        if (type.IsAssignableFrom(typeof(Dictionary<string, string>)))
            return new Dictionary<string, string> { ["key"] = "text" };
        Assert.True(depth < 10, $"{type} nests too deep");
        ConstructorInfo constructor = type.GetConstructors().MaxBy(candidate => candidate.GetParameters().Length)!;
        var arguments = new List<object?>();
        foreach (ParameterInfo parameter in constructor.GetParameters())
            arguments.Add(Make(parameter.ParameterType, none, ref made, depth + 1));
        object value = constructor.Invoke([.. arguments]);
        HashSet<string?> given = [.. constructor.GetParameters().Select(parameter => parameter.Name)];
        foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            if (property.CanWrite && !given.Contains(property.Name))
                property.SetValue(value, Make(property.PropertyType, none, ref made, depth + 1));
        return value;
    }

    private static int Nulls(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null => 1,
        JsonValueKind.Array => json.EnumerateArray().Sum(Nulls),
        JsonValueKind.Object => json.EnumerateObject().Sum(property => Nulls(property.Value)),
        _ => 0,
    };
}
