"""A volume through nnunetv2's predictor on the CPU, in one process: for a single volume that is its fastest way."""

import argparse
from pathlib import Path

import nnunet


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("image")
    parser.add_argument("--model", required=True)
    parser.add_argument("--no-mirroring", action="store_true")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--output", required=True)
    options = parser.parse_args()
    with nnunet.folders(options.threads):
        import torch
        from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor

        torch.set_num_threads(options.threads)
        predictor = nnUNetPredictor(
            use_mirroring=not options.no_mirroring, device=torch.device("cpu"), allow_tqdm=False)
        predictor.initialize_from_trained_model_folder(options.model, ("all",))
        # nnunetv2 adds the ending.
        predictor.predict_from_files_sequential(
            [[options.image]], [options.output.removesuffix(".nii.gz")])


if __name__ == "__main__":
    main()
