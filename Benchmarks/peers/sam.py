"""SAM in PyTorch, ONNX Runtime or OpenVINO: encodes an image, prompts it, prints figures as JSON."""

import argparse
import json
import pathlib
import time

import numpy
from PIL import Image

SIDE = 1024
MEAN = numpy.array([123.675, 116.28, 103.53], numpy.float32)
DEVIATION = numpy.array([58.395, 57.12, 57.375], numpy.float32)


def prepared(image):
    """The network's input (1, 3, 1024, 1024) from colours (H, W, 3), zeros below and at the right."""
    if max(image.shape[:2]) != SIDE:
        raise SystemExit(f"expected an image whose longer side is {SIDE} pixels")
    square = numpy.zeros((1, 3, SIDE, SIDE), numpy.float32)
    scaled = (image - MEAN) / DEVIATION
    square[0, :, :image.shape[0], :image.shape[1]] = scaled.transpose(2, 0, 1)
    return square


def tokens(point, box):
    """Coordinates and kinds as the exported decoder reads them: a point and none, or two corners."""
    if box is None:
        return numpy.array([[point, [0, 0]]], numpy.float32), numpy.array([[1, -1]], numpy.int64)
    return numpy.array([[box[:2], box[2:]]], numpy.float32), numpy.array([[2, 3]], numpy.int64)


class PyTorch:
    def __init__(self, arguments):
        import torch
        import sam_network
        torch.set_num_threads(arguments.threads)
        self.torch = torch
        self.network = sam_network.load(arguments.model, arguments.weights)

    def encode(self, x):
        with self.torch.inference_mode():
            return self.network.get_image_embeddings(self.torch.from_numpy(x))

    def scores(self, embedding, point, box):
        prompt = (
            {"input_boxes": self.torch.tensor([[box]])} if box else
            {"input_points": self.torch.tensor([[[point]]]),
             "input_labels": self.torch.tensor([[[1]]])})
        with self.torch.inference_mode():
            found = self.network(image_embeddings=embedding, multimask_output=False, **prompt)
            return self.torch.nn.functional.interpolate(
                found.pred_masks[0], (SIDE, SIDE), mode="bilinear", align_corners=False).numpy()

    @staticmethod
    def values(embedding):
        return embedding.numpy()


class Exported:
    """What the two runtimes of exported graphs have in common."""

    def scores(self, embedding, point, box):
        return self.decode(embedding, *tokens(point, box))

    @staticmethod
    def values(embedding):
        return embedding


class ONNXRuntime(Exported):
    def __init__(self, arguments):
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = arguments.threads
        self.encoder, self.decoder = (
            onnxruntime.InferenceSession(
                arguments.onnx / arguments.model / f"{part}.onnx", options,
                providers=["CPUExecutionProvider"]) for part in ("encoder", "decoder"))

    def encode(self, x):
        return self.encoder.run(None, {"image": x})[0]

    def decode(self, embedding, points, kinds):
        return self.decoder.run(
            None, {"embedding": embedding, "points": points, "kinds": kinds})[0]


class OpenVINO(Exported):
    def __init__(self, arguments):
        import openvino
        core = openvino.Core()
        settings = {"INFERENCE_NUM_THREADS": arguments.threads}
        if arguments.precision:
            settings["INFERENCE_PRECISION_HINT"] = arguments.precision
        self.encoder, self.decoder = (
            core.compile_model(
                arguments.onnx / arguments.model / f"{part}.onnx", "CPU", settings)
            for part in ("encoder", "decoder"))

    def encode(self, x):
        return numpy.array(self.encoder([x])[0])

    def decode(self, embedding, points, kinds):
        return self.decoder([embedding, points, kinds])[0]


RUNTIMES = {"torch": PyTorch, "onnxruntime": ONNXRuntime, "openvino": OpenVINO}


def run_lengths(mask):
    """Lengths of the runs of equal pixels, row by row; the first counts pixels outside."""
    flat = mask.ravel()
    changes = numpy.flatnonzero(numpy.diff(flat, prepend=False))
    return numpy.diff(changes, prepend=0, append=flat.size).tolist()


def measured(step, body):
    """Appends wall seconds and the processor seconds of all threads."""
    start, used = time.perf_counter(), time.process_time()
    result = body()
    step["processor"].append(time.process_time() - used)
    step["wall"].append(time.perf_counter() - start)
    return result


def main(arguments):
    figures = {step: {"wall": [], "processor": []} for step in ("load", "encode", "point", "box")}
    figures["masks"] = {}
    image = numpy.asarray(Image.open(arguments.image).convert("RGB"))
    runtime = measured(figures["load"], lambda: RUNTIMES[arguments.runtime](arguments))

    def encode():
        return measured(figures["encode"], lambda: runtime.encode(prepared(image)))

    def prompt(name, point=None, box=None):
        def mask():
            scores = runtime.scores(embedding, point, box)
            return scores[0, 0, :image.shape[0], :image.shape[1]] > 0
        return measured(figures[name], mask)

    embedding = encode()
    for name in ("point", "box"):
        for _ in range(2 * arguments.runs):
            mask = prompt(name, **{name: getattr(arguments, name)})
            if "endToEnd" not in figures and arguments.started:
                figures["endToEnd"] = time.time() - arguments.started
        figures["masks"][name] = run_lengths(mask)
    for _ in range(1, arguments.runs):
        embedding = encode()
    # A prime, so that all rows, columns and channels occur.
    figures["embedding"] = runtime.values(embedding).ravel()[::509].tolist()
    print(json.dumps(figures))


def numbers(text):
    return [float(number) for number in text.split(",")]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--runtime", choices=RUNTIMES, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--weights", required=True, help="safetensors with the official names")
    parser.add_argument("--onnx", type=pathlib.Path, help="folder of the exported graphs")
    parser.add_argument("--image", required=True)
    parser.add_argument("--point", type=numbers, required=True, metavar="X,Y")
    parser.add_argument("--box", type=numbers, required=True, metavar="X0,Y0,X1,Y1")
    parser.add_argument("--precision", help="OpenVINO's hint (f32); its own choice when left out")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=1, help="encodings; twice as many per prompt")
    parser.add_argument("--started", type=float, help="start of this process, seconds since 1970")
    main(parser.parse_args())
