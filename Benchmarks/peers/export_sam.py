"""Writes SAM as two ONNX files, encoder and decoder, and checks both against PyTorch."""

import pathlib
import shutil
import sys

import numpy
import sam_network
import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, network):
        super().__init__()
        self.encoder = network.vision_encoder

    def forward(self, image):
        return self.encoder(image)[0]


class Decoder(nn.Module):
    """One mask for two tokens of the kinds −1 (none), 0 and 1 (points), 2 and 3 (corners of a box)."""

    def __init__(self, network):
        super().__init__()
        self.prompts, self.decoder = network.prompt_encoder, network.mask_decoder
        with torch.no_grad():
            self.positions = nn.Buffer(network.get_image_wide_positional_embeddings())
            self.nothing = nn.Buffer(network.prompt_encoder.no_mask_embed.weight[0, :, None, None])

    def forward(self, embedding, points, kinds):
        prompts = self.prompts
        code = prompts.shared_embedding(((points + 0.5) / sam_network.SIDE)[:, None])
        kind = kinds[:, None, :, None]
        table = torch.cat([part.weight for part in prompts.point_embed])
        known = code + table[kinds.clamp(min=0)][:, None]
        tokens = torch.where(kind < 0, prompts.not_a_point_embed.weight, known)
        scores, _ = self.decoder(
            embedding, self.positions, tokens, self.nothing.expand_as(embedding),
            multimask_output=False)
        side = (sam_network.SIDE, sam_network.SIDE)
        return nn.functional.interpolate(scores[:, 0], side, mode="bilinear", align_corners=False)


def main(model, weights, folder):
    folder = pathlib.Path(folder, model)
    # Aside and then in place: an interrupted export must not look like a whole one.
    aside = folder.with_name(model + ".part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    network = sam_network.load(model, weights)
    torch.manual_seed(0)
    image = torch.randn(1, 3, sam_network.SIDE, sam_network.SIDE)
    embedding = torch.randn(1, 256, 64, 64)
    points, kinds = torch.rand(1, 2, 2) * 1024, torch.tensor([[1, -1]])
    parts = [
        ("decoder", Decoder(network), {"embedding": embedding, "points": points, "kinds": kinds}),
        ("encoder", Encoder(network), {"image": image}),
    ]
    for name, part, inputs in parts:
        target = aside / f"{name}.onnx"
        with torch.inference_mode():
            torch.onnx.export(
                part.eval(), tuple(inputs.values()), target, input_names=list(inputs),
                output_names=["result"], dynamo=True, verbose=False)
        check(model, name, part, inputs, target)
    aside.rename(folder)


def check(model, name, part, inputs, path):
    import onnxruntime
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    found = session.run(None, {key: value.numpy() for key, value in inputs.items()})[0]
    with torch.inference_mode():
        wanted = part(*inputs.values()).numpy()
    error = numpy.linalg.norm(found - wanted) / numpy.linalg.norm(wanted)
    print(f"{model} {name} as ONNX: relative L2 to PyTorch {error:.1e}")
    if not error < 1e-4:
        raise SystemExit(f"the exported {name} does not compute what PyTorch computes")


if __name__ == "__main__":
    main(*sys.argv[1:])
