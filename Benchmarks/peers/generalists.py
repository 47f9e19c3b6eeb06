"""The generalists' networks in PyTorch: nnunetv2's plain U-Net, and UniverSeg in the official order of operations.

Leaves what ours leaves: seconds.json, and found.safetensors with the gradients or the scores.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import torch
from dynamic_network_architectures.architectures.unet import PlainConvUNet
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional

WIDTHS = {"interactive": [16, 32, 64, 128, 128, 128], "in-context": [16, 32, 64, 64, 64]}


def interactive(weights):
    stages = len(WIDTHS["interactive"])
    network = PlainConvUNet(
        7, stages, WIDTHS["interactive"], nn.Conv2d, 3, [1] + [2] * (stages - 1), 2, 1, 2, True,
        nn.InstanceNorm2d, {"eps": 1e-5, "affine": True}, nonlin=nn.LeakyReLU)
    missing, unexpected = network.load_state_dict(weights, strict=False)
    # nnunetv2 registers each layer under two or three names.
    assert not unexpected and all("all_modules" in n or "decoder.encoder" in n for n in missing)
    return network


class CrossBlock(nn.Module):
    """Every pair of target and example through one convolution, and one more for either side."""

    def __init__(self, target, support, width):
        super().__init__()
        self.cross = nn.ModuleDict({"cross_conv": nn.Conv2d(target + support, width, 3, padding=1)})
        self.target, self.support = (
            nn.ModuleDict({"vmapped": nn.ModuleDict({"conv": nn.Conv2d(width, width, 3, padding=1)})})
            for _ in range(2))

    def forward(self, target, support):
        count = support.shape[1]
        pairs = torch.cat([target.expand(-1, count, -1, -1, -1), support], 2)
        found = self.cross["cross_conv"](pairs.flatten(0, 1)).unflatten(0, pairs.shape[:2])
        return (side(found.mean(1, keepdim=True), self.target), side(found, self.support))


def side(x, layers):
    return functional.leaky_relu(layers["vmapped"]["conv"](x.flatten(0, 1))).unflatten(0, x.shape[:2])


class UniverSeg(nn.Module):
    def __init__(self, widths):
        super().__init__()
        self.enc_blocks = nn.ModuleList(
            CrossBlock(*((widths[i - 1],) * 2 if i else (1, 2)), width) for i, width in enumerate(widths))
        back = widths[::-1]
        self.dec_blocks = nn.ModuleList(
            CrossBlock(a + b, a + b, b) for a, b in zip(back, back[1:]))
        self.out_conv = nn.ModuleDict({"conv": nn.Conv2d(widths[0], 1, 1)})

    def forward(self, images, supports, masks):
        target, support, skips = images[:, None], torch.cat([supports, masks], 2), []
        for index, block in enumerate(self.enc_blocks):
            target, support = block(target, support)
            if index < len(self.enc_blocks) - 1:
                skips.append((target, support))
                target, support = (each(functional.max_pool2d, x, 2) for x in (target, support))
        for block in self.dec_blocks:
            target, support = (
                torch.cat([each(double, x), skip], 2) for x, skip in zip((target, support), skips.pop()))
            target, support = block(target, support)
        return self.out_conv["conv"](target[:, 0])


def each(function, x, *rest):
    return function(x.flatten(0, 1), *rest).unflatten(0, x.shape[:2])


def double(x):
    return functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)


def in_context(weights):
    network = UniverSeg(WIDTHS["in-context"])
    network.load_state_dict(weights)
    return network


def median(runs, body):
    body()
    seconds = []
    for _ in range(runs):
        begun = time.perf_counter()
        body()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["training", "answer"])
    parser.add_argument("model", choices=WIDTHS)
    parser.add_argument("inputs", type=Path)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    tensors = load_file(options.inputs)
    weights = {n.removeprefix("weights."): x for n, x in tensors.items() if n.startswith("weights.")}
    network = (interactive if options.model == "interactive" else in_context)(weights)
    # The faster layout of two.
    network = network.to(memory_format=torch.channels_last)
    inputs = [tensors[n] for n in ("images", "supports", "masks") if n in tensors]
    seconds, found = (training if options.kind == "training" else answer)(
        network, inputs, tensors["truth"])
    (options.output / "seconds.json").write_text(json.dumps({"median": seconds}))
    save_file({n: x.contiguous() for n, x in found.items()}, options.output / "found.safetensors")


def training(network, inputs, truth):
    def step():
        network.zero_grad(set_to_none=True)
        (network(*inputs) - truth).square().mean().backward()

    seconds = median(5, step) / len(truth)
    return seconds, {n: x.grad if x.grad is not None else torch.zeros_like(x)
                     for n, x in network.named_parameters()}


def answer(network, inputs, _):
    first = [x[:1] for x in inputs]
    with torch.inference_mode():
        return median(9, lambda: network(*first)), {"scores": network(*first)}


if __name__ == "__main__":
    main()
