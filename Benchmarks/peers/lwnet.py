"""The little W-Net in PyTorch with Pillow: photographs to vessel masks."""

import pathlib
import sys

import numpy
import torch
from PIL import Image
from torch import nn


def step(inputs, outputs):
    """Convolution, ReLU, then batch normalisation."""
    return [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(), nn.BatchNorm2d(outputs)]


class Block(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.block = nn.Sequential(*step(inputs, outputs), *step(outputs, outputs))
        self.shortcut = nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        return self.block(x) + self.shortcut(x)


class Wrapped(nn.Module):
    """A sequence under the name `block`, as the checkpoint has it."""

    def __init__(self, *layers):
        super().__init__()
        self.block = nn.Sequential(*layers)

    def forward(self, x):
        return self.block(x)


class Up(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.up_layer = Wrapped(nn.ConvTranspose2d(inputs, outputs, 2, stride=2))
        self.conv_bridge_layer = Wrapped(*step(outputs, outputs))
        self.conv_layer = Block(2 * outputs, outputs)

    def forward(self, x, skip):
        return self.conv_layer(torch.cat([self.up_layer(x), self.conv_bridge_layer(skip)], 1))


class UNet(nn.Module):
    def __init__(self, inputs, outputs, widths):
        super().__init__()
        self.first = Block(inputs, widths[0])
        self.down_path = nn.ModuleList(map(Block, widths, widths[1:]))
        upward = widths[::-1]
        self.up_path = nn.ModuleList(map(Up, upward, upward[1:]))
        self.final = nn.Conv2d(widths[0], outputs, 1)

    def forward(self, x):
        levels = [self.first(x)]
        for block in self.down_path:
            levels.append(block(nn.functional.max_pool2d(levels[-1], 2)))
        x = levels.pop()
        for up in self.up_path:
            x = up(x, levels.pop())
        return self.final(x)


class WNet(nn.Module):
    def __init__(self, widths=(8, 16, 32)):
        super().__init__()
        self.unet1 = UNet(3, 1, widths)
        self.unet2 = UNet(4, 1, widths)

    def forward(self, x):
        return self.unet2(torch.cat([x, self.unet1(x)], 1))


def main(weights, folder, *images):
    network = WNet().eval()
    checkpoint = torch.load(weights, map_location="cpu", weights_only=True)
    network.load_state_dict(checkpoint["model_state_dict"])
    for path in map(pathlib.Path, images):
        image = Image.open(path).convert("RGB")
        small = numpy.asarray(image.resize((512, 512), Image.Resampling.BILINEAR))
        with torch.inference_mode():
            x = torch.from_numpy(small.copy()).permute(2, 0, 1)[None].float() / 255
            scores = network(x).sigmoid()[0, 0].numpy()
        whole = Image.fromarray(scores).resize(image.size, Image.Resampling.BILINEAR)
        mask = (numpy.asarray(whole) > 0.42).astype(numpy.uint8)
        Image.fromarray(mask).save(pathlib.Path(folder, path.stem + ".png"))


if __name__ == "__main__":
    main(*sys.argv[1:])
