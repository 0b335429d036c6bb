using System.Globalization;
using Fovea.Networks;
using Fovea.Networks.Presets;
using Fovea.Networks.Text;
using Fovea.Tensors;

namespace Fovea.Tests.Networks.Text;

public class NetworkTextErrorTests
{
    private const int Texts = 1_500;
    private static readonly string[] Numbers =
        ["0", "-1", "1", "2", "3", "16384", "65536", "2147483647", "2147483648", "1e300", "NaN", "0.5", "3x2", "1x1x1", "same", "1,0,1,0", "0,1;1", "true", "classes", "channels", "features", "size", "", "from", "input", "=", ":", "\"", "\"\\u0000\"", "#"];

    [Theory]
    [InlineData("conv 8 3\nbatchnrom", "line 2: no layer is named 'batchnrom' (did you mean 'batchnorm'?); there are conv, conv1d, linear, ")]
    [InlineData("conv 8", "line 1: conv: kernelSize is missing; it is written 'conv outChannels kernelSize with inChannels, stride, pad, ")]
    [InlineData("conv 8 3 2 1", "line 1: conv: '2' is one value too many; it is written 'conv outChannels kernelSize with ")]
    [InlineData("conv 8 3 padd=1", "line 1: conv: no setting is named 'padd' (did you mean 'padding'?); it is written 'conv ")]
    [InlineData("conv 8 3 pad=1 padding=2", "line 1: conv: padding is given twice")]
    [InlineData("conv 8 x", "line 1: conv: kernelSize must be a size such as 3 or 3x2, got 'x'")]
    [InlineData("a: conv 8 9", "line 1, node 'a' cannot take (3, 4, 4): Conv2d: a window of 9×9 pixels does not fit in (3, 4, 4) with padding 0")]
    [InlineData("# a comment\n\nfc: linear 8", "line 3, node 'fc' cannot take (3, 4, 4): Linear takes a vector (48), got (3, 4, 4); put Flatten before it")]
    [InlineData("conv 8 3\nadd input", "line 2, node 'add1' cannot take (8, 2, 2) and (3, 4, 4): Add takes shapes whose sizes, from the last on, are equal or 1, got (8, 2, 2) and (3, 4, 4)")]
    [InlineData("conv 8 3\nmultiply input", "line 2, node 'multiply1' cannot take (8, 2, 2) and (3, 4, 4): Multiply takes shapes whose sizes, from the last on, are equal or 1, got (8, 2, 2) and (3, 4, 4)")]
    [InlineData("conv 8 3\nmatmul input", "line 2, node 'matmul1' cannot take (8, 2, 2) and (3, 4, 4): MatMul takes (…, M, K) and (…, K, N), whose leading sizes are equal or 1, got (8, 2, 2) and (3, 4, 4)")]
    [InlineData("relu\nsubtract", "line 2: subtract takes two nodes, or one beside the node before: 'subtract skip'")]
    [InlineData("relu\ndivide input relu1 input", "line 2: divide takes two nodes, got 3")]
    [InlineData("relu\nmatmul from input relu1 input", "line 2: matmul takes two nodes, got 3")]
    [InlineData("relu\nmaximum input 2=3", "line 2: maximum: no setting is named '2'; it is written 'maximum NODE NODE'")]
    [InlineData("linear 8 inFeatures=5", "line 1, node 'fc1' cannot take (3, 4, 4): Linear takes a vector (5), got (3, 4, 4); put Flatten before it")]
    [InlineData("stem: conv 8 3\nadd stemm", "line 2: no node above is named 'stemm' (did you mean 'stem'?)")]
    [InlineData("relu from nowhere", "line 1: no node above is named 'nowhere'")]
    [InlineData("add", "line 1: add takes two nodes or more, or one beside the node before: 'add skip'")]
    [InlineData("relu\nrelu from input relu1", "line 2: relu takes one input, got 2")]
    [InlineData("relu\nrelu1: relu", "line 2, node 'relu1': a node must have a name of its own, got 'relu1'")]
    [InlineData("a: relu\na = input", "line 2: the name 'a' is taken")]
    [InlineData("relu\nb = relu1\nb: relu", "line 3, node 'b': the name is taken")]
    [InlineData("b = conv 8 3", "line 1: another name for a node is written 'skip = relu1'; a node gets its own name so: 'skip: relu'")]
    [InlineData("relu\ninput 3x4x4", "line 2: 'input' belongs ahead of the first layer")]
    [InlineData("input 3x0", "line 1: an input is a shape of one to six positive sizes, such as 3x64x64, 8x120 or 784, or scalar, got '3x0'")]
    [InlineData("input 3x4x4\ninput 5", "line 2: there is an input already; where there are several, each has a name")]
    [InlineData("input 5\ninput a 5\nrelu", "line 2: there is an input already; where there are several, each has a name")]
    [InlineData("input a 3x4\ninput a 5\nrelu", "line 2: the input 'a' is named twice")]
    [InlineData("input a 2 3", "line 1: 'input' takes a shape, or a name and a shape")]
    [InlineData("input 4\nconstant 4 from input", "line 2: constant takes no input")]
    [InlineData("classes ten", "line 1: classes must be a positive whole number, got 'ten'")]
    [InlineData("init lenet6", "line 1: weights start from an initializer without settings, such as he-normal, or as those of a preset, such as lenet5: unknown initializer 'lenet6'")]
    [InlineData("flatten\nlinear classes", "line 2: linear: outFeatures needs the number of classes, which is not known here")]
    [InlineData("\"a", "line 1: a quoted name does not end, or has a wrong escape: '\"a'")]
    [InlineData("a:", "line 1: a layer's word is missing, as in 'name: relu'")]
    [InlineData("conv 8 3 pad=", "line 1: the value of 'pad' is missing")]
    [InlineData("# nothing\n", "the text has no layers; a line adds one, such as 'conv 32 3'")]
    [InlineData("flatten\nlinear 20000000", "line 2: linear: networks of up to 268435456 parameters are read; this line passes that")]
    [InlineData("conv 2000000000 3", "line 1: conv: a shape of (2000000000, 3, 3, 3) has more than 2147483647 elements")]
    public void Errors_say_where_and_what_would_be_right(string text, string message)
    {
        string got = Assert.Throws<NetworkTextException>(() => NetworkText.Parse(text).CreateBlank(new Shape(3, 4, 4))).Message;
        Assert.StartsWith(message, got, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter '", got, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_is_said()
    {
        Assert.Equal("the text names no input; add a line such as 'input 3x64x64' ahead of the layers", Assert.Throws<NetworkTextException>(() => NetworkText.Parse("relu").Create()).Message);
        Assert.Contains("10000 nodes", Assert.Throws<NetworkTextException>(() => NetworkText.Parse(string.Join('\n', Enumerable.Repeat("relu", 10_001)))).Message, StringComparison.Ordinal);
        Assert.Contains("4194304 characters", Assert.Throws<NetworkTextException>(() => NetworkText.Parse(new string('#', NetworkText.MaxLength + 1))).Message, StringComparison.Ordinal);
        Assert.Equal(2, Assert.Throws<NetworkTextException>(() => NetworkText.Parse("relu\nlrn 2147483647").CreateBlank(new Shape(64, 99, 99))).Line);
        Assert.Contains("65535 pixels", Assert.Throws<NetworkTextException>(() => NetworkText.Parse("input 1x70000x1\nrelu").CreateBlank()).Message, StringComparison.Ordinal);
        Assert.Contains("activations", Assert.Throws<NetworkTextException>(() => NetworkText.Parse("input 1024x256x256\nrelu\nrelu").CreateBlank()).Message, StringComparison.Ordinal);
    }

    /// <summary>A few lines of products of large matrices are hours.</summary>
    [Fact]
    public void Products_without_end_are_refused()
    {
        string text = "input 2048x2048\n" + string.Concat(Enumerable.Repeat("matmul input input\n", 33));
        Assert.Contains("multiply-adds", Assert.Throws<NetworkTextException>(() => NetworkText.Parse(text).CreateBlank()).Message, StringComparison.Ordinal);
        Assert.Contains("activations", Assert.Throws<NetworkTextException>(() => NetworkText.Parse("input a 30000x1\ninput b 1x30000\nmultiply a b").CreateBlank()).Message, StringComparison.Ordinal);
        Assert.Contains("elements", Assert.Throws<NetworkTextException>(() => NetworkText.Parse("input a 60000x1\ninput b 1x60000\nmultiply a b").CreateBlank()).Message, StringComparison.Ordinal);
    }

    /// <summary>Words of millions of characters, and names with what a terminal would obey.</summary>
    [Theory]
    [InlineData("init #")]
    [InlineData("#")]
    [InlineData("#: relo")]
    [InlineData("conv # 3")]
    [InlineData("conv 3 #=1")]
    [InlineData("conv 3 3 connections=#")]
    [InlineData("relu from #")]
    [InlineData("\"\\u001b]0;abc\": relu\nrelu from \"\\u001b]0;abd\"")]
    public void Messages_are_short_and_safe_to_show(string text)
    {
        string message = Assert.Throws<NetworkTextException>(() => NetworkText.Parse(text.Replace("#", new string('x', 3_000_000), StringComparison.Ordinal)).CreateBlank(new Shape(3, 4, 4))).Message;
        Assert.InRange(message.Length, 10, 1_100);
        Assert.DoesNotContain(message, char.IsControl);
    }

    /// <summary>Ten thousand lines without names are built in linear time.</summary>
    [Fact]
    public void Long_networks_are_built() =>
        Assert.Equal("relu9999", NetworkText.Parse(string.Join('\n', Enumerable.Repeat("relu", 9_999))).CreateBlank(new Shape(3)).Nodes[^1].Name);

    /// <summary>Sound texts with words exchanged, doubled and cut: each gives a network or one line.</summary>
    [Fact]
    public void Damaged_texts_are_read_or_refused_in_one_line()
    {
        string[] sound = [.. ((string[])["lenet5-1998", "resnet7", "mobilenet_v2"]).Select(name => NetworkText.Write(PresetCatalog.Find(name).CreateBlank(PresetCatalog.Find(name).InputShape, 10), name))];
        var limits = new ModelLimits { Parameters = 1 << 22 };
        int valid = 0;
        for (ulong number = 0; number < Texts; number++)
        {
            var rng = new Rng(31, number);
            string damaged = Damage(sound[number % 3], ref rng);
            try
            {
                Network network = NetworkText.Parse(damaged).CreateBlank(limits: limits);
                NetworkTextTests.RequireSame(network, NetworkText.Parse(NetworkText.Write(network)).CreateBlank(limits: limits), isBlank: true);
                valid++;
            }
            catch (NetworkTextException error)
            {
                Assert.DoesNotContain(error.Message, char.IsControl);
                Assert.InRange(error.Message.Length, 10, 1_500);
            }
        }
        Assert.InRange(valid, Texts / 50, Texts - Texts / 50);
    }

    private static string Damage(string text, ref Rng rng)
    {
        for (int times = 1 + rng.NextInt(3); times > 0; times--)
        {
            int start = rng.NextInt(text.Length), end = start;
            while (end < text.Length && !" \n=".Contains(text[end], StringComparison.Ordinal))
                end++;
            string other = rng.NextInt(4) == 0 ? ((char)rng.NextInt(0x2100)).ToString(CultureInfo.InvariantCulture) : Numbers[rng.NextInt(Numbers.Length)];
            text = rng.NextInt(8) switch
            {
                0 => text[..end] + text[start..],
                1 => text[..start] + text[end..],
                _ => text[..start] + other + text[end..],
            };
        }
        return text;
    }
}
