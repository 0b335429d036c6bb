"""PyTorch's side of the race; Race/*.cs is Fovea's. Computes each figure's answer, compares it with the file's, then times
it: the fastest of many runs. Usage: torch_race.py CACHE THREADS SECONDS FIGURE...; prints lines `figure threads value unit`."""
import sys
import time

import torch
import torch.nn.functional as F

import networks
import tensorfile

cache, threads, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
torch.set_num_threads(threads)

LARGEST_DEVIATION = 1e-3


def fastest(action):
    """Seconds of the fastest call; some warm up, and a call longer than all the time is still made twice."""
    action()
    start = time.perf_counter()
    while time.perf_counter() - start < 0.5 + seconds / 10:
        action()
    best, start = float("inf"), time.perf_counter()
    while best == float("inf") or time.perf_counter() - start < seconds:
        one = time.perf_counter()
        action()
        best = min(best, time.perf_counter() - one)
    return best


def say(figure, value, unit):
    print(figure, threads, f"{value:.6g}", unit, flush=True)


def deviation(got, expected):
    """The largest difference relative to the largest value."""
    return ((got - expected).abs().max() / expected.abs().max()).item()


def check(figure, *pairs):
    """Tells how far the numbers are from the exported ones, pairs of (got, expected), and ends if that is too far."""
    worst = max(deviation(got, expected) for got, expected in pairs)
    if not worst <= LARGEST_DEVIATION:
        raise SystemExit(f"{figure}: PyTorch's numbers differ from the exported ones by {worst:.1e} of the largest, at most {LARGEST_DEVIATION} is allowed")
    say(f"{figure}-deviation", worst, "relative")


def read(figure):
    """The file's weights, and its other tensors."""
    tensors = {name: torch.from_numpy(value) for name, value in tensorfile.read(f"{cache}/{figure}.safetensors").items()}
    race = {name[5:]: tensors.pop(name) for name in list(tensors) if name.startswith("race.")}
    return tensors, race


def load(figure, network):
    """The network with the file's weights, and the file's other tensors."""
    tensors, race = read(figure)
    model = networks.create(network, (race["targets"] if "targets" in race else race["output"]).shape[1])
    model.load_state_dict(tensors, strict=False)
    return model, race


def infer(figure, network, batch):
    model, race = load(figure, network)
    model.eval()
    with torch.no_grad():
        check(figure, (model(race["input"]), race["output"]))
        time_ = fastest(lambda: model(race["input"]))
    say(figure, time_ * 1e6 if network == "lenet5" and batch == 1 else batch / time_, "µs" if network == "lenet5" and batch == 1 else "images/s")


def train(figure, network, batch):
    model, race = load(figure, network)
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=networks.RATE, momentum=networks.MOMENTUM)
    labels = race["targets"].argmax(1)

    def step():
        optimizer.zero_grad()
        loss = F.cross_entropy(model(race["input"]), labels)
        loss.backward()
        optimizer.step()
        return loss

    losses = torch.stack([step().detach() for _ in race["losses"]])
    check(figure, (losses, race["losses"]))  # the norm only on Fovea's side: here it is too far off for ResNet-18
    say(figure, batch / fastest(step), "images/s")
    with open("/proc/self/status", encoding="ascii") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    say(f"{figure}-memory", peak / 1024, "MiB")


def convolve(figure, kernel, padding, batch, channels, size, maps, mode):
    weights, race = read(figure)
    x, w = race["input"].requires_grad_(), weights["conv.weight"].requires_grad_()

    def forward():
        with torch.no_grad():
            return F.conv2d(x, w, padding=padding)

    def both():
        return torch.autograd.grad(F.conv2d(x, w, padding=padding), (x, w), race["output_gradient"])

    work = 2e-9 * race["output"].numel() * channels * kernel * kernel
    check(figure, (forward(), race["output"]), *(zip(both(), (race["input_gradient"], race["weight_gradient"])) if mode == "both" else ()))
    say(figure, 3 * work / fastest(both) if mode == "both" else work / fastest(forward), "GF/s")


for name in sys.argv[4:]:
    if network_figure := networks.network_figure(name):
        (train if network_figure[1] == "train" else infer)(name, network_figure[0], network_figure[2])
    elif convolution := networks.convolution_figure(name):
        convolve(name, *convolution)
    else:
        raise SystemExit(f"no such figure: {name}")
