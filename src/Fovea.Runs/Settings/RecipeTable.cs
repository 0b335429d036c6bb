namespace Fovea.Runs.Settings;

/// <summary>All recipes. To add one, add it here; its options are those of <c>fovea train</c>.</summary>
public static class RecipeTable
{
    /// <summary>Sorted by data set, the quickest first.</summary>
    public static IReadOnlyList<Recipe> All { get; } =
    [
        new("mnist-fast", "mnist",
            Purpose: "99 % of MNIST's test digits in seconds",
            Reaches: "99.12 % on average of seeds 1 to 5, 98.98 % at least; about five seconds on two cores",
            Options: "--model lenet5 --epochs 3 --batch-size 64 --optimizer sgd --lr 0.05 --weight-decay 5e-4 --schedule one-cycle --validation 0"),
        new("mnist-lenet5", "mnist",
            Purpose: "the best of LeNet-5 without distorted digits",
            Reaches: "99.30 % on average of seeds 1 to 5, 99.19 % at least",
            Options: "--model lenet5 --epochs 12 --batch-size 64 --optimizer adamw --lr 2e-3 --weight-decay 0.05 --schedule one-cycle --label-smoothing 0.05 --validation 0"),
        new("mnist-lenet5-distorted", "mnist",
            Purpose: "LeNet-5 with digits that are turned, slanted and bent anew in every epoch",
            Reaches: "99.53 % with seed 1",
            Options: "--model lenet5 --epochs 30 --batch-size 64 --optimizer adamw --lr 2e-3 --weight-decay 0.05 --schedule one-cycle --augment digits --validation 0"),
        new("mnist-best", "mnist",
            Purpose: "the most of MNIST's test digits that one small network gets right here",
            Reaches: "99.65 % on average of seeds 1 to 3, 99.61 % at least; 155,466 parameters",
            Options: "--model convnet-norm64 --epochs 10 --batch-size 128 --optimizer sgd --lr 0.1 --weight-decay 5e-4 --schedule one-cycle --label-smoothing 0.1 --augment digits --ema 0.998 --validation 0"),
        new("fashion-small", "fashion-mnist",
            Purpose: "Fashion-MNIST with fewer than 100,000 parameters",
            Reaches: "93.50 % with seed 1; 93.72 % with --tta flip; 77,786 parameters",
            Options: "--model minivgg --epochs 14 --batch-size 128 --optimizer sgd --lr 0.1 --weight-decay 2e-4 --schedule one-cycle --label-smoothing 0.05 --augment flip --ema 0.998 --validation 0"),
        new("fashion-best", "fashion-mnist",
            Purpose: "the most of Fashion-MNIST within an hour of two cores",
            Reaches: "94.63 % with seed 1, 94.52 % without copies; 290,176 parameters",
            Options: "--model whitenet-narrow --epochs 40 --batch-size 128 --optimizer sgd --lr 0.2 --weight-decay 5e-4 --schedule one-cycle --label-smoothing 0.1 --augment flip,crop:2,erase:0.02:0.2 --ema 0.998 --validation 0 --tta flip"),
        new("cifar10", "cifar10",
            Purpose: "CIFAR-10 in few epochs, after airbench: a whitening first layer, three blocks with GELU; --model whitenet for the full width",
            Reaches: "87.72 % after learning from 20,000 of the 50,000 images (85.89 % without copies), seed 1; about ten minutes of one core",
            Options: "--model whitenet-narrow --epochs 16 --batch-size 128 --optimizer sgd --lr 0.2 --momentum 0.9 --weight-decay 5e-4 --schedule one-cycle --label-smoothing 0.1 --augment flip,translate:0.0625,border:mirror --ema 0.99 --validation 0 --tta flip,shift"),
        new("drawings", null,
            Purpose: "a folder of a few hundred drawings, icons or signs on plain ground",
            Reaches: "100 % of four animals drawn 99 times each, 5-fold cross-validation; 100 % of 240 of 1,200 shapes kept for the test (circle, square, triangle)",
            Options: "--model convnet-basic --input 3x64x64 --epochs 12 --batch-size 32 --optimizer adamw --lr 2e-3 --schedule one-cycle --augment flip,rotate:10,scale:0.8:1.2,translate:0.1,border:edge --validation 0"),
        new("photos", null,
            Purpose: "a folder of a few thousand photographs, from scratch; 'photos-transfer' reaches far more where a trained network is at hand",
            Reaches: "79.8 % of CIFAR-10's cats and dogs (2,000 to learn from, 2,000 for the test, enlarged to 64×64), seed 1; 83.4 % with --input 3x32x32 and 40 epochs; about ten minutes of one core",
            Options: "--model whitenet-narrow --input 3x64x64 --epochs 30 --batch-size 64 --optimizer sgd --lr 0.1 --momentum 0.9 --weight-decay 5e-4 --schedule one-cycle --label-smoothing 0.1 --augment flip,translate:0.0625,border:mirror --ema 0.99 --validation 0 --tta flip,shift"),
        new("photos-transfer", null,
            Purpose: "a folder of photographs, on top of a network that knows photographs: --from resnet18-features, an ONNX file or another model",
            Reaches: "100 % of four animals photographed 99 times each, 5-fold cross-validation, on SqueezeNet with ImageNet's weights",
            Options: "--epochs 30 --batch-size 64 --optimizer adamw --lr 3e-3 --weight-decay 0.05 --schedule one-cycle") { Needs = "--from" },
    ];

    /// <summary>The recipe of this name; null if there is none.</summary>
    public static Recipe? Find(string name) => All.FirstOrDefault(recipe => recipe.Name == name);
}
