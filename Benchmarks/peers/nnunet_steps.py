"""A few epochs of nnunetv2's training on the CPU; writes what `vesalius train` also leaves behind.

That is training.csv with the seconds of each epoch, and checkpoint_final.safetensors with all that is learnt.
"""

import argparse
import time
from pathlib import Path

import nnunet


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--plans", type=Path, required=True)
    parser.add_argument("--configuration", required=True)
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--steps-per-epoch", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    with nnunet.folders(options.threads) as work:
        run(options, work)


def run(options, work):
    trainer = nnunet.trainer(
        work, options.dataset, options.configuration, "all", options.threads, options.plans)
    trainer.on_train_start()
    lines = ["epochs done,seconds"]
    for epoch in range(1, options.epochs + 1):
        begun = time.perf_counter()
        for _ in range(options.steps_per_epoch):
            trainer.train_step(next(trainer.dataloader_train))
        lines.append(f"{epoch},{time.perf_counter() - begun}")
    nnunet.stop_loaders(trainer)
    (options.output / "training.csv").write_text("\n".join(lines) + "\n")

    from safetensors.torch import save_file

    save_file(dict(trainer.network.named_parameters()), options.output / "checkpoint_final.safetensors")


if __name__ == "__main__":
    main()
