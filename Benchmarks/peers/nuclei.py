"""The nuclei U-Net as its TorchScript archive in PyTorch with Pillow: microscope images to masks."""

import pathlib
import sys

import numpy
import torch
from PIL import Image


def main(weights, folder, *images):
    network = torch.jit.load(weights).eval()
    for path in map(pathlib.Path, images):
        colour = numpy.asarray(Image.open(path).convert("RGB")).astype(numpy.float32)
        grey = colour @ numpy.array([0.299, 0.587, 0.114], numpy.float32)
        if grey.mean() > 127.5:
            grey = 255 - grey
        grey = (grey - grey.mean()) / (grey.std() + 1e-6)
        height, width = grey.shape
        with torch.inference_mode():
            x = torch.from_numpy(grey)[None, None]
            x = torch.nn.functional.pad(x, (0, -width % 8, 0, -height % 8), mode="reflect")
            scores = network(x).sigmoid()[0, 0, :height, :width]
            mask = (scores > 0.5).to(torch.uint8).numpy()
        Image.fromarray(mask).save(pathlib.Path(folder, path.stem + ".png"))


if __name__ == "__main__":
    main(*sys.argv[1:])
