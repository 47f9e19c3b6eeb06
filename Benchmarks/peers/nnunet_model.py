"""Writes the network that nnunetv2 plans for a dataset as its trainer saves one, after a moment of training.

    python nnunet_model.py DATASET FOLDER [--threads 2]

Random weights would give scores that are nearly tied everywhere, and then their rounding (nnunetv2 adds them up in half
precision) decides labels. Some steps on the first case at half its resolution are enough for clear borders.
"""

import argparse
import json
import shutil
from pathlib import Path

import nnunet

STEPS, SIDE = 30, 64


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dataset", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    with nnunet.folders(options.threads) as work:
        import torch

        torch.manual_seed(1)
        trainer = nnunet.trainer(work, options.dataset, "3d_fullres", "all", options.threads)
        train(trainer)
        # Sets the axes along which may be mirrored, as the start of a training does.
        trainer.configure_rotation_dummyDA_mirroring_and_inital_patch_size()
        trainer.save_checkpoint(f"{trainer.output_folder}/checkpoint_final.pth")
        for name, content in (
                ("plans", trainer.plans_manager.plans), ("dataset", trainer.dataset_json)):
            (Path(trainer.output_folder_base) / f"{name}.json").write_text(json.dumps(content))
        shutil.rmtree(options.folder, ignore_errors=True)
        shutil.copytree(trainer.output_folder_base, options.folder)


def train(trainer):
    import torch

    folder = trainer.preprocessed_dataset_folder
    case = trainer.dataset_class.get_identifiers(folder)[0]
    image, labels, *_ = trainer.dataset_class(folder, [case]).load_case(case)
    # Every second voxel: a small patch then holds something of each label, as the network's own patches do.
    image, labels = (
        torch.from_numpy(array[:, ::2, ::2, ::2].copy()) for array in (image, labels))
    network = trainer.network
    network.decoder.deep_supervision = False
    optimiser = torch.optim.Adam(network.parameters(), 1e-3)
    for step in range(STEPS):
        place = (slice(None), *(
            slice(start, start + SIDE) for start in (
                int(torch.randint(extent - SIDE + 1, ())) for extent in image.shape[1:])))
        loss = torch.nn.functional.cross_entropy(
            network(image[place][None].float()), labels[place].long())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        print(f"step {step + 1}: loss {loss.item():.4f}")
    network.decoder.deep_supervision = True


if __name__ == "__main__":
    main()
