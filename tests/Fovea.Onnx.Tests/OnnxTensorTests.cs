using Fovea.Onnx.Graphs;

namespace Fovea.Onnx.Tests;

public class OnnxTensorTests
{
    [Fact]
    public void It_holds_just_as_many_bytes_as_elements_need()
    {
        var tensor = new OnnxTensor(OnnxElementType.Int64, [2, 1], new byte[16]);
        Assert.Equal([0L, 0L], tensor.Values<long>().ToArray());
        Assert.Throws<ArgumentException>(() => new OnnxTensor(OnnxElementType.Int64, [2, 1], new byte[15]));
        Assert.Throws<InvalidOperationException>(() => tensor.Values<float>().Length);
    }
}
