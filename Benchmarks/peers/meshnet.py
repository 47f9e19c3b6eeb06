"""MeshNet in PyTorch as its users run it: the whole volume through every layer at once."""

import sys

import nibabel
import numpy
import torch
from safetensors.torch import load_file
from torch import nn

PYRAMID = [1, 2, 4, 8, 16, 8, 4, 2, 1]
# channels, classes, dilations, activation, quantiles (None: minimum and maximum), box threshold, margin
VARIANTS = {
    "tissue3": (5, 3, PYRAMID, nn.ReLU, None, 0, 18),
    "subcortical18": (21, 18, PYRAMID, nn.ELU, None, 0.2, 0),
    "parcellation50": (30, 50, PYRAMID, nn.ELU, (0.05, 0.95), 0, 0),
    "parcellation104": (21, 104, [1, 2, 2, 4, 4, 8, 8, 16], nn.ReLU, None, 0, 0),
}


class MeshNet(nn.Module):
    def __init__(self, channels, classes, dilations, activation):
        super().__init__()
        layers, width = [], 1
        for dilation in dilations:
            layers.append(nn.Conv3d(width, channels, 3, padding=dilation, dilation=dilation))
            layers.append(activation(inplace=True))
            width = channels
        self.model = nn.Sequential(*layers, nn.Conv3d(channels, classes, 1))

    def forward(self, x):
        return self.model(x)


def box(volume, threshold, margin):
    """The slices around all values above `threshold`, grown by `margin` voxels."""
    found = volume > threshold
    slices = []
    for axis in range(3):
        others = tuple(a for a in range(3) if a != axis)
        inside = numpy.flatnonzero(found.any(axis=others))
        slices.append(slice(max(0, inside[0] - margin), inside[-1] + margin + 1))
    return tuple(slices)


def main(variant, weights, source, target):
    channels, classes, dilations, activation, quantiles, threshold, margin = VARIANTS[variant]
    network = MeshNet(channels, classes, dilations, activation).eval()
    network.load_state_dict(load_file(weights))
    image = nibabel.load(source)
    # Axes D, H, W of the network run to the left, the feet and the front: voxels as LIA files hold them.
    if nibabel.aff2axcodes(image.affine) != ("L", "I", "A"):
        raise SystemExit("expected a volume in LIA orientation")
    volume = numpy.asarray(image.dataobj).astype(numpy.float32)
    low, high = (
        numpy.quantile(volume, quantiles) if quantiles else (volume.min(), volume.max()))
    volume = ((volume - low) / (high - low)).astype(numpy.float32)
    part = box(volume, threshold, margin)
    with torch.inference_mode():
        x = torch.from_numpy(numpy.ascontiguousarray(volume[part]))[None, None]
        classes = network(x).argmax(1)[0].to(torch.uint8).numpy()
    labels = numpy.zeros(volume.shape, numpy.uint8)
    labels[part] = classes
    nibabel.save(nibabel.Nifti1Image(labels, image.affine), target)


if __name__ == "__main__":
    main(*sys.argv[1:])
