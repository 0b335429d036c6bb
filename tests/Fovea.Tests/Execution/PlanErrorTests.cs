using Fovea.Execution;
using Fovea.Layers;
using Fovea.Losses;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Tests.Execution;

/// <summary>Misuse is refused with one line that says what was wrong.</summary>
public class PlanErrorTests
{
    private readonly Network _network = SmallNetworks.Classifier();

    [Fact]
    public void Input_that_is_no_whole_number_of_samples_or_too_many()
    {
        Plan plan = _network.Compile(new PlanOptions { Batch = 2 });
        Assert.StartsWith("a plan for at most 2 samples of (2, 9, 8) takes a multiple of 144 floats, got 143",
            Assert.Throws<ArgumentException>(() => plan.Forward(new float[143])).Message);
        Assert.Throws<ArgumentException>(() => plan.Forward([]));
        Assert.Throws<ArgumentException>(() => plan.Forward(new float[3 * 144]));
        plan.Forward(new float[2 * 144]);
        Assert.Equal(2, plan.Count);
    }

    [Fact]
    public void Targets_and_gradients_of_a_wrong_length()
    {
        Plan plan = _network.Compile(PlanOptions.Training with { Batch = 2 });
        Assert.StartsWith("1 samples have 5 targets, got 4",
            Assert.Throws<ArgumentException>(() => plan.TrainingStep(new float[144], new float[4], new MeanSquaredError())).Message);
        plan.Forward(new float[144]);
        Assert.StartsWith("1 samples have 5 gradients of 'softmax1', got 10",
            Assert.Throws<ArgumentException>(() => plan.Backward(new float[10])).Message);
    }

    [Fact]
    public void Backward_before_any_forward()
    {
        Plan plan = _network.Compile(PlanOptions.Training);
        Assert.Equal("the plan has not run yet", Assert.Throws<InvalidOperationException>(() => plan.Backward([])).Message);
        Assert.Equal("the plan has not run yet", Assert.Throws<InvalidOperationException>(() => plan.Gradient(0).Length).Message);
        Plan kept = _network.Compile(PlanOptions.Training with { KeepActivations = ["conv1"] });
        Assert.Equal("the plan has not run yet", Assert.Throws<InvalidOperationException>(() => kept.ReadActivation("conv1")).Message);
    }

    [Fact]
    public void What_an_inference_plan_cannot_do()
    {
        Plan plan = _network.Compile();
        plan.Forward(new float[144]);
        const string message = "the plan computes no gradients; compile it with PlanOptions.Training, or with ParameterGradients, InputGradient or NodeGradients";
        Assert.Equal(message, Assert.Throws<InvalidOperationException>(() => plan.Backward(new float[5])).Message);
        Assert.Equal(message, Assert.Throws<InvalidOperationException>(
            () => plan.TrainingStep(new float[144], new float[5], new MeanSquaredError())).Message);
        Assert.Equal("the plan computes no gradients of parameters; compile it with PlanOptions.Training, or with ParameterGradients = true",
            Assert.Throws<InvalidOperationException>(() => plan.Gradient(0).Length).Message);
        Assert.Equal("the plan computes no input gradient; compile it with InputGradient = true",
            Assert.Throws<InvalidOperationException>(() => plan.InputGradient.Length).Message);
        Assert.Equal("the plan does not keep the gradient of 'conv1'; compile it with NodeGradients = [\"conv1\"], or NodeSelection.All",
            Assert.Throws<InvalidOperationException>(() => plan.ReadGradient("conv1")).Message);
        Assert.Equal("the plan does not keep the output of 'conv1'; compile it with KeepActivations = [\"conv1\"], or NodeSelection.All",
            Assert.Throws<InvalidOperationException>(() => plan.ReadActivation("conv1")).Message);
    }

    [Fact]
    public void A_backward_of_ones_own_follows_a_forward()
    {
        Plan plan = _network.Compile(PlanOptions.Training with { InputGradient = true });
        plan.Forward(new float[144]);
        Assert.Equal("there are no gradients yet; call Backward or TrainingStep first", Assert.Throws<InvalidOperationException>(() => plan.InputGradient.Length).Message);
        plan.Backward(new float[5]);
        Assert.Equal(144, plan.InputGradient.Length);
        Assert.True(plan.TrainingStep(new float[144], [0, 1, 0, 0, 0], new MeanSquaredError()) > 0);
        Assert.Equal("a training step keeps nothing for another backward; call Forward first",
            Assert.Throws<InvalidOperationException>(() => plan.Backward(new float[5])).Message);
    }

    [Fact]
    public void An_unknown_node()
    {
        Plan plan = _network.Compile();
        plan.Forward(new float[144]);
        Assert.Equal("no node is named 'conv9'; there are conv1, relu1, pool1, flatten1, fc1, softmax1",
            Assert.Throws<KeyNotFoundException>(() => plan.ReadActivation("conv9")).Message);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 1)]
    [InlineData(1, 0)]
    public void Batch_and_threads_must_be_positive(int batch, int threads) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _network.Compile(new PlanOptions { Batch = batch, Threads = threads }));

    [Fact]
    public void Shapes_that_do_not_fit_name_the_node_and_both_shapes()
    {
        string message = Assert.Throws<ShapeException>(() => Network.Sequential(new Shape(3, 8, 8), new Conv2d(3, 4, 3), new Conv2d(5, 6, 3))).Message;
        Assert.Equal("node 'conv2' cannot take (4, 6, 6): Conv2d takes 5 channels, got (4, 6, 6)", message);
        message = Assert.Throws<ShapeException>(() => Network.Sequential(new Shape(3, 8, 8), new Linear(192, 2))).Message;
        Assert.Equal("node 'fc1' cannot take (3, 8, 8): Linear takes a vector (192), got (3, 8, 8); put Flatten before it", message);
        message = Assert.Throws<ShapeException>(() => _network.Compile(new PlanOptions { InputShape = new Shape(2, 20, 20) })).Message;
        Assert.Equal("network 'network' cannot take (2, 20, 20): node 'fc1' got (175): Linear takes (28), got (175)", message);
        message = Assert.Throws<ShapeException>(() => Network.Sequential(new Shape(1, 2, 9), new Conv2d(1, 1, 3))).Message;
        Assert.Equal("node 'conv1' cannot take (1, 2, 9): Conv2d: a window of 3×3 pixels does not fit in (1, 2, 9) with padding 0", message);
    }
}
